CREATE TABLE do_not_call (
    list   TEXT NOT NULL,
    number TEXT NOT NULL,
    reason TEXT NOT NULL,
    added  INTEGER NOT NULL, -- milliseconds since 1970
    PRIMARY KEY (list, number)
) STRICT, WITHOUT ROWID;
