#!/usr/bin/env bash
# Loading out of PostgreSQL against `COPY … TO STDOUT` of the same tables, over loopback: a server of its own in a temporary folder, the
# county of the generator in it as text. Needs Debian's package postgresql. The number of people may be given: benches/postgres.sh 20000
set -euo pipefail
cd "$(dirname "$0")/.."
people=${1:-100000}
bin=$(compgen -G '/usr/lib/postgresql/*/bin' | sort -V | tail -1)
port=54329
work=$(mktemp -d)
as=()
if [ "$(id -u)" -eq 0 ]; then
    # Servers refuse to be root.
    as=(runuser -u postgres --)
    chown postgres "$work"
fi
stop() { "${as[@]}" "$bin/pg_ctl" -D "$work/data" -m immediate stop >/dev/null || true; rm -rf "$work"; }
trap stop EXIT
"${as[@]}" "$bin/initdb" -D "$work/data" -U guiju --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync >/dev/null
"${as[@]}" "$bin/pg_ctl" -D "$work/data" -l "$work/log" -w start \
    -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$work -c fsync=off -c shared_buffers=2GB" >/dev/null

csv=${GUIJU_BENCH_CSV_OF:-$work/csv}
[ -d "$csv" ] || cargo run --release --quiet --example county -- --people "$people" --csv "$csv"
export GUIJU_BENCH_PG=postgres://guiju@127.0.0.1:$port/postgres
for file in "$csv"/*.csv; do
    table=$(basename "$file" .csv)
    [ "$table" = EXPECTED ] && continue
    columns=$(head -1 "$file" | sed 's/^\xef\xbb\xbf//; s/\r$//; s/\([^,]*\)/"\1" text/g')
    printf 'CREATE TABLE "%s"(%s);\n\\copy "%s" FROM '\''%s'\'' WITH (FORMAT csv, HEADER)\n' "$table" "$columns" "$table" "$file"
done | psql -X -q -v ON_ERROR_STOP=1 "$GUIJU_BENCH_PG"
psql -X -q -c 'VACUUM ANALYZE' "$GUIJU_BENCH_PG"
# The other sources of this benchmark are left out.
GUIJU_BENCH_DB=/nothing GUIJU_BENCH_CSV=/nothing GUIJU_BENCH_PEOPLE=0 cargo bench --bench load -- nothing
