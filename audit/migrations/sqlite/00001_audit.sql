-- One row for each thing that somebody did. Rows are only added; each holds the hash of the one before it.
CREATE TABLE audit (
	seq         INTEGER NOT NULL PRIMARY KEY CHECK (seq > 0),
	at          INTEGER NOT NULL, -- milliseconds since 1970
	who         TEXT    NOT NULL CHECK (length(who) <= 120),
	role        TEXT    NOT NULL CHECK (length(role) <= 120),
	via         TEXT    NOT NULL CHECK (via IN ('page', 'api', 'twilio', 'worker', 'cli')),
	action      TEXT    NOT NULL CHECK (length(action) <= 120),
	call        TEXT    NOT NULL CHECK (length(call) <= 120),
	payment     TEXT    NOT NULL CHECK (length(payment) <= 120),
	field       TEXT    NOT NULL CHECK (length(field) <= 120),
	result      TEXT    NOT NULL CHECK (length(result) <= 120),
	detail      TEXT    NOT NULL CHECK (length(detail) <= 500),
	hash_before TEXT    NOT NULL, -- '' for the first
	hash        TEXT    NOT NULL UNIQUE
) STRICT;

CREATE INDEX audit_who ON audit (who, seq);
CREATE INDEX audit_call ON audit (call, seq);
CREATE INDEX audit_payment ON audit (payment, seq);

-- The end of the chain, in one row. Writers lock it, so they take turns; a log whose end was cut off does not match it.
CREATE TABLE audit_head (
	id   INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
	seq  INTEGER NOT NULL,
	hash TEXT    NOT NULL
) STRICT;

INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, '');

CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN
	SELECT RAISE(ABORT, 'lines of the audit log are not changed');
END;

CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN
	SELECT RAISE(ABORT, 'lines of the audit log are not deleted');
END;
