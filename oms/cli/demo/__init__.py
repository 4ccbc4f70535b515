"""The demonstration: two real weeks of a shop, and the world assumed around them."""
