"""Counting what stands on the shelves: by several people, reviewed, approved and booked."""
