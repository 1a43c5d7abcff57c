-- What is to be mended: one row a finding's life. `stage` and `kind` are words of the program; `version` counts changes; `found` says
-- whether the last run that judged it still found it; `sight` is the sight whose body tells the problem. Every change is in the log.
CREATE TABLE item (
    id         INTEGER PRIMARY KEY,
    version    INTEGER NOT NULL,
    finding    INTEGER NOT NULL UNIQUE REFERENCES finding (id),
    sight      INTEGER NOT NULL REFERENCES sight (id),
    stage      TEXT NOT NULL,
    verdict    TEXT NOT NULL,
    found      INTEGER NOT NULL CHECK (found IN (0, 1)),
    forced     INTEGER NOT NULL CHECK (forced IN (0, 1)),
    unit       TEXT,
    person     TEXT,
    matter     TEXT NOT NULL,
    opened     TEXT NOT NULL,
    gone       TEXT,
    kind       TEXT,
    due        TEXT,
    measures   TEXT,
    owner_unit TEXT,
    leader     TEXT,
    owner      TEXT,
    progress   TEXT,
    material   TEXT,
    files      TEXT NOT NULL,
    closed_by  TEXT,
    closed_on  TEXT,
    document   TEXT,
    opinion    TEXT
) STRICT;
CREATE INDEX item_stage ON item (stage, due);
CREATE INDEX item_unit ON item (unit, stage, due);
CREATE INDEX item_forced ON item (unit, stage) WHERE forced = 1;

-- What persons and units were called when last seen: for lists to be read by people. A help, not a record: replaced by each run.
CREATE TABLE called (
    kind TEXT NOT NULL CHECK (kind IN ('person', 'unit')),
    id   TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;
