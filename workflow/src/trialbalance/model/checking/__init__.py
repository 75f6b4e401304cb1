"""How far a fit is to be trusted: sampler, misfit, people, priors, other families and roads."""
