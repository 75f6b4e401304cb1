"""What would change the answer: prices, scenarios, every defensible analysis."""
