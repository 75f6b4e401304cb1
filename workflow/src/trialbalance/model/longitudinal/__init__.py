"""The longitudinal form of the model: visits and periods, joined by effects of the participant.

Everyone has two effects: one on the measure at every visit, one on the cost of every period and on
the risk of dying; they are correlated. Given them, what is observed of a person is independent, so
that a missed visit or period simply is not there. Both are integrated out: in closed form where all
is normal, else over a fixed grid.
"""
