"""What stock every location holds, and what of it is promised."""
