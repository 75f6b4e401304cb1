"""Small plausible tables of a study, made by seeded generators."""

import copy
from functools import cache

import numpy as np
import pandas as pd
from filled import filled
from report_page import Page
from report_trace import trace_of
from trialbalance.decision import compare_arms
from trialbalance.model.cells.fitted import fitted_cells
from trialbalance.model.cells.from_data.by_total import cells_by_total
from trialbalance.report.document import report_title
from trialbalance.report.making import build_document, make_report, to_html

MARKED = (20000, 25000, 30000, 35000)


def study_settings(arms=("order", "leave"), comparator="leave"):
    labels = {"order": "Community order", "leave": "Extended leave", "third": "Assertive outreach"}
    return {
        "study": {
            "title": "Orders in the community: a trial with an economic evaluation",
            "synthetic": True,
            "currency": "GBP",
            "comparator": comparator,
            "horizon_years": 1.0,
            "arms": {arm: {"label": labels[arm]} for arm in arms},
            "visits": {"baseline": 0.0, "month_6": 0.5, "month_12": 1.0},
            "periods": {"before": [-0.5, 0.0], "months_1_6": [0.0, 0.5], "months_7_12": [0.5, 1.0]},
        },
        "data": {"door": "records"},
        "costs": {
            "price_year": "2012/13",
            "discount_rate": 0.035,
            "discounting": "yearly",
            "perspectives": {
                "health_social": {"label": "Health and social care"},
                "societal": {"label": "Broader societal"},
            },
            "payers": {"nhs": "National Health Service", "family": "Families"},
            "items": {"acute_bed_day": {"category": "hospital", "payer": "nhs"}},
        },
        "outcomes": {
            "discount_rate": 0.035,
            "effects": {
                "qaly": {"label": "Quality-adjusted life years"},
                "cwly": {"label": "Capability-weighted life years"},
            },
            "instruments": {"eq5d3l": {"label": "EQ-5D-3L"}, "oxcap_mh": {"label": "OxCAP-MH"}},
        },
        "dataset": {
            "covariates": ["baseline_effect", "sex"],
            "estimand": {
                "population": "All randomised into the analysis population, deaths included.",
                "death": "Effects are 0 and costs end from the date of death.",
            },
        },
        "model": {
            "effect": {"family": "beta", "ceiling_needs_baseline": True},
            "cost": {"family": "gamma"},
            "dependence": "cost_given_effect",
            "draws": 1000,
            "tune": 1000,
            "chains": 4,
            "priors": {"cost_scale": 1.5, "slope": 1.0},
        },
        "decision": {"thresholds": {"qaly": {"marked": list(MARKED), "primary": 20000}}},
        "report": {
            "title": "",
            "authors": ["A. Author", "B. Writer"],
            "summary": "",
            "comparison": "People leave hospital under an order, or on extended leave.",
            "limitations": [],
            "intervention_items": ["intervention"],
            "labels": {},
            "outcome_words": {},
        },
        "analyses": {
            "qaly_health": {
                "title": "QALYs, health and social care",
                "outcome": "qaly",
                "perspective": "health_social",
                "population": "intention_to_treat",
            },
            "qaly_societal": {
                "title": "QALYs, societal",
                "outcome": "qaly",
                "perspective": "societal",
                "population": "intention_to_treat",
            },
            "cwly_health": {
                "title": "Capability, health and social care",
                "outcome": "cwly",
                "perspective": "health_social",
                "population": "intention_to_treat",
            },
        },
        "scenarios": {"linear_death": {"title": "Utility falls in a line before death"}},
    }


def analysis_tables(
    seed, arms=("order", "leave"), comparator="leave", empty=(), failed=False, cost_shift=-400.0
):
    rng = np.random.default_rng(seed)
    draws = []
    present = [arm for arm in arms if arm not in empty]
    for place, arm in enumerate(present):
        shift = cost_shift if arm != comparator else 0.0
        draws.append(
            pd.DataFrame(
                {
                    "draw": range(500),
                    "arm": arm,
                    "cost": rng.normal(36000 + shift + 500 * place, 3300, 500),
                    "effect": rng.normal(0.62 + 0.008 * (arm != comparator), 0.017, 500),
                }
            )
        )
    draws = pd.concat(draws, ignore_index=True)
    wide = draws.pivot_table(index="draw", columns="arm")
    tables = {"draws": draws}
    tables["arms"] = pd.DataFrame([_arm_row(wide, arm, 0 if arm in empty else 166) for arm in arms])
    tables["incremental"] = pd.DataFrame(
        [
            _gap_row(wide, arm, comparator)
            if {arm, comparator} <= set(present)
            else {"arm": arm, "comparator": comparator, "position": "no participants recruited"}
            for arm in arms
            if arm != comparator
        ],
        columns=GAP_COLUMNS,
    )
    tables["net_benefit"], tables["acceptability"] = _decision(wide, arms, comparator, present)
    tables |= _further(draws, arms, comparator)
    tables["information"] = pd.DataFrame(
        [
            {
                "threshold": t,
                "quantity": "evpi",
                "per_person": 700.0 + t / 100,
                "standard_error": 3.0,
                "population": np.nan,
            }
            for t in MARKED
        ]
    )
    tables["model_checks"] = pd.DataFrame(
        [
            {"check": "r_hat", "value": 1.003, "gate": 1.01, "verdict": "pass", "advice": np.nan},
            {
                "check": "ess",
                "value": 320.0 if failed else 1900.0,
                "gate": 400.0,
                "verdict": "fail" if failed else "pass",
                "advice": "Run more draws." if failed else np.nan,
            },
            {
                "check": "predictive_max_cost_order",
                "value": 0.31,
                "gate": np.nan,
                "verdict": "note",
                "advice": "Largest simulated cost is possible.",
            },
        ]
    )
    tables["fitted_cells"] = fitted(arms, tuple(present))
    tables["missing_patterns"] = pd.DataFrame(
        [
            {"arm": arm, "cost_observed": c, "effect_observed": e, "participants": n}
            for arm in arms
            if arm not in empty
            for c, e, n in ((True, True, 120), (True, False, 31), (False, False, 15))
        ]
    )
    tables["missingness"] = pd.DataFrame(
        [
            {
                "arm": arm,
                "kind": kind,
                "name": name,
                "moment": moment,
                "expected": n,
                "observed": n - 9,
                "percent_observed": 94.6,
            }
            for arm in arms
            for n in [0 if arm in empty else 166]
            for kind, name, moment in (("measure", "eq5d", "month_6"), ("cost", "cost", "total"))
        ]
    )
    return tables


@cache
def fitted(arms, present, size=166, **model):
    """Return what a model of totals of a made-up trial fits, as stage model writes it."""
    rng = np.random.default_rng(7)
    people = pd.DataFrame(
        {
            "participant_id": [f"p{place}" for place in range(size)],
            "arm": [present[place % len(present)] for place in range(size)],
            "cost": rng.gamma(1.5, 9000, size),
            "effect": np.where(rng.random(size) < 0.2, np.nan, rng.beta(6, 3, size)),
            "baseline_effect": rng.beta(6, 3, size),
            "sex": rng.choice(["female", "male"], size),
            "site": rng.choice(["north", "south", "west"], size),
        }
    )
    effect = {"family": "beta", "lower": -0.594, "ceiling": 1.0} | model.pop("effect", {})
    section = filled("model", {"effect": effect, **model})
    study = {"arms": {arm: {} for arm in arms}, "horizon_years": 1.0}
    return fitted_cells(cells_by_total(people, [], study, section), section["priors"])


def _further(draws, arms, comparator):
    study = {"arms": {arm: {} for arm in arms}, "comparator": comparator, "currency": "GBP"}
    thresholds = {"marked": list(MARKED), "range": [0, 50000], "step": 1000}
    found = compare_arms(
        draws, study, filled("decision", {"thresholds": {"qaly": thresholds}}), "qaly"
    )
    return {name: found[name] for name in ("expected_loss", "ranks", "switching", "preferred")}


GAP_COLUMNS = [
    "arm",
    "comparator",
    *(f"{what}{end}" for what in ("cost", "effect") for end in ("", "_lower", "_upper")),
    "icer",
    "position",
    *(f"probability_{corner}" for corner in ("ne", "nw", "se", "sw")),
]


def _summary(values):
    return float(values.mean()), *[float(q) for q in np.quantile(values, (0.025, 0.975))]


def _arm_row(wide, arm, n):
    row = {"arm": arm, "n": n}
    for what in ("cost", "effect"):
        values = _summary(wide[what][arm]) if n else (np.nan,) * 3
        row.update(zip((what, f"{what}_lower", f"{what}_upper"), values, strict=True))
    return row


def _gap_row(wide, arm, comparator):
    gaps = {what: wide[what][arm] - wide[what][comparator] for what in ("cost", "effect")}
    row = {"arm": arm, "comparator": comparator}
    for what, values in gaps.items():
        row.update(zip((what, f"{what}_lower", f"{what}_upper"), _summary(values), strict=True))
    cost, effect = gaps["cost"], gaps["effect"]
    ratio = row["cost"] / row["effect"]
    return row | {
        "icer": ratio if ratio > 0 else np.nan,
        "position": "costs less and gains more (dominant)"
        if ratio < 0
        else "costs more and gains more",
        "probability_ne": float(((cost > 0) & (effect > 0)).mean()),
        "probability_nw": float(((cost > 0) & (effect <= 0)).mean()),
        "probability_se": float(((cost <= 0) & (effect > 0)).mean()),
        "probability_sw": float(((cost <= 0) & (effect <= 0)).mean()),
    }


def _decision(wide, arms, comparator, present):
    benefit, chances = [], []
    for threshold in range(0, 50001, 1000):
        value = threshold * wide["effect"] - wide["cost"]
        best, top = value.idxmax(axis=1), value.mean().idxmax()
        for arm in arms:
            chances.append(
                {
                    "threshold": threshold,
                    "arm": arm,
                    "probability": float((best == arm).mean()) if arm in present else np.nan,
                    "frontier": arm == top if arm in present else pd.NA,
                }
            )
            if arm != comparator and {arm, comparator} <= set(present):
                gain = value[arm] - value[comparator]
                low, high = np.quantile(gain, (0.025, 0.975))
                benefit.append(
                    {
                        "threshold": threshold,
                        "arm": arm,
                        "comparator": comparator,
                        "net_benefit": float(gain.mean()),
                        "lower": low,
                        "upper": high,
                        "probability_positive": float((gain > 0).mean()),
                    }
                )
    columns = ["threshold", "arm", "comparator", "net_benefit", "lower", "upper"]
    frame = pd.DataFrame(benefit, columns=[*columns, "probability_positive"])
    return frame, pd.DataFrame(chances).astype({"frontier": "boolean"})


ITEMS = {
    "acute_bed_day": ("hospital", "nhs", "day", 330.0, "assumed", "records"),
    "cpn_contact": ("community", "nhs", "contact", 58.0, "published", "records"),
    "order_review": ("intervention", "nhs", "hour", 101.5, "published", "records"),
    "informal_care_hour": ("informal_care", "family", "hour", 13.2, "assumed", "interview"),
}


def cost_tables(seed, arms=("order", "leave"), size=40, empty=()):
    rng = np.random.default_rng(seed)
    people = pd.DataFrame(
        [
            {
                "participant_id": f"{arm}-{i:03d}",
                "arm": arm,
                "randomised": True,
                "intention_to_treat": i > 0,
                "reported": i > 1,
            }
            for arm in arms
            if arm not in empty
            for i in range(size)
        ]
    )
    lines, per_person = [], []
    for _, person in people.iterrows():
        for item, (category, payer, unit, price, _, group) in ITEMS.items():
            for period in ("before", "months_1_6", "months_7_12"):
                quantity = float(rng.poisson(40 if item == "acute_bed_day" else 3))
                if rng.random() < 0.3 or (item == "order_review" and period == "before"):
                    continue
                cost = quantity * price * 1.05
                lines.append(
                    {
                        "record_id": f"r{len(lines)}",
                        "participant_id": person["participant_id"],
                        "arm": person["arm"],
                        "item": item,
                        "category": category,
                        "payer": payer,
                        "period": period,
                        "quantity": quantity,
                        "unit": unit,
                        "unit_cost": price,
                        "cost": cost,
                        "source_group": group,
                    }
                )
                for perspective in ("health_social", "societal")[payer == "family" :]:
                    per_person.append(
                        {
                            "participant_id": person["participant_id"],
                            "arm": person["arm"],
                            "period": period,
                            "perspective": perspective,
                            "source_group": group,
                            "category": category,
                            "cost": cost,
                        }
                    )
    observed = pd.DataFrame(
        [
            {
                "participant_id": pid,
                "source_group": group,
                "period": period,
                "observed": group == "records" or rng.random() > 0.1,
            }
            for pid in people["participant_id"]
            for group in ("records", "interview")
            for period in ("months_1_6", "months_7_12")
        ]
    )
    prices = pd.DataFrame(
        [
            {
                "item": item,
                "category": category,
                "payer": payer,
                "source_group": group,
                "unit": unit,
                "unit_cost": price,
                "price_year": "2010/11",
                "inflation": 1.05,
                "unit_cost_inflated": price * 1.05,
                "status": status,
                "source": "Unit costs of health and social care, page 12"
                if status == "published"
                else np.nan,
                "lines": 10,
                "in_perspectives": "health_social",
            }
            for item, (category, payer, unit, price, status, group) in ITEMS.items()
        ]
    )
    matrix = pd.DataFrame(
        [
            {
                "perspective": p,
                "label": p,
                "item": item,
                "category": spec[0],
                "payer": spec[1],
                "counted": p == "societal" or spec[1] == "nhs",
                "why": "",
            }
            for p in ("health_social", "societal")
            for item, spec in ITEMS.items()
        ]
    )
    aside = pd.DataFrame(
        [
            {
                "record_id": "x1",
                "participant_id": "order-001",
                "item": "cpn_contact",
                "reason": "after death",
                "quantity": 2.0,
            }
        ]
    )
    return {
        "participants": people,
        "ledger": pd.DataFrame(lines),
        "cost_observed": observed,
        "participant_costs": pd.DataFrame(per_person),
        "prices": prices,
        "perspectives": matrix,
        "set_aside": aside,
    }


def outcome_tables(seed, people, arms=("order", "leave"), comparator="leave"):
    rng = np.random.default_rng(seed)
    measures, outcomes, forms = [], [], []
    for _, person in people.iterrows():
        base = {"participant_id": person["participant_id"], "arm": person["arm"]}
        for visit, time in (("baseline", 0.0), ("month_6", 0.5), ("month_12", 1.0)):
            for measure, top in (("eq5d", 1.0), ("oxcap_mh", 100.0)):
                value = np.nan if rng.random() < 0.1 else top * rng.beta(6, 3)
                measures.append(
                    base | {"visit": visit, "time_years": time, "measure": measure, "value": value}
                )
        for outcome in ("qaly", "cwly"):
            seen = rng.random() > 0.2
            outcomes.append(
                base
                | {
                    "outcome": outcome,
                    "observed": seen,
                    "died": False,
                    "value": rng.beta(6, 3) if seen else np.nan,
                }
            )
    for arm in arms:
        n = int((people["arm"] == arm).sum())
        for instrument in ("eq5d3l", "oxcap_mh"):
            for visit, share in (("baseline", 1.0), ("month_6", 0.8), ("month_12", 0.75)):
                forms.append(
                    {
                        "visit": visit,
                        "arm": arm,
                        "instrument": instrument,
                        "expected": n,
                        "returned": int(n * share),
                        "complete": int(n * share * 0.95),
                        "scored": int(n * share * 0.95),
                    }
                )
    endpoints = pd.DataFrame(
        [
            {
                "arm": arm,
                "endpoint": "readmission",
                "events": 59 + k,
                "participants": 166 + k,
                "risk": (59 + k) / (166 + k),
                "relative_risk": np.nan if arm == comparator else 0.99,
                "relative_risk_lower": np.nan if arm == comparator else 0.75,
                "relative_risk_upper": np.nan if arm == comparator else 1.33,
            }
            for k, arm in enumerate(arms)
        ]
    )
    return {
        "measures": pd.DataFrame(measures),
        "outcomes": pd.DataFrame(outcomes),
        "questionnaires": pd.DataFrame(forms),
        "endpoints": endpoints,
    }


def account_tables(arms=("order", "leave")):
    flow = pd.DataFrame(
        [
            {"step": step, "arm": arm, "participants": n - i, "reason": reason}
            for step, n, reason in (
                ("randomised", 169, np.nan),
                ("intention_to_treat", 167, "found ineligible"),
            )
            for i, arm in enumerate(arms)
        ]
    )
    exclusions = pd.DataFrame(
        [
            {
                "participant_id": "order-000",
                "population": "intention_to_treat",
                "reason": "found ineligible",
            }
        ]
    )
    balance = pd.DataFrame(
        [
            {
                "scenario": "base",
                "stage": "costs",
                "quantity": "money",
                "arm": arm,
                "perspective": "societal",
                "in": 5909012.37,
                "out": 5909000.0,
                "set_aside": 12.37,
                "difference": 0.0,
                "reason": "outside the horizon",
            }
            for arm in arms
        ]
    )
    reproduction = pd.DataFrame(
        [
            {
                "id": "cost_order",
                "quantity": "mean cost",
                "arm": arms[0],
                "population": "reported",
                "published": 35595.0,
                "reproduced": 35410.22,
                "difference": -184.78,
                "tolerance": "2.5 standard errors",
                "verdict": "within",
            },
            {
                "id": "correlation",
                "quantity": "correlation at baseline",
                "arm": np.nan,
                "population": "randomised",
                "published": 0.415,
                "reproduced": 0.402,
                "difference": -0.013,
                "tolerance": "0.1",
                "verdict": "within",
            },
        ]
    )
    scenarios = pd.DataFrame(
        [
            {
                "scenario": name,
                "analysis": "qaly_health",
                "arm": arms[0],
                "cost": -412.3 + k,
                "effect": 0.0081,
                "threshold": 20000,
                "net_benefit": 571.0,
                "lower": -9000.0,
                "upper": 9950.0,
                "probability_positive": 0.55,
            }
            for k, name in enumerate(("base", "linear_death"))
        ]
    )
    return {
        "flow": flow,
        "exclusions": exclusions,
        "trial_balance": balance,
        "reproduction": reproduction,
        "scenarios": scenarios,
    }


@cache
def _made(arms, comparator, empty, failed):
    """Make the tables once a process; tests get copies."""
    settings = study_settings(arms, comparator)
    costs = cost_tables(11, arms, empty=empty)
    return {
        **costs,
        **outcome_tables(12, costs["participants"], arms, comparator),
        **account_tables(arms),
        "analyses": {
            name: analysis_tables(
                20 + k, arms, comparator, empty, failed and name == "qaly_societal"
            )
            for k, name in enumerate(settings["analyses"])
        },
    }


def full_study(arms=("order", "leave"), comparator="leave", empty=(), failed=False):
    """Return tables, settings and context of a study that has everything."""
    made = _made(tuple(arms), comparator, tuple(empty), failed)
    context = {
        "versions": {"trialbalance": "0.1.0", "pymc": "5.28.0"},
        "code_digest": "0123456789abcdef",
    }
    return copy.deepcopy(made), study_settings(arms, comparator), context


def page_without_figures(study):
    """Return the parsed page of a study, its figures left out."""
    tables, settings, context = study
    return Page(to_html(build_document(tables, settings, context), {}, report_title(settings)))


@cache
def made_report(arms=("order", "leave"), empty=(), failed=False):
    """Return the whole report of a study, made once a process."""
    tables, settings, context = full_study(arms=arms, empty=empty, failed=failed)
    return make_report(tables, settings, {**context, "trace": trace_of(tables)})
