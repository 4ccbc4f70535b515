"""Authorisations, captures, refunds: what is owed apart from what the gateway did."""
