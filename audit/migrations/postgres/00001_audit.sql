-- One row for each thing that somebody did. Rows are only added; each holds the hash of the one before it.
CREATE TABLE audit (
	seq         BIGINT  NOT NULL PRIMARY KEY CHECK (seq > 0),
	at          BIGINT  NOT NULL, -- milliseconds since 1970
	who         TEXT    NOT NULL CHECK (length(who) <= 120),
	role        TEXT    NOT NULL CHECK (length(role) <= 120),
	via         TEXT    NOT NULL CHECK (via IN ('page', 'api', 'twilio', 'worker', 'cli')),
	action      TEXT    COLLATE "C" NOT NULL CHECK (length(action) <= 120), -- a range of it is asked for
	call        TEXT    NOT NULL CHECK (length(call) <= 120),
	payment     TEXT    NOT NULL CHECK (length(payment) <= 120),
	field       TEXT    NOT NULL CHECK (length(field) <= 120),
	result      TEXT    NOT NULL CHECK (length(result) <= 120),
	detail      TEXT    NOT NULL CHECK (length(detail) <= 500),
	hash_before TEXT    NOT NULL, -- '' for the first
	hash        TEXT    NOT NULL UNIQUE
);

CREATE INDEX audit_who ON audit (who, seq);
CREATE INDEX audit_call ON audit (call, seq);
CREATE INDEX audit_payment ON audit (payment, seq);

-- The end of the chain, in one row. Writers lock it, so they take turns; a log whose end was cut off does not match it.
CREATE TABLE audit_head (
	id   BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
	seq  BIGINT NOT NULL,
	hash TEXT   NOT NULL
);

INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, '');

CREATE FUNCTION audit_keep() RETURNS trigger AS $$
BEGIN
	RAISE EXCEPTION 'lines of the audit log are neither changed nor deleted';
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_keep();
CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_keep();
