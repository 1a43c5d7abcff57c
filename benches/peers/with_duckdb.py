"""The twelve rules in DuckDB over a SQLite file: prints code, verdict and how many, a line each.

Reads the file by DuckDB's own extension; where that cannot be installed (it is downloaded when first used), by connectorx.
"""
import os
import pathlib
import sys

import duckdb

path = os.path.abspath(sys.argv[1])
db = duckdb.connect()
db.execute("SET threads = 2")
try:
    db.execute("INSTALL sqlite")
    db.execute("LOAD sqlite")
    db.execute(f"ATTACH '{path}' AS db (TYPE sqlite, READ_ONLY)")
except duckdb.Error:
    import sqlite

    print("by connectorx: no sqlite extension", file=sys.stderr)
    db.execute("CREATE SCHEMA db")
    for table in sqlite.COLUMNS:
        db.register(f"read_{table}", sqlite.arrow(path, table))
        db.execute(f'CREATE VIEW db."{table}" AS SELECT * FROM "read_{table}"')
for row in db.execute(pathlib.Path(__file__).with_name("twelve.sql").read_text()).fetchall():
    print(*row)
