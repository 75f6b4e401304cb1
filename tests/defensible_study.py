"""Settings of a small multiverse that tests lay over a study."""

import copy

PLAIN = {
    "label": "As planned",
    "defensible": "It is what the plan says.",
}


def option(label, **changes):
    """Return one option with its words."""
    return {"label": label, "defensible": f"{label} is defensible.", **changes}


SMALL = {
    "analysis": "qaly_health_care",
    "choices": {
        "perspective": {
            "label": "Perspective",
            "options": {
                "health": option("Health care"),
                "society": option("Societal", refit={"analysis": {"perspective": "societal"}}),
            },
        },
        "cost_family": {
            "label": "Distribution of cost",
            "options": {
                "gamma": option("Gamma"),
                "lognormal": option(
                    "Lognormal", refit={"model": {"cost": {"family": "lognormal"}}}
                ),
            },
        },
        "prices": {
            "label": "Unit costs",
            "options": {
                "own_prices": option("Of the plan"),
                "dear": option("High", prices={"range_end": "high"}),
                "later": option("Of 2023/24", prices={"price_year": "2023/24"}),
            },
        },
        "missing_utility": {
            "label": "Utility not seen",
            "options": {
                "at_random": option("At random"),
                "lower": option("Lower", missing={"effect": -0.1}),
                "jump": option("As usual care", missing={"jump_to_reference": ["effect", "cost"]}),
            },
        },
        "missing_cost": {
            "label": "Cost not seen",
            "options": {
                "cost_at_random": option("At random"),
                "cost_higher": option("Higher by 30 %", missing={"cost_percent": 30}),
            },
        },
        "threshold": {
            "label": "Threshold",
            "options": {
                "plan_threshold": option("Primary"),
                "low_threshold": option("Low", threshold=20000),
            },
        },
    },
    "excluded": [{"options": ["jump", "cost_higher"], "reason": "One or the other."}],
}


def small(**changes):
    """Return the small multiverse, some of its settings replaced."""
    return {**copy.deepcopy(SMALL), **changes}


def one_choice(**options):
    """Return choices of one choice."""
    return {"only": {"label": "Only", "options": options}}
