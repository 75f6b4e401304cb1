"""A small study that is described: three groups, one of them empty, the law, nothing compared."""

import numpy as np
import pandas as pd
from report_study import account_tables, cost_tables, study_settings

ARMS = ("order", "leave", "third")


def line(arm, kind, quantity, mean, sd, n=40, seen=None, **more):
    """Return one line of the table of costs and consequences."""
    values = {
        "lower_quartile": mean,
        "median": mean,
        "upper_quartile": mean,
        "by": None,
        "at": None,
    }
    given = {"arm": arm, "kind": kind, "quantity": quantity, "participants": n, **values}
    given |= {"observed": n if seen is None else seen, "mean": mean, "sd": sd}
    given |= {"if_lost_no": np.nan, "if_lost_yes": np.nan, "status": None, "note": None}
    return given | more


def share(arm, kind, quantity, yes, n, **more):
    """Return a line of yes and no, whose spread follows from its share."""
    p = yes / n
    return line(arm, kind, quantity, p, np.sqrt(n / (n - 1) * p * (1 - p)), seen=n, **more)


def consequences():
    """Return the table: two groups with people, one without, and everybody."""
    rows = []
    for arm, shift in (("order", 0), ("leave", 5), (None, 2)):
        assumed = {"status": "illustrative, assumed"}
        n = 40 if arm else 80
        rows += [
            line(arm, "cost", "health_social", 36000.0 + shift, 12000.0, n, **assumed),
            line(arm, "measure", "eq5d", 0.7 + shift / 100, 0.3, n, n - 8, at="month_12"),
            line(arm, "days under a status", "detained", 100.0 + shift, 50.0, n),
            share(arm, "outcome", "readmission", 10 + shift, n, participants=n),
            share(arm, "measure", "abstinent", 10, n - 8, at="month_12", participants=n,
                  if_lost_no=0.25, if_lost_yes=0.45),
            share(arm, "characteristic", "employed", 20, n, participants=n),
            line(arm, "characteristic", "age", 40.0, 10.0, n, by="employed: true"),
            line(arm, "characteristic", "randomised", 1.0, 0.0, n),
            line(arm, "characteristic", "follow_up_end", np.nan, np.nan, n, 0),
        ]  # fmt: skip
    kinds = (("cost", "health_social"), ("outcome", "readmission"), ("measure", "eq5d"))
    empty = {"note": "no participants recruited"}
    for kind, quantity in kinds:
        at = "month_12" if kind == "measure" else None
        rows.append(line("third", kind, quantity, np.nan, np.nan, 0, 0, at=at, **empty))
    return pd.DataFrame(rows)


def law_tables():
    """Return time limits, those not kept, criteria and days, two people behind them."""
    return {
        "time_limits": pd.DataFrame(
            [["review", "17F", "read", 20, 17, 2, 1, 0], ["plan", None, "recalled", 5, 5, 0, 0, 0]],
            columns=["limit", "section", "certainty", "checked", "met", "breached",
                     "not_decidable", "open"],
        ),
        "breaches": pd.DataFrame(
            [
                ["P-SECRET-1", "order", "review", "breached"],
                ["P-SECRET-2", "leave", "review", "open"],
            ],
            columns=["participant_id", "arm", "limit", "answer"],
        ),
        "criteria": pd.DataFrame(
            [
                ["order_made", "consent", "33", "met"],
                ["order_made", "consent", "33", "not_evidenced"],
            ],
            columns=["asked_by", "criterion", "section", "answer"],
        ),
        "legal_days": pd.DataFrame(
            [["order", "detained", 30], ["order", "detained", 0], ["leave", "detained", 50]],
            columns=["arm", "status", "days"],
        ),
    }  # fmt: skip


def described_study():
    """Return tables, settings and context of a study without analyses."""
    settings = study_settings(ARMS)
    settings["analyses"] = {}
    settings["data"]["covariates"] = {
        "age": {"type": "number", "label": "Age"},
        "employed": {"type": "boolean", "label": "In work"},
    }
    settings["outcomes"]["endpoints"] = {
        "readmission": {"kind": "admission", "label": "Readmitted"}
    }
    settings["dataset"]["describe"] = {
        "population": "intention_to_treat", "illustrative": ["health_social"]
    }  # fmt: skip
    tables = cost_tables(5, ARMS, empty=("third",)) | account_tables(ARMS) | law_tables()
    for name in ("scenarios", "sensitivity", "two_way", "reproduction"):
        tables.pop(name, None)
    tables["consequences"] = consequences()
    return tables, settings, {}
