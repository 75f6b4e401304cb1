"""What `check` finds beyond settings: what rules would refuse, and what no report can take."""
