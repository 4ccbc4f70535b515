"""Which units they are: lots with their dates, and serial numbers."""
