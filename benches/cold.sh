#!/usr/bin/env bash
# What a start costs: the sample county checked, and all rules loaded and checked (listing them on top), each a process of its own.
#
#     benches/cold.sh [ROUNDS]
#
# Medians of 20 runs: the time on the wall, and on the processors (which other work on the machine disturbs less).
# The bars: the county 150 ms, the rules 40 ms.
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-20}
cargo build --release --quiet
program=${CARGO_TARGET_DIR:-target}/release/guiju
TIMEFORMAT='%3R %3U %3S'

median() { sort -n | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'; }

measure() { # NAME COMMAND...
    local name=$1 times wall cores
    shift
    times=$(for _ in $(seq "$rounds"); do { time "$@" >/dev/null 2>&1 || true; } 2>&1; done)
    wall=$(awk '{ print $1 * 1000 }' <<<"$times" | median)
    cores=$(awk '{ print ($2 + $3) * 1000 }' <<<"$times" | median)
    printf '%-42s %4.0f ms on the wall, %4.0f ms on the processors\n' "$name" "$wall" "$cores"
}

measure 'nothing (--version)' "$program" --version
measure 'all rules loaded, checked and listed' "$program" rules list
measure 'check samples/county' "$program" check samples/county --as-of 2026-06-30
