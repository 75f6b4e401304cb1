"""From answers to scores: sums, value sets of terms and of whole profiles."""
