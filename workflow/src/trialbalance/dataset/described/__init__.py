"""What a dataset holds and lacks, in tables."""
