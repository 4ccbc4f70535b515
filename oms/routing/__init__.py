"""Which location ships what, and why."""
