"""What is sold and stocked: items, known by their SKU."""
