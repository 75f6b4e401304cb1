"""A new study founded on what its trial is: arms, visits, outcomes, perspectives, currency."""
