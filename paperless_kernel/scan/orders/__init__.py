"""Orders: what a customer asked for, under which contract, in whose name."""
