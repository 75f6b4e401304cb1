"""What is wrong, or doubtful, in the records handed over."""
