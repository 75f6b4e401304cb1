"""Every number on page one stands in a table of the study."""

import re

import numpy as np
import pytest
from report_study import MARKED, full_study, page_without_figures
from trialbalance.report import build_document
from trialbalance.report.text.numbers import MINUS, number, significant


def page_one(document):
    return document.split("## In brief")[1].split("\n## ")[0].replace("\\", "")


def expected_numbers(tables, settings):
    """All that page one may print, formatted here by a rule of its own."""
    allowed = {"95", "1", "100"}
    for analysis in tables["analyses"].values():
        for table, columns in (
            ("arms", ("n", "cost", "effect")),
            (
                "incremental",
                ("cost", "cost_lower", "cost_upper", "effect", "effect_lower", "effect_upper"),
            ),
        ):
            for value in analysis[table][list(columns)].to_numpy(dtype=float).ravel():
                if not np.isnan(value):
                    allowed |= {f"{abs(value):,.0f}", f"{abs(value):,.3f}"}
        allowed.add(f"{analysis['arms']['n'].sum():,.0f}")
        for table in ("switching", "information"):
            at = analysis[table].query("threshold == 20000").select_dtypes("number")
            allowed |= {f"{abs(value):,.0f}" for value in at.to_numpy().ravel()}
        bounds = analysis["preferred"][["lower", "upper"]].to_numpy().ravel()
        allowed |= {f"{significant(value):,.0f}" for value in bounds}
        at = analysis["acceptability"]["threshold"].isin(MARKED)
        chances = analysis["acceptability"].loc[at, "probability"]
        allowed |= {f"{100 * share:.0f}" for share in chances}
        patterns = analysis["missing_patterns"]
        whole = patterns.loc[
            patterns["cost_observed"] & patterns["effect_observed"], "participants"
        ].sum()
        allowed.add(f"{100 * (1 - whole / patterns['participants'].sum()):.0f}")
    allowed |= {f"{threshold:,}" for threshold in MARKED}
    allowed.add(f"{12 * settings['study']['horizon_years']:.0f}")
    ends = tables["endpoints"]
    allowed |= {f"{value:,}" for value in ends[["events", "participants"]].to_numpy().ravel()}
    risks = ends[[name for name in ends if name.startswith("relative_risk")]].to_numpy().ravel()
    allowed |= {f"{value:.2f}" for value in risks}
    prices, ledger = tables["prices"], tables["ledger"]
    assumed = prices.loc[prices["status"] == "assumed", "item"]
    share = ledger.loc[ledger["item"].isin(assumed), "cost"].sum() / ledger["cost"].sum()
    allowed |= {str(len(assumed)), str(len(prices)), f"{100 * share:.0f}"}
    return allowed | hospital_shares(tables)


def hospital_shares(tables):
    """Percent of the mean cost that is hospital, by arm, over those whose costs were seen."""
    costs = tables["participant_costs"].query(
        "perspective == 'health_social' and period != 'before'"
    )
    flags = tables["cost_observed"].groupby(["participant_id", "source_group"])["observed"].all()
    people, found = tables["participants"].query("intention_to_treat"), set()
    for _, mine in people.groupby("arm"):
        means = {}
        for (category, source), part in costs.groupby(["category", "source_group"]):
            own = [one for one in mine["participant_id"] if flags.get((one, source), False)]
            total = part.loc[part["participant_id"].isin(own), "cost"].sum()
            means[category] = means.get(category, 0) + total / max(len(own), 1)
        found.add(f"{100 * means['hospital'] / sum(means.values()):.0f}")
    return found


@pytest.mark.parametrize("arms", [("order", "leave"), ("order", "leave", "third")])
def test_every_number_on_page_one_is_in_a_table(arms):
    tables, settings, context = full_study(arms=arms)
    text = page_one(build_document(tables, settings, context))
    text = re.sub(r"\{[^}]*\}|\(figures[^)]*\)|:::+.*", " ", text)
    printed = set(re.findall(r"\d[\d,]*\.?\d*(?<![,.])", text))
    assert len(printed) > 25
    gaps, items = re.search(r"(\d+) of (\d+) checklist items", text).groups()
    rest = page_without_figures((tables, settings, context)).words
    assert rest.count("GAP.") == int(gaps) and int(items) == 34
    assert printed <= expected_numbers(tables, settings) | {gaps, items}


def test_primary_figures_are_those_of_the_primary_analysis():
    tables, settings, context = full_study()
    settings["report"]["primary_analysis"] = "qaly_societal"
    row = tables["analyses"]["qaly_societal"]["incremental"].iloc[0]
    text = page_one(build_document(tables, settings, context))
    sign = MINUS if row["cost"] < 0 else "+"
    assert f"[{sign}£{abs(row['cost']):,.0f}]" in text.replace("**", "")
    frame = tables["analyses"]["qaly_societal"]["acceptability"]
    share = frame.query("threshold == 20000 and arm == 'order'")["probability"].iloc[0]
    assert f"[{100 * share:.0f}%]" in text


def test_results_table_carries_the_table_of_the_decision():
    tables, settings, context = full_study()
    page = page_without_figures((tables, settings, context))
    shown = [t for t in page.tables if t["caption"].startswith("Mean cost and effect")]
    assert len(shown) == len(settings["analyses"])
    for name, table in zip(settings["analyses"], shown, strict=True):
        gap = tables["analyses"][name]["incremental"].iloc[0]
        last = table["rows"][-1]
        assert last[2] == f"{MINUS if gap['cost'] < 0 else ''}£{abs(gap['cost']):,.0f}"
        assert last[4] == number(gap["effect"], 3, plus=True)
        assert f"{number(gap['effect_lower'], 3)} to {number(gap['effect_upper'], 3)}" == last[5]


def test_all_four_thresholds_stand_with_net_benefit_and_chance():
    tables, settings, context = full_study()
    page = page_without_figures((tables, settings, context))
    rows = page.table("Incremental net benefit")["rows"][1:]
    assert [row[0] for row in rows] == [f"£{threshold:,}" for threshold in MARKED]
    benefit = tables["analyses"]["qaly_health"]["net_benefit"].set_index("threshold")
    assert [row[1] for row in rows] == [
        number(benefit.loc[t, "net_benefit"]).replace(MINUS, "")
        and ("-" if benefit.loc[t, "net_benefit"] < 0 else "").replace("-", MINUS)
        + f"£{abs(benefit.loc[t, 'net_benefit']):,.0f}"
        for t in MARKED
    ]


def test_switching_values_are_the_net_benefit_in_words():
    tables, settings, context = full_study()
    text = build_document(tables, settings, context)
    frame = tables["analyses"]["qaly_health"]["switching"]
    row = frame[frame["threshold"] == 20000].iloc[0]
    amount = f"£{abs(row['cost_change']):,.0f}"
    words = f"could cost {amount} more" if row["cost_change"] > 0 else f"need to cost {amount} less"
    assert words in text
    assert "On average the best value is" in text


def test_cost_table_is_the_mean_over_complete_people():
    tables, settings, context = full_study()
    page = page_without_figures((tables, settings, context))
    total = page.table("Cost a person by category: Health")["rows"][-1]
    people = tables["participants"].query("arm == 'order' and intention_to_treat")
    costs = tables["participant_costs"].query(
        "perspective == 'health_social' and period != 'before'"
    )
    sums = costs.groupby("participant_id")["cost"].sum().reindex(people["participant_id"]).fillna(0)
    assert total[0] == "Total"
    assert total[1] == f"{(sums > 0).sum()}/{len(people)}"
    assert total[2] == f"£{sums.mean():,.0f} (£{sums.std():,.0f})"


def test_unobserved_interviews_leave_the_denominator():
    tables, settings, context = full_study()
    page = page_without_figures((tables, settings, context))
    row = next(
        r
        for r in page.table("Cost a person by category: Broader")["rows"]
        if r[0] == "Informal care"
    )
    seen = tables["cost_observed"].query("source_group == 'interview'")
    whole = seen.groupby("participant_id")["observed"].all()
    people = tables["participants"].query("arm == 'order' and intention_to_treat")
    assert row[1].endswith(f"/{int(whole.reindex(people['participant_id']).sum())}")


def test_reasons_of_the_flow_name_their_arm():
    page = page_without_figures(full_study())
    rows = page.table("Participant flow")["rows"]
    row = next(row for row in rows if row[0] == "Intention to treat")
    assert "Community order: found ineligible. Extended leave: found ineligible" in row[-1]


def test_intervention_is_shown_at_the_price_used():
    tables, settings, context = full_study()
    tables["ledger"]["inflation"] = 1.05
    row = page_without_figures((tables, settings, context)).table("Cost of delivering")["rows"][1]
    assert row[0] == "Order review" and row[1] == "£106.58"
    people = tables["participants"].query("arm == 'order' and intention_to_treat")
    lines = tables["ledger"].query("item == 'order_review' and period != 'before'")
    own = lines[lines["participant_id"].isin(people["participant_id"])]
    assert row[3] == f"£{own['cost'].sum() / len(people):,.2f}"


def test_assumed_prices_are_named_dearest_first():
    tables, settings, context = full_study()
    text = page_one(build_document(tables, settings, context))
    assert "Acute bed day and Informal care hour; together" in text
