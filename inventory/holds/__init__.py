"""Holds: carts that reserve stock for a limited time."""
