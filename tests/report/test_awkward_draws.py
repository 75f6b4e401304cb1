"""Reports of draws that tie, dominate or change sign: readable, and the right arm is named."""

import numpy as np
import pandas as pd
import pytest
from filled import filled
from report_page import Page
from report_study import study_settings
from trialbalance.decision import compare_arms
from trialbalance.report.making import make_report

ARMS = ("order", "leave", "third")
KINDS = ("identical", "all equal", "dominated", "sign change", "empty", "certain")


def tables_of(kind):
    rng = np.random.default_rng(9)
    cost, effect = rng.normal(9000, 500, (300, 3)), rng.normal(0.6, 0.02, (300, 3))
    if kind == "identical":
        cost[:, 0], effect[:, 0] = cost[:, 1], effect[:, 1]
    if kind == "all equal":
        cost, effect = (np.repeat(part[:, :1], 3, axis=1) for part in (cost, effect))
    if kind == "dominated":
        cost[:, 2], effect[:, 2] = cost.max(axis=1) + 100, effect.min(axis=1) - 0.01
    if kind == "sign change":
        cost, effect = cost - cost.mean(axis=0), effect - effect.mean(axis=0)
    if kind == "certain":
        cost, effect = np.tile([9000.0, 8000, 9500], (300, 1)), np.tile([0.6, 0.6, 0.7], (300, 1))
    draws = pd.concat(
        pd.DataFrame(
            {"draw": range(300), "arm": arm, "cost": cost[:, place], "effect": effect[:, place]}
        )
        for place, arm in enumerate(ARMS)
        if not (kind == "empty" and arm == "third")
    )
    settings = study_settings(ARMS)
    section = filled("decision", settings["decision"])
    return {"draws": draws, **compare_arms(draws, settings["study"], section, "qaly")}


@pytest.mark.parametrize("kind", KINDS)
def test_the_report_is_readable_and_names_the_best(kind):
    settings = study_settings(ARMS)
    settings["analyses"] = {"qaly_health": settings["analyses"]["qaly_health"]}
    own = tables_of(kind)
    made = make_report({"analyses": {"qaly_health": own}}, settings)
    page = Page(made["html"])
    assert not {"nan", "none", "inf"} & set(page.words.lower().split())
    means = own["draws"].groupby("arm")[["cost", "effect"]].mean()
    value = 20000 * means["effect"] - means["cost"]
    best = [settings["study"]["arms"][arm]["label"] for arm in value.index[value == value.max()]]
    assert any(f"the best value on average is {name}" in page.words for name in best)
