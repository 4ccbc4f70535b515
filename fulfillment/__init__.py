"""Work for locations and parcels on their way."""
