"""Under which order people are: spells, and their course by recall or by consent."""
