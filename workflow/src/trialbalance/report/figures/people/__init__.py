"""Pictures of people: how they passed through, what they answered, what their care cost."""
