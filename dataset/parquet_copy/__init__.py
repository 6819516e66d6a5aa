"""Keep a columnar copy of the events (Parquet, read by DuckDB) for answers about many of them."""
