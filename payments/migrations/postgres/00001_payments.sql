-- One row for each attempt to charge or save, written before <Pay> is sent. No column is meant for a card
-- number: texts are searched by the store, and what is short by nature is held short here.
CREATE TABLE payments (
	id              TEXT    NOT NULL PRIMARY KEY,
	call            TEXT    NOT NULL,
	turn            BIGINT  NOT NULL CHECK (turn BETWEEN 0 AND 1000000),
	step            TEXT    NOT NULL,
	flow            TEXT    NOT NULL,
	intent          TEXT    NOT NULL CHECK (intent IN ('charge', 'save')),
	source          TEXT    NOT NULL CHECK (source IN ('keypad', 'desk')),
	method          TEXT    NOT NULL CHECK (method IN ('credit-card', 'ach-debit')),
	connector       TEXT    NOT NULL,
	reference       TEXT    NOT NULL,
	agent           TEXT    NOT NULL,
	campaign        TEXT    NOT NULL,
	contact         TEXT    NOT NULL,
	guard           TEXT    NOT NULL, -- hash of what may be paid once at a time; '' for none
	guard_kept      BIGINT  NOT NULL CHECK (guard_kept IN (0, 1)), -- success keeps the guard
	amount_minor    BIGINT  NOT NULL CHECK (amount_minor BETWEEN 0 AND 99999999999),
	currency        TEXT    NOT NULL CHECK (length(currency) <= 3),
	state           TEXT    NOT NULL CHECK (state IN ('started', 'unknown', 'paid', 'saved', 'declined', 'cancelled',
		'gave_up', 'hung_up', 'unavailable')),
	brand           TEXT    NOT NULL CHECK (length(brand) <= 30 AND brand !~ '([0-9].*){5}'),
	last4           TEXT    NOT NULL CHECK (length(last4) <= 4),
	confirmation    TEXT    NOT NULL,
	token           TEXT    NOT NULL,
	profile_id      TEXT    NOT NULL,
	error_code      BIGINT  NOT NULL CHECK (error_code BETWEEN 0 AND 99999),
	error_text      TEXT    NOT NULL,
	connector_error TEXT    NOT NULL,
	review          BIGINT  NOT NULL CHECK (review IN (0, 1)),
	review_note     TEXT    NOT NULL,
	started_at      BIGINT  NOT NULL, -- milliseconds since 1970, as all times
	deadline_at     BIGINT  NOT NULL,
	updated_at      BIGINT  NOT NULL,
	closed_at       BIGINT  NOT NULL, -- 0: no final result
	UNIQUE (call, turn)
);

CREATE INDEX payments_newest ON payments (started_at, id);
CREATE INDEX payments_open ON payments (state, deadline_at);

-- Who holds a guard. A row is there while the payment is unsettled, and stays where the thing may be paid once only.
CREATE TABLE payment_guards (
	guard   TEXT NOT NULL PRIMARY KEY,
	payment TEXT NOT NULL REFERENCES payments (id)
);
