"""Ground that every room stands on: database, events, jobs, money, errors, states."""
