"""Stage model: families, priors, endpoints, observed comparisons, what is missing."""
