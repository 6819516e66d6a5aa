"""Write whole results: CSV, NDJSON, GeoJSON, Arrow, Parquet."""
