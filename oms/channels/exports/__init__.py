"""Files of rows going out: items, locations, levels and safety stocks."""
