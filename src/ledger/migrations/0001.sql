-- What people and runs did, chained by hash. Nothing in it is ever changed.
CREATE TABLE log (
    seq      INTEGER PRIMARY KEY AUTOINCREMENT,
    at       TEXT NOT NULL,
    machine  TEXT NOT NULL,
    user     TEXT,
    action   TEXT NOT NULL,
    kind     TEXT NOT NULL,
    id       TEXT NOT NULL,
    why      TEXT,
    before   TEXT,
    after    TEXT,
    previous TEXT NOT NULL,
    hash     TEXT NOT NULL UNIQUE
) STRICT;
CREATE INDEX log_of ON log (kind, id, seq);
CREATE TRIGGER log_no_update BEFORE UPDATE ON log BEGIN SELECT RAISE(ABORT, 'append-only: log'); END;
CREATE TRIGGER log_no_delete BEFORE DELETE ON log BEGIN SELECT RAISE(ABORT, 'append-only: log'); END;

-- People who act.
CREATE TABLE user (
    name   TEXT PRIMARY KEY,
    post   TEXT NOT NULL,
    active INTEGER NOT NULL CHECK (active IN (0, 1))
) STRICT;

-- Texts in force, each once: rule files, lists of them, profiles, waivers. The hash is that of the text.
CREATE TABLE text (
    hash TEXT PRIMARY KEY,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TRIGGER text_no_update BEFORE UPDATE ON text BEGIN SELECT RAISE(ABORT, 'append-only: text'); END;
CREATE TRIGGER text_no_delete BEFORE DELETE ON text BEGIN SELECT RAISE(ABORT, 'append-only: text'); END;

-- One row a recorded run. Runs over the same scope with the same selection of rules make a series and are compared.
CREATE TABLE run (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    series   TEXT NOT NULL,
    previous INTEGER REFERENCES run (id),
    at       TEXT NOT NULL,
    as_of    TEXT NOT NULL,
    program  TEXT NOT NULL,
    rules    TEXT NOT NULL,
    profile  TEXT,
    waivers  TEXT,
    data     TEXT,
    columns  TEXT NOT NULL,
    scope    TEXT NOT NULL,
    sources  TEXT NOT NULL,
    counts   TEXT NOT NULL,
    partial  INTEGER NOT NULL CHECK (partial IN (0, 1)),
    seconds  REAL NOT NULL
) STRICT;
CREATE INDEX run_of ON run (series, id);
CREATE TRIGGER run_no_update BEFORE UPDATE ON run BEGIN SELECT RAISE(ABORT, 'append-only: run'); END;
CREATE TRIGGER run_no_delete BEFORE DELETE ON run BEGIN SELECT RAISE(ABORT, 'append-only: run'); END;

-- Whatever was ever found, by its identity.
CREATE TABLE finding (
    id          INTEGER PRIMARY KEY,
    fingerprint TEXT NOT NULL UNIQUE,
    code        TEXT NOT NULL,
    subject     TEXT NOT NULL,
    key         TEXT NOT NULL,
    year        INTEGER,
    part        TEXT
) STRICT;
CREATE TRIGGER finding_no_update BEFORE UPDATE ON finding BEGIN SELECT RAISE(ABORT, 'append-only: finding'); END;
CREATE TRIGGER finding_no_delete BEFORE DELETE ON finding BEGIN SELECT RAISE(ABORT, 'append-only: finding'); END;

-- What a run saw of a finding that the run before it had not seen so: it came, changed or was gone. A finding stands as its last
-- sight says. `cells` is the hash of verdict and values, `body` the whole finding (JSON), none where it is gone.
CREATE TABLE sight (
    id      INTEGER PRIMARY KEY,
    series  TEXT NOT NULL,
    run     INTEGER NOT NULL REFERENCES run (id),
    finding INTEGER NOT NULL REFERENCES finding (id),
    change  TEXT NOT NULL CHECK (change IN ('came', 'changed', 'gone')),
    verdict TEXT,
    cells   TEXT,
    waived  TEXT,
    causes  TEXT NOT NULL,
    body    TEXT,
    UNIQUE (run, finding)
) STRICT;
CREATE INDEX sight_of ON sight (series, finding, run);
CREATE TRIGGER sight_no_update BEFORE UPDATE ON sight BEGIN SELECT RAISE(ABORT, 'append-only: sight'); END;
CREATE TRIGGER sight_no_delete BEFORE DELETE ON sight BEGIN SELECT RAISE(ABORT, 'append-only: sight'); END;

-- What the records held when the last run of a series was made: hashes of each person, unit and matter with all that belongs to it, by
-- which the next run shows that what did not change did not change. A help to the next run, not a record: replaced by it.
CREATE TABLE held (
    series  TEXT PRIMARY KEY,
    run     INTEGER NOT NULL REFERENCES run (id),
    body    BLOB NOT NULL
) STRICT;
