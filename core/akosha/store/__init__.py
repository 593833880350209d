"""The rows of the hub in DuckDB, one writer a file."""
