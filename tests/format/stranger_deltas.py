"""The part of stranger.py that needs DuckDB: apply the deltas of a database to its image (docs/FORMAT.md, 9)."""

import duckdb

KEYS = """
FROM duckdb_constraints() SELECT constraint_column_names
WHERE database_name = 'old' AND schema_name = ? AND table_name = ? AND constraint_type IN ('PRIMARY KEY', 'UNIQUE')
ORDER BY constraint_type, constraint_index
"""


def apply(entry, target, read):
    """Turn the image at `target` (its log beside it) into the state after the last delta; `read` reads a stream."""
    image = target.rename(target.with_suffix(".image"))
    log, image_log = (path.with_name(f"{path.name}.wal") for path in (target, image))
    if log.exists():
        log.rename(image_log)
    new = duckdb.connect(str(target))
    new.execute(f"ATTACH '{image}' AS old (READ_ONLY)")
    tables = new.execute(
        "FROM duckdb_tables() SELECT schema_name, table_name, sql WHERE database_name = 'old'"
    ).fetchall()
    for number, (schema, table, _) in enumerate(tables):
        new.execute(f"CREATE TEMP TABLE stage{number} AS FROM old.{schema}.{table}")
        found = new.execute(KEYS, [schema, table]).fetchone()
        keys = found[0] if found else []
        for change in (t for delta in entry["deltas"] for t in delta["tables"] if t["name"] == f"{schema}.{table}"):
            change_table(new, f"stage{number}", keys, change, target.with_suffix(".parquet"), read)
    fill(new, {f"stage{number}": table for number, table in enumerate(tables)})
    for state in entry["tables"]:
        assert new.sql(f"SELECT count(*) FROM {state['name']}").fetchall() == [(state["rows"],)]
    new.close()
    image.unlink()
    image_log.unlink(missing_ok=True)


def change_table(new, stage, keys, change, parquet, read):
    if change["whole"]:
        new.execute(f"DELETE FROM {stage}")
    same = " AND ".join(f'changed."{key}" = stage."{key}"' for key in keys)
    for part in ("gone", "rows"):
        if change[part] is None:
            continue
        parquet.write_bytes(read(change[part]))
        if not change["whole"]:
            new.execute(f"DELETE FROM {stage} AS stage USING read_parquet('{parquet}') AS changed WHERE {same}")
        if part == "rows":
            new.execute(f"INSERT INTO {stage} BY NAME FROM read_parquet('{parquet}')")
        parquet.unlink()


def fill(new, waiting):
    """Parents before children: a table that cannot be filled yet waits for the next round."""
    while waiting:
        before = len(waiting)
        for stage, (schema, table, sql) in list(waiting.items()):
            new.execute("BEGIN")
            try:
                new.execute(sql)
                new.execute(f"INSERT INTO {schema}.{table} BY NAME FROM {stage}")
            except duckdb.Error:
                new.execute("ROLLBACK")
            else:
                new.execute("COMMIT")
                del waiting[stage]
        assert len(waiting) < before, waiting
