"""Runs each engine three times over one file, checks that all count the same findings, and prints the least times."""
import collections
import json
import os
import pathlib
import subprocess
import sys
import time

path, codes, guiju = sys.argv[1:4]
here = pathlib.Path(__file__).parent


def findings_of_guiju(out):
    records = (json.loads(line) for line in out.splitlines())
    counts = collections.Counter((r["code"], r["verdict"]) for r in records if "fingerprint" in r)
    return sorted(f"{code} {verdict} {n}" for (code, verdict), n in counts.items())


ENGINES = {
    "guiju": ([guiju, "check", path, "--format", "jsonl", "--select", codes, "--as-of", "2026-06-30"], findings_of_guiju),
    "DuckDB": ([sys.executable, str(here / "with_duckdb.py"), path], lambda out: sorted(out.splitlines())),
    "Polars": ([sys.executable, str(here / "with_polars.py"), path], lambda out: sorted(out.splitlines())),
}


def run(command):
    """Seconds on the wall, seconds on the processors and what was printed."""
    before, begun = os.times(), time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    after = os.times()
    if done.returncode not in (0, 1):  # 1: something was found
        sys.exit(f"{command[0]} failed with {done.returncode}")
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return time.perf_counter() - begun, used, done.stdout


counts, times = {}, {}
for _ in range(3):
    for name, (command, read) in ENGINES.items():
        wall, used, out = run(command)
        counts[name] = read(out)
        best = times.get(name, (wall, used))
        times[name] = (min(best[0], wall), min(best[1], used))
for name in ENGINES:
    if counts[name] != counts["guiju"]:
        sys.exit(f"{name} counts otherwise:\n{counts[name]}\nguiju:\n{counts['guiju']}")
print(f"all count the same: {sum(int(line.split()[-1]) for line in counts['guiju'])} findings")
print("engine   wall s   processors s   times guiju (wall, processors)")
for name, (wall, used) in times.items():
    print(f"{name:<7} {wall:7.2f} {used:14.2f}   {wall / times['guiju'][0]:.1f} {used / times['guiju'][1]:.1f}")
