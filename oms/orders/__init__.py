"""Orders from placement to the last unit: the orchestrator."""
