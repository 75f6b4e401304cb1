"""What if those unobserved differ: deltas, tipping points, selection."""
