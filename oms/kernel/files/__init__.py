"""Files exchanged with people and other systems: CSV and NDJSON, row by row."""
