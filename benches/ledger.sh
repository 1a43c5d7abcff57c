#!/bin/bash
# How long the ledger takes: recording 50,000 findings with their items (at most 2 s), listing 100,000 items (at most 100 ms).
# Processor time of the program, user and system; the cost of the check itself is taken off the recording.
# Usage: bash benches/ledger.sh target/release/guiju
set -eu
guiju=$(realpath "${1:-target/release/guiju}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# One rule, and notices of three days, of as many matters as asked for, in sixty units.
records() {
  mkdir -p "$2"
  awk -v n="$1" -v to="$2" 'BEGIN {
    print "unit_id,name" > (to "/unit.csv"); for (i = 0; i < 60; i++) print "U" i ",单位" i > (to "/unit.csv")
    print "person_id,name,unit_id" > (to "/person.csv"); print "case_id,person_id,unit_id,kind" > (to "/case.csv")
    print "step_id,case_id,kind,start,end" > (to "/step.csv")
    for (i = 0; i < n; i++) {
      print "P" i ",某" i ",U" i % 60 > (to "/person.csv"); print "C" i ",P" i ",U" i % 60 ",平级调整" > (to "/case.csv")
      print "S" i ",C" i ",任前公示,2024-03-04,2024-03-06" > (to "/step.csv")
    }
  }'
}

# Processor seconds of a command, the least of three; `before` is done first, and not counted.
seconds() {
  least=
  for _ in 1 2 3; do
    eval "$before"
    spent=$( { TIMEFORMAT='%U %S'; time "$@" > out 2> err || true; } 2>&1 | awk '{ print $1 + $2 }')
    least=$(printf '%s\n%s\n' "$spent" "${least:-$spent}" | sort -g | head -n 1)
  done
  echo "$least"
}

records 50000 fifty
records 100000 hundred
before=:
check=$(seconds "$guiju" check fifty --select GS002 --as-of 2024-06-30 --output found.json)
before='rm -f l.db'
record=$(seconds "$guiju" check fifty --select GS002 --as-of 2024-06-30 --output found.json --ledger l.db)
echo "record 50,000 findings: $(echo "$record $check" | awk '{ printf "%.2f", $1 - $2 }') s (checking and writing them out takes $check s)"
before=:
again=$(seconds "$guiju" check fifty --select GS002 --as-of 2024-06-30 --output found.json --ledger l.db)
echo "record them again, nothing having changed: $(echo "$again $check" | awk '{ printf "%.2f", $1 - $2 }') s"
sed -i 's/2024-03-06/2024-03-07/' fifty/step.csv
"$guiju" check fifty --select GS002 --as-of 2024-06-30 --ledger l.db > out 2> err || true
tail -n 1 err
"$guiju" check hundred --select GS002 --as-of 2024-06-30 --ledger h.db > out 2> err || true
"$guiju" ledger user 王五 --post 科长 --ledger h.db > out
"$guiju" rectify assign 1-50000 --to U1 --kind 限期整改 --due 2024-06-01 --ledger h.db --as 王五 > out
list() { printf '%-28s %s s\n' "$*" "$(seconds "$guiju" rectify list --ledger h.db --as-of 2024-06-30 "$@")"; }
list
list --unit U7
list --overdue
list --within 30d
list --state 已分派
list --unit U7 --overdue
list --format json
printf '%-28s %s s\n' "all 100,000 (--limit 0)" "$(seconds "$guiju" rectify list --ledger h.db --limit 0 --format csv)"
printf '%-28s %s s\n' rates "$(seconds "$guiju" rectify rates --ledger h.db)"
printf '%-28s %s s\n' "show 70000" "$(seconds "$guiju" rectify show 70000 --ledger h.db)"
