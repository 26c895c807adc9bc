-- An entry is a number in E.164, or 'k:' and the key of a person or an account. All times are milliseconds since 1970.
ALTER TABLE do_not_call ADD COLUMN source TEXT NOT NULL DEFAULT ''; -- where it comes from: a call, a file, a registry
ALTER TABLE do_not_call ADD COLUMN added_by TEXT NOT NULL DEFAULT '';
ALTER TABLE do_not_call ADD COLUMN expires BIGINT NOT NULL DEFAULT 0; -- 0: never
CREATE INDEX do_not_call_number ON do_not_call (number);

CREATE TABLE do_not_call_lists (
	name    TEXT NOT NULL PRIMARY KEY,
	owner   TEXT NOT NULL,
	scope   TEXT NOT NULL CHECK (scope IN ('number', 'person', 'account')),
	source  TEXT NOT NULL,
	expires BIGINT NOT NULL -- from when on it has to be renewed, 0: never; its entries hold on
);

-- What was taken off a list, with who had put it there, who took it off, and why.
CREATE TABLE do_not_call_removed (
	id       TEXT NOT NULL PRIMARY KEY,
	list     TEXT NOT NULL,
	number   TEXT NOT NULL,
	reason   TEXT NOT NULL,
	source   TEXT NOT NULL,
	added_by TEXT NOT NULL,
	added    BIGINT NOT NULL,
	expires  BIGINT NOT NULL,
	removed  BIGINT NOT NULL,
	removed_by TEXT NOT NULL,
	why      TEXT NOT NULL
);
CREATE INDEX do_not_call_removed_number ON do_not_call_removed (number);
