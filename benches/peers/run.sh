#!/bin/sh
# The twelve rules by guiju, DuckDB and Polars over one SQLite file: whole processes, the least of three runs each, and the same counts.
#
#     benches/peers/run.sh [PEOPLE]        (100000 people if not said; files go to target/peers)
set -eu
cd "$(dirname "$0")/../.."
people=${1:-100000}
work=${CARGO_TARGET_DIR:-target}/peers
twelve=GS002,SY001,JD003,JD004,SX001,RZ001,ZG004,ZG005,RQ001,RQ002,TH001,SJ001
mkdir -p "$work"

cargo build --release --quiet --bin guiju --example county
[ -x "$work/venv/bin/python" ] || python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --requirement benches/peers/requirements.txt
python=$work/venv/bin/python
db=$work/people-$people.db
if [ ! -f "$db" ]; then
    cargo run --release --quiet --example county -- --people "$people" --core --out "$db"
    # The peers know whole days only.
    "$python" -c "
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
for cell in 'start', 'end':
    db.execute(f'UPDATE post SET \"{cell}\" = \"{cell}\" || \"-01\" WHERE length(\"{cell}\") = 7'.replace('\"-01\"', \"'-01'\"))
db.commit()" "$db"
fi

exec "$python" benches/peers/compare.py "$db" "$twelve" "${CARGO_TARGET_DIR:-target}/release/guiju"
