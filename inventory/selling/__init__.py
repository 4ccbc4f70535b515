"""What a channel may sell: rules, buffers, backorders, and the numbers that follow from them."""
