"""Pictures of doubt: scenarios, assumptions, and what of the model fits."""
