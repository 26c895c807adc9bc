-- What is known of a recording during a payment: one row for each, written before Twilio is asked to pause it, and one
-- with recording '' for what Twilio's list said at all. payment is the ledger's ID, or 'step:...' for a flow's own step.
CREATE TABLE recording_pauses (
	payment    TEXT    NOT NULL,
	recording  TEXT    NOT NULL,
	call       TEXT    NOT NULL,
	who        TEXT    NOT NULL CHECK (who IN ('flow', 'step', 'desk')),
	state      TEXT    NOT NULL CHECK (state IN ('listed', 'unlisted', 'over', 'theirs', 'wanted', 'paused', 'unsure',
		'resuming', 'resumed', 'passed', 'gone')),
	wanted_at  INTEGER NOT NULL, -- milliseconds since 1970, as all times; 0: not yet
	paused_at  INTEGER NOT NULL, -- when Twilio had said so
	resume_at  INTEGER NOT NULL, -- just before it was ordered to go on: from here on nothing is shown
	resumed_at INTEGER NOT NULL, -- when Twilio had said so
	trouble    TEXT    NOT NULL,
	PRIMARY KEY (payment, recording)
) STRICT;

CREATE INDEX recording_pauses_call ON recording_pauses (call);
CREATE INDEX recording_pauses_open ON recording_pauses (wanted_at)
	WHERE state IN ('wanted', 'paused', 'unsure', 'resuming') AND who = 'flow';
