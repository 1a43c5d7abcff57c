#!/usr/bin/env bash
# What a night costs against a full check of the same SQLite file, in one run: the first night, one on which nothing changed, and one
# after every record of every thousandth person changed (0.1 %), each a day later; then the full check of that last day. The reports of
# the last night and of the full check must be the same but for the seconds.
#
#     benches/night.sh people.db [CODES]     # made by: cargo run --release --example county -- --people 100000 --out people.db
#
# Times on the processors, which other work on the machine disturbs less than the clock on the wall.
set -euo pipefail
people=$(realpath "$1")
codes=${2:-}
cd "$(dirname "$0")/.."
cargo build --release --quiet
program=$(realpath "${CARGO_TARGET_DIR:-target}/release/guiju")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cp "$people" "$folder/people.db"
cd "$folder"
TIMEFORMAT='%3R %3U %3S'
select=(${codes:+--select "$codes"})

measure() { # NAME COMMAND...
    local name=$1
    shift
    { time "$@" >out.txt 2>err.txt || true; } 2>time.txt
    awk -v name="$name" '{ printf "%-44s %7.2f s on the processors, %7.2f s on the wall\n", name, $2 + $3, $1 }' time.txt
    grep '^核查' err.txt || true
}

night() { # NAME DAY
    measure "$1" "$program" nightly people.db --ledger l.db --as-of "$2" --report json=night.json --no-progress "${select[@]}"
}

night 'the first night' 2026-06-30
night 'a night on which nothing changed' 2026-07-01
python3 - <<'PYTHON'
import sqlite3

db = sqlite3.connect("people.db")
db.execute("CREATE TEMP TABLE p (person_id TEXT PRIMARY KEY)")
db.execute("INSERT INTO p SELECT person_id FROM person WHERE rowid % 1000 = 7")
db.execute("CREATE TEMP TABLE c (case_id TEXT PRIMARY KEY)")
db.execute('INSERT INTO c SELECT case_id FROM "case" WHERE person_id IN (SELECT person_id FROM p)')
columns = {t: [c[1] for c in db.execute(f'PRAGMA table_info("{t}")')] for (t,) in db.execute("SELECT name FROM main.sqlite_schema WHERE type = 'table'").fetchall()}
changed = total = 0
for table, names in columns.items():
    total += db.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]
    owner = next((o for o in ("person_id", "case_id") if o in names), None)
    cell = next((n for n in names[1:] if n in ("start", "date", "replied", "made", "result", "birth", "note", "title")), None)
    if owner and cell:
        moved = f'coalesce(date("{cell}", \'-1 day\'), "{cell}" || \' \')'
        changed += db.execute(f'UPDATE "{table}" SET "{cell}" = {moved} WHERE "{owner}" IN (SELECT {owner} FROM {owner[0]})').rowcount
db.commit()
print(f"{changed} of {total} records changed")
PYTHON
night 'a night after 0.1 % of the records changed' 2026-07-02
measure 'a full check' "$program" check people.db --as-of 2026-07-02 --format json -o full.json --no-progress "${select[@]}"
python3 - <<'PYTHON'
import json

night, full = (json.load(open(name)) for name in ("night.json", "full.json"))
for report in (night, full):
    report["run"].pop("seconds")
print("the same report" if night == full else "ANOTHER REPORT", len(full["findings"]), "findings")
raise SystemExit(night != full)
PYTHON
