"""Keep a copy of the events in Parquet files, and read many of them from it by DuckDB."""
