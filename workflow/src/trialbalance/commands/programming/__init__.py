"""An analysis as a PyMC program that runs by itself: its data, its text."""
