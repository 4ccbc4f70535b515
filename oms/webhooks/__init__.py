"""Outside subscribers of our events."""
