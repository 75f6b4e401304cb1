"""Names: those that a study declares and uses, may not give, or prints for two things."""
