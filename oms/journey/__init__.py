"""One story of an order, for shoppers, staff and integrators."""
