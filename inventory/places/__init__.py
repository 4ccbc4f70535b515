"""Where stock stands: warehouses, stores and other places."""
