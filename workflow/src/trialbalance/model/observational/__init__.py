"""Comparisons of people whom nobody randomised."""
