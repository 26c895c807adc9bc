-- One row for each recording. Every step (copying, deleting ...) is claimed here before it is done.
CREATE TABLE recordings (
	sid                TEXT    NOT NULL PRIMARY KEY,
	account            TEXT    NOT NULL, -- AC..., whose recording it is; '' when not known
	call               TEXT    NOT NULL,
	flow               TEXT    NOT NULL,
	line               TEXT    NOT NULL,
	class              TEXT    NOT NULL,
	source             TEXT    NOT NULL,
	channels           INTEGER NOT NULL,
	state              TEXT    NOT NULL CHECK (state IN ('recording', 'paused', 'processing', 'completed', 'archiving',
		'archived', 'verified', 'held', 'deleting', 'deleted', 'failed', 'expired_at_twilio')),
	twilio             TEXT    NOT NULL CHECK (twilio IN ('there', 'deleted', 'expired', 'elsewhere')),
	started_at         INTEGER NOT NULL, -- milliseconds since 1970, as all times; 0: not known, not planned
	created_at         INTEGER NOT NULL CHECK (created_at > 0),
	duration_ms        INTEGER NOT NULL,
	archive_key        TEXT    NOT NULL, -- '': there is no copy of ours
	bytes              INTEGER NOT NULL CHECK (bytes >= 0),
	sha256             TEXT    NOT NULL CHECK (length(sha256) IN (0, 64)),
	archived_at        INTEGER NOT NULL,
	verified_at        INTEGER NOT NULL,
	twilio_deleted_at  INTEGER NOT NULL,
	archive_deleted_at INTEGER NOT NULL,
	keep_until         INTEGER NOT NULL,
	delete_at_twilio   INTEGER NOT NULL,
	expires_at         INTEGER NOT NULL,
	held               INTEGER NOT NULL CHECK (held IN (0, 1)),
	flags              TEXT    NOT NULL, -- words with a comma between
	not_paused         TEXT    NOT NULL, -- payments with a comma between
	warned             INTEGER NOT NULL, -- days before Twilio's year ends for which a warning was given: 60, 30, 7; 0: none
	tries              INTEGER NOT NULL,
	trouble            TEXT    NOT NULL,
	dated              TEXT    NOT NULL, -- version of the rules by which the dates were worked out; '' when that is over
	claim              INTEGER NOT NULL, -- number of the claim; a worker with an earlier one writes nothing any more
	claimed_until      INTEGER NOT NULL, -- 0: nobody works on it
	retry_at           INTEGER NOT NULL, -- not before then, after a failure
	due_at             INTEGER NOT NULL, -- when a worker has to look at it next; 0: never
	next_delete        INTEGER NOT NULL, -- when a copy of it is deleted next; 0: none
	cliff_at           INTEGER NOT NULL, -- when Twilio deletes the only copy that there should be two of; 0: no such danger
	deleting           TEXT    NOT NULL CHECK (deleting IN ('', 'twilio', 'archive', 'both')),
	acted              INTEGER NOT NULL CHECK (acted BETWEEN 0 AND 3), -- 1: Twilio may have been asked to delete it, 2: the archive may
	checked            INTEGER NOT NULL CHECK (checked IN (0, 1)), -- whether it was paused for payments was looked up
	copies             INTEGER NOT NULL, -- how many copies of it were verified, one after the other
	differs            INTEGER NOT NULL  -- how many copies in a row were not what Twilio sent
) STRICT;

CREATE INDEX recordings_newest ON recordings (created_at, sid);
CREATE INDEX recordings_state ON recordings (state, created_at, sid);
CREATE INDEX recordings_flow ON recordings (flow, created_at, sid);
CREATE INDEX recordings_call ON recordings (call, created_at, sid);
CREATE INDEX recordings_line ON recordings (line, created_at, sid);
CREATE INDEX recordings_class ON recordings (class, created_at, sid);
CREATE INDEX recordings_flagged ON recordings (created_at, sid) WHERE flags <> '';
CREATE INDEX recordings_held ON recordings (created_at, sid) WHERE held = 1;
CREATE INDEX recordings_due ON recordings (due_at, sid) WHERE due_at > 0;
CREATE INDEX recordings_delete ON recordings (next_delete, sid) WHERE next_delete > 0;
CREATE INDEX recordings_cliff ON recordings (cliff_at, sid) WHERE cliff_at > 0;
CREATE INDEX recordings_dated ON recordings (dated, sid) WHERE dated <> '';

-- How many rows there are of each kind, so that nobody has to count them.
CREATE TABLE recording_counts (
	name TEXT    NOT NULL PRIMARY KEY,
	n    INTEGER NOT NULL
) STRICT;

-- A hold keeps what it names: '' and 0 name everything.
CREATE TABLE recording_holds (
	id          TEXT    NOT NULL PRIMARY KEY,
	recording   TEXT    NOT NULL,
	call        TEXT    NOT NULL,
	line        TEXT    NOT NULL,
	since       INTEGER NOT NULL,
	until       INTEGER NOT NULL,
	who         TEXT    NOT NULL,
	why         TEXT    NOT NULL,
	placed_at   INTEGER NOT NULL,
	released_at INTEGER NOT NULL, -- 0: it holds
	released_by TEXT    NOT NULL,
	release_why TEXT    NOT NULL,
	applied     INTEGER NOT NULL CHECK (applied IN (0, 1)) -- whether the rows of the recordings say so already
) STRICT;

CREATE INDEX recording_holds_open ON recording_holds (released_at, applied);

-- Receipts, each with the exact bytes of its line. Rows are only added.
CREATE TABLE recording_receipts (
	n         INTEGER NOT NULL PRIMARY KEY CHECK (n > 0),
	recording TEXT    NOT NULL,
	kind      TEXT    NOT NULL,
	about     TEXT    NOT NULL, -- tells those of one kind apart where there may be several: a hold, a second copy
	line      TEXT    NOT NULL CHECK (length(line) <= 4000),
	hash      TEXT    NOT NULL UNIQUE,
	UNIQUE (recording, kind, about)
) STRICT;

CREATE TABLE recording_receipts_head (
	id   INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
	n    INTEGER NOT NULL,
	hash TEXT    NOT NULL
) STRICT;

INSERT INTO recording_receipts_head (id, n, hash) VALUES (1, 0, '');

CREATE TRIGGER recording_receipts_no_update BEFORE UPDATE ON recording_receipts BEGIN
	SELECT RAISE(ABORT, 'receipts are not changed');
END;

CREATE TRIGGER recording_receipts_no_delete BEFORE DELETE ON recording_receipts BEGIN
	SELECT RAISE(ABORT, 'receipts are not deleted');
END;

-- Where the comparison with Twilio's list stands: one row for each kind of pass.
CREATE TABLE recording_sweeps (
	kind          TEXT    NOT NULL PRIMARY KEY CHECK (kind IN ('new', 'whole')),
	claim         INTEGER NOT NULL,
	claimed_until INTEGER NOT NULL,
	begun_at      INTEGER NOT NULL, -- of the pass that is under way; 0: none is
	position      INTEGER NOT NULL, -- recordings that were created before then are done
	finished_at   INTEGER NOT NULL  -- when the last pass came to its end
) STRICT;

INSERT INTO recording_sweeps (kind, claim, claimed_until, begun_at, position, finished_at)
	VALUES ('new', 0, 0, 0, 0, 0), ('whole', 0, 0, 0, 0, 0);

-- How far Twilio's clock is ahead of ours.
CREATE TABLE recording_clock (
	id       INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
	ahead_ms INTEGER NOT NULL,
	seen_at  INTEGER NOT NULL
) STRICT;

INSERT INTO recording_clock (id, ahead_ms, seen_at) VALUES (1, 0, 0);
