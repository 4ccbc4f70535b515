"""Files of rows coming in: kept as they came, worked off chunk by chunk, told of row by row."""
