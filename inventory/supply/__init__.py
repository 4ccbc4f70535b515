"""Stock that is yet to come: purchase orders, shipping notices, and what arrives on them."""
