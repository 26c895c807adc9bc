-- One row for each call of which something was transcribed. Texts of lines are written only after private numbers were
-- masked in them.
CREATE TABLE transcripts (
	call       TEXT    NOT NULL PRIMARY KEY,
	flow       TEXT    NOT NULL,
	line       TEXT    NOT NULL,
	began_at   BIGINT  NOT NULL, -- milliseconds since 1970, as all times
	last_at    BIGINT  NOT NULL,
	lines      BIGINT  NOT NULL CHECK (lines >= 0),
	masked     BIGINT  NOT NULL CHECK (masked >= 0), -- numbers of all kinds
	cards      BIGINT  NOT NULL CHECK (cards >= 0),  -- card numbers among them
	trouble    TEXT    NOT NULL,
	deleted_at BIGINT  NOT NULL  -- 0: it is there; what comes later for a deleted one is dropped
);

CREATE INDEX transcripts_newest ON transcripts (began_at, call);
CREATE INDEX transcripts_flow ON transcripts (flow, began_at, call);

-- A transcription at Twilio. A call has more than one when it begins anew after a payment.
CREATE TABLE transcript_parts (
	sid            TEXT    NOT NULL PRIMARY KEY,
	call           TEXT    NOT NULL,
	name           TEXT    NOT NULL,
	engine         TEXT    NOT NULL,
	language       TEXT    NOT NULL,
	inbound_label  TEXT    NOT NULL,
	outbound_label TEXT    NOT NULL,
	first_at       BIGINT  NOT NULL, -- of what was heard of it first
	started_at     BIGINT  NOT NULL, -- 0: its start was not told
	stopped_at     BIGINT  NOT NULL, -- 0: it was not told that it stopped
	error_code     BIGINT  NOT NULL,
	trouble        TEXT    NOT NULL
);

CREATE INDEX transcript_parts_call ON transcript_parts (call, first_at);

CREATE TABLE transcript_lines (
	part       TEXT    NOT NULL,
	track      TEXT    NOT NULL,
	seq        BIGINT  NOT NULL, -- Twilio's SequenceId, in order for each track
	call       TEXT    NOT NULL,
	at         BIGINT  NOT NULL,
	language   TEXT    NOT NULL,
	confidence BIGINT  NOT NULL CHECK (confidence BETWEEN 0 AND 1000), -- thousandths
	text       TEXT    NOT NULL,
	kinds      TEXT    NOT NULL, -- of the masked numbers, with commas between
	PRIMARY KEY (part, track, seq)
);

CREATE INDEX transcript_lines_call ON transcript_lines (call, at);
