"""What the draws say of each arm: increments, curves, ranks, groups."""
