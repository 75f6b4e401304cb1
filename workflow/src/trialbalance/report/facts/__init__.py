"""What a report says, taken from tables once: sums, links, texts of the study."""
