"""Every number on page one stands in a table of the study."""

import re

import pytest
from report_study import MARKED, full_study, page_without_figures
from stated_rounding import at_error, rounded
from trialbalance.report.facts.facts import Facts
from trialbalance.report.making import build_document, make_report
from trialbalance.report.sections.front.lead import lead
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
            for _, row in analysis[table].dropna(subset=["cost"]).iterrows():
                allowed.add(f"{row['n']:,.0f}" if "n" in columns else "1")
                for column in [name for name in columns if name != "n"]:
                    digits = 3 if column.startswith("effect") else 0
                    allowed.add(f"{abs(rounded(row, column)):,.{digits}f}")
        allowed.add(f"{analysis['arms']['n'].sum():,.0f}")
        # What an option's cost would have to change by is its net benefit.
        for _, row in analysis["net_benefit"].query("threshold == 20000").iterrows():
            own = analysis["switching"].query("threshold == 20000").set_index("arm")
            assert own.loc[row["arm"], "cost_change"] == pytest.approx(row["net_benefit"])
            allowed.add(f"{abs(rounded(row, 'net_benefit')):,.0f}")
        for _, row in analysis["information"].query("threshold == 20000").iterrows():
            allowed.add(f"{at_error(row['per_person'], row['standard_error']):,.0f}")
        bounds = analysis["preferred"][["lower", "upper"]].to_numpy().ravel()
        allowed |= {f"{significant(value):,.0f}" for value in bounds}
        at = analysis["acceptability"]["threshold"].isin(MARKED)
        for _, row in analysis["acceptability"][at].dropna(subset=["probability"]).iterrows():
            allowed.add(f"{100 * rounded(row, 'probability'):.0f}")
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
    # Numbers of tables and figures that the text cites are none of the data.
    text = re.sub(r"\{[^}]*\}|\(figures[^)]*\)|:::+.*|\[(Table|Figure) \d+\]", " ", text)
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
    assert f"[{sign}£{abs(rounded(row, 'cost')):,.0f}]" in text.replace("**", "")
    frame = tables["analyses"]["qaly_societal"]["acceptability"]
    best = frame.query("threshold == 20000 and arm == 'order'").iloc[0]
    assert f"[{100 * rounded(best, 'probability'):.0f}%]" in text


def test_results_table_carries_the_table_of_the_decision():
    tables, settings, context = full_study()
    page = page_without_figures((tables, settings, context))
    shown = [t for t in page.tables if t["caption"].startswith("Mean cost and effect")]
    assert len(shown) == len(settings["analyses"])
    for name, table in zip(settings["analyses"], shown, strict=True):
        gap = tables["analyses"][name]["incremental"].iloc[0]
        last = table["rows"][-1]
        cost = rounded(gap, "cost")
        assert last[2] == f"{MINUS if cost < 0 else ''}£{abs(cost):,.0f}"
        assert last[4] == number(rounded(gap, "effect"), 3, plus=True)
        ends = [number(rounded(gap, f"effect_{end}"), 3) for end in ("lower", "upper")]
        assert " to ".join(ends) == last[5]


def test_all_four_thresholds_stand_with_net_benefit_and_chance():
    tables, settings, context = full_study()
    page = page_without_figures((tables, settings, context))
    rows = page.table("Incremental net benefit")["rows"][1:]
    assert [row[0] for row in rows] == [f"£{threshold:,}" for threshold in MARKED]
    benefit = tables["analyses"]["qaly_health"]["net_benefit"].set_index("threshold")
    gains = [rounded(benefit.loc[threshold], "net_benefit") for threshold in MARKED]
    assert [row[1] for row in rows] == [
        f"{MINUS if gain < 0 else ''}£{abs(gain):,.0f}" for gain in gains
    ]


def test_switching_values_are_the_net_benefit_in_words():
    tables, settings, context = full_study()
    text = build_document(tables, settings, context)
    frame = tables["analyses"]["qaly_health"]["net_benefit"]
    gain = rounded(frame[frame["threshold"] == 20000].iloc[0], "net_benefit")
    amount = f"£{abs(gain):,.0f}"
    words = f"could cost {amount} more" if gain > 0 else f"need to cost {amount} less"
    assert words in text
    assert "On average the best value is" in text


def test_cost_table_is_the_mean_over_complete_people():
    tables, settings, context = full_study()
    page = page_without_figures((tables, settings, context))
    total = page.table("Cost per person by category: Health")["rows"][-1]
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
        for r in page.table("Cost per person by category: Broader")["rows"]
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


def test_no_digit_of_a_figure_of_draws_lies_beyond_its_error():
    """Page one, table, abstract, pictures and the page of all studies say the same."""
    tables, settings, context = full_study()
    own = tables["analyses"]["qaly_health"]
    gap, gain = own["incremental"].iloc[0], own["net_benefit"].query("threshold == 20000").iloc[0]
    cost, benefit = (
        f"£{abs(rounded(*cell)):,.0f}" for cell in ((gap, "cost"), (gain, "net_benefit"))
    )
    assert cost.endswith("0") and benefit.endswith("0")
    exact = {f"{abs(gap['cost']):,.0f}", f"{abs(gain['net_benefit']):,.0f}"}
    made = make_report(tables, settings, context)
    words = {name: figure["alternative"] for name, figure in made["figures"].items()}
    assert cost in next(text for name, text in words.items() if "plane_qaly_health" in name)
    assert benefit in next(text for name, text in words.items() if "benefit_qaly_health" in name)
    text = made["markdown"]
    assert text.count(cost) > 2 and text.count(benefit) > 1
    told = set(re.findall(r"\d[\d,]*\.?\d*(?<![,.])", " ".join([text, *words.values()])))
    assert not exact & told
    assert "leading digit of their Monte Carlo error \\(500 effective draws\\)" in text
    share = own["acceptability"].query("threshold == 20000 and arm == 'order'").iloc[0]
    chance = rounded(share, "probability")
    chance = f"{100 * max(chance, 1 - chance):.0f}%"
    assert chance in str(lead(Facts(tables, settings), "qaly_health"))
    assert f"[{chance}]" in text
