"""Traces of a small study, in the form that the audit writes them."""

from trialbalance import contracts

TRACED = {
    "arms": ("cost", "cost_lower", "cost_upper", "effect", "effect_lower", "effect_upper"),
    "incremental": ("cost", "cost_lower", "cost_upper", "effect", "effect_lower", "effect_upper"),
    "acceptability": ("probability",),
    "net_benefit": ("net_benefit", "lower", "upper"),
}


def trace_of(tables, analyses=("qaly_health",)):
    """Return steps and figures of some tables of some analyses, as a page finds them."""
    steps = [
        {
            "stage": "decision",
            "what": "500 draws",
            "file": "draws.csv",
            "people": False,
            "total": 0,
        },
        {"stage": "model", "what": "settings " * 50, "file": "", "people": False, "total": 0},
        {"stage": "nothing", "what": "of no figure", "file": "", "people": False, "total": 0},
    ]
    figures = {}
    for analysis in analyses:
        for name, columns in TRACED.items():
            frame = tables["analyses"][analysis][name]
            rows = contracts.row_identifiers(frame, contracts.schema(name), f"base/{analysis}")
            for place, row in enumerate(rows):
                for column in columns:
                    figures[f"{row}.{column}"] = {
                        "meaning": f"The {column} of <b>a row</b>.",
                        "unit": "GBP",
                        "value": str(frame[column].iloc[place]),
                        "file": f"base/60_decision/{analysis}/{name}.csv",
                        "row": place + 2,
                        "column": column,
                        "again": float(frame[column].iloc[place]),
                        "equal": True,
                        "steps": [0, 1],
                    }
    return {"study": "small", "steps": steps, "figures": figures}
