"""What `check` finds beyond settings: what later rules would refuse, and what no report can take."""
