"""What no single setting can tell: names, files and sections that must agree."""
