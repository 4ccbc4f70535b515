"""The order management system: ground rooms, journeys and doors."""
