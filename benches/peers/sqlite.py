"""The columns that the twelve rules read, and how they come out of a SQLite file."""
import connectorx

COLUMNS = {
    "unit": "unit_id kind",
    "person": "person_id status",
    "post": "post_id person_id unit_id title level leader chief kind start end case_id",
    "rank": "person_id rank start end",
    "case": "case_id person_id kind mode unit_id level leader chief committee exception reshuffle status",
    "step": "step_id case_id kind start end due present ayes result",
    "talk": "person_id kind date",
    "audit": "person_id kind reported",
}


def query(table):
    """A statement for a table."""
    return f'SELECT {", ".join(f"{chr(34)}{c}{chr(34)}" for c in COLUMNS[table].split())} FROM "{table}"'


def arrow(path, table):
    """A table, read by connectorx."""
    return connectorx.read_sql(f"sqlite://{path}", query(table), return_type="arrow")
