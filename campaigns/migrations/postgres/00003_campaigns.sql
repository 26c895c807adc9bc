CREATE TABLE campaigns (
	num          BIGINT  NOT NULL PRIMARY KEY CHECK (num > 0), -- what its rows elsewhere name it by
	id           TEXT COLLATE "C" NOT NULL UNIQUE,
	name         TEXT COLLATE "C" NOT NULL UNIQUE,
	about        TEXT    NOT NULL,
	flow         TEXT    NOT NULL,
	kind         TEXT    NOT NULL,
	country      TEXT    NOT NULL,
	path         TEXT    NOT NULL, -- of its file, within the project
	source       TEXT    NOT NULL, -- the file, as it was read
	hash         TEXT    NOT NULL, -- of source
	state        TEXT    NOT NULL CHECK (state IN ('importing', 'draft', 'running', 'paused', 'completed', 'ended')),
	why          TEXT    NOT NULL,
	why_by       TEXT    NOT NULL,
	safety       BIGINT  NOT NULL CHECK (safety IN (0, 1)), -- it paused by itself
	per_minute   BIGINT  NOT NULL,
	at_once      BIGINT  NOT NULL,
	created_at   BIGINT  NOT NULL, -- milliseconds since 1970, as all times; 0: not yet, not known
	start_at     BIGINT  NOT NULL,
	started_at   BIGINT  NOT NULL,
	ended_at     BIGINT  NOT NULL,
	warm_at      BIGINT  NOT NULL, -- when it began to warm up
	people       BIGINT  NOT NULL,
	book         TEXT    NOT NULL,
	book_version TEXT    NOT NULL,
	-- What its safety stops look at: calls that ended since since_at.
	since_at     BIGINT  NOT NULL,
	calls        BIGINT  NOT NULL,
	reached      BIGINT  NOT NULL,
	opted_out    BIGINT  NOT NULL,
	abandoned    BIGINT  NOT NULL,
	errors       BIGINT  NOT NULL
);

CREATE INDEX campaigns_state ON campaigns (state);

-- The people of a campaign. line_no is the line of the list.
CREATE TABLE campaign_people (
	campaign   BIGINT  NOT NULL,
	line_no    BIGINT  NOT NULL,
	id         TEXT COLLATE "C" NOT NULL,
	phone      TEXT COLLATE "C" NOT NULL,
	zones      TEXT    NOT NULL, -- with a comma between
	zone_from  TEXT    NOT NULL,
	language   TEXT    NOT NULL,
	consent_at BIGINT  NOT NULL,
	consent_source TEXT NOT NULL,
	debt_id    TEXT COLLATE "C" NOT NULL,
	priority   BIGINT  NOT NULL,
	not_before BIGINT  NOT NULL,
	not_after  BIGINT  NOT NULL,
	vals       TEXT    NOT NULL, -- JSON
	state      TEXT    NOT NULL CHECK (state IN ('pending', 'waiting', 'calling', 'done')),
	outcome    TEXT    NOT NULL, -- of a person who is done; else ''
	reason     TEXT    NOT NULL, -- why not: for good of a person who is done, else for now
	words      TEXT    NOT NULL, -- the same for people, or which try is next
	due_at     BIGINT  NOT NULL, -- when to look at them; 0: not at all
	retry_at   BIGINT  NOT NULL, -- not before then, by a retry rule
	attempts   BIGINT  NOT NULL,
	skipped    BIGINT  NOT NULL CHECK (skipped IN (0, 1)),
	paid       BIGINT  NOT NULL CHECK (paid IN (0, 1)),
	PRIMARY KEY (campaign, line_no),
	CHECK (state <> 'done' OR (outcome = '') <> (reason = '')),
	CHECK ((due_at > 0) = (state IN ('pending', 'waiting')))
);

CREATE INDEX campaign_people_due ON campaign_people (campaign, priority DESC, due_at, line_no) WHERE due_at > 0;
CREATE INDEX campaign_people_stand ON campaign_people (campaign, state, outcome, reason, due_at, line_no);
CREATE INDEX campaign_people_phone ON campaign_people (campaign, phone, line_no);
CREATE INDEX campaign_people_id ON campaign_people (campaign, id, line_no);

-- Every try to reach a person, with what allowed it. A row is there before Twilio is asked for a call.
CREATE TABLE campaign_attempts (
	campaign     BIGINT  NOT NULL,
	line_no      BIGINT  NOT NULL,
	n            BIGINT  NOT NULL CHECK (n > 0),
	state        TEXT    NOT NULL CHECK (state IN ('claimed', 'dialed', 'ended', 'lost')),
	id           TEXT COLLATE "C" NOT NULL, -- of the person
	phone        TEXT COLLATE "C" NOT NULL,
	debt_id      TEXT COLLATE "C" NOT NULL,
	from_number  TEXT    NOT NULL,
	call_sid     TEXT COLLATE "C" NOT NULL,
	status       TEXT    NOT NULL,
	answered_by  TEXT    NOT NULL,
	outcome      TEXT    NOT NULL,
	claimed_at   BIGINT  NOT NULL,
	dialed_at    BIGINT  NOT NULL,
	ended_at     BIGINT  NOT NULL,
	look_at      BIGINT  NOT NULL, -- when to ask Twilio what became of it; 0: no need
	looks        BIGINT  NOT NULL, -- how often it was asked
	seconds      BIGINT  NOT NULL,
	reached      BIGINT  NOT NULL CHECK (reached IN (0, 1)),
	opted_out    BIGINT  NOT NULL CHECK (opted_out IN (0, 1)),
	abandoned    BIGINT  NOT NULL CHECK (abandoned IN (0, 1)),
	book         TEXT    NOT NULL,
	book_version TEXT    NOT NULL,
	checks       TEXT    NOT NULL, -- JSON
	zone         TEXT    NOT NULL,
	local        TEXT    NOT NULL,
	paid_minor   BIGINT  NOT NULL,
	paid_currency TEXT   NOT NULL,
	PRIMARY KEY (campaign, line_no, n)
);

-- A number is rung once at a time, whichever campaigns it is in.
CREATE UNIQUE INDEX campaign_attempts_live ON campaign_attempts (phone) WHERE state IN ('claimed', 'dialed');
CREATE UNIQUE INDEX campaign_attempts_sid ON campaign_attempts (call_sid) WHERE call_sid <> '';
CREATE INDEX campaign_attempts_phone ON campaign_attempts (phone, claimed_at);
CREATE INDEX campaign_attempts_debt ON campaign_attempts (debt_id, claimed_at) WHERE debt_id <> '';
CREATE INDEX campaign_attempts_opted ON campaign_attempts (phone) WHERE opted_out = 1;
CREATE INDEX campaign_attempts_look ON campaign_attempts (look_at) WHERE look_at > 0;
CREATE INDEX campaign_attempts_newest ON campaign_attempts (campaign, claimed_at, line_no, n);
CREATE INDEX campaign_attempts_ended ON campaign_attempts (campaign, ended_at, outcome) WHERE state = 'ended';
CREATE INDEX campaign_attempts_paid ON campaign_attempts (campaign, paid_currency, paid_minor) WHERE paid_minor > 0;
CREATE INDEX campaign_attempts_calls ON campaign_attempts (campaign, state) WHERE state IN ('claimed', 'dialed');

-- Attempts that other systems made, as far as rules count them.
CREATE TABLE campaign_past (
	phone   TEXT COLLATE "C" NOT NULL,
	at      BIGINT  NOT NULL,
	debt_id TEXT COLLATE "C" NOT NULL,
	talked  BIGINT  NOT NULL CHECK (talked IN (0, 1)),
	source  TEXT    NOT NULL, -- the system
	PRIMARY KEY (phone, at, debt_id)
);

CREATE INDEX campaign_past_debt ON campaign_past (debt_id, at) WHERE debt_id <> '';

-- The most calls at once in a minute.
CREATE TABLE campaign_minutes (
	campaign BIGINT  NOT NULL,
	minute   BIGINT  NOT NULL,
	at_once  BIGINT  NOT NULL,
	PRIMARY KEY (campaign, minute)
);

-- What was done to a campaign, by whom and why. Rows are only added.
CREATE TABLE campaign_changes (
	campaign BIGINT  NOT NULL,
	n        BIGINT  NOT NULL,
	at       BIGINT  NOT NULL,
	what     TEXT    NOT NULL,
	who      TEXT    NOT NULL, -- '': by itself
	note     TEXT    NOT NULL,
	person   BIGINT  NOT NULL, -- row of the person it was about; 0: the campaign
	PRIMARY KEY (campaign, n)
);
