"""How much was seen: shares of questionnaires scored, by instrument, visit and arm."""

import altair as alt
import pandas as pd

from trialbalance.report.facts.facts import Facts
from trialbalance.report.figures.drawing import WIDTH, scale, shades
from trialbalance.report.text.numbers import listed, percent


def seen_shares(facts: Facts) -> pd.DataFrame:
    """Return the share of questionnaires due that could be scored.

    Parameters
    ----------
    facts : Facts
        The study.

    Returns
    -------
    pandas.DataFrame
        Columns arm, name, words (instrument and visit), share; no rows where none was due.
    """
    frame = facts.table("questionnaires")
    columns = ["arm", "name", "words", "share"]
    if frame is None:
        return pd.DataFrame(columns=columns)
    frame = frame[frame["expected"] > 0]
    visits = list(facts.part("study").get("visits") or {})
    place = {visit: number for number, visit in enumerate(visits)}
    frame = frame.assign(place=frame["visit"].map(place)).sort_values(
        ["instrument", "place"], kind="stable"
    )
    words = [
        f"{facts.label(row['instrument'], 'instrument')}, "
        f"{facts.label(row['visit'], 'visit').lower()}"
        for _, row in frame.iterrows()
    ]
    return frame.assign(
        words=words, name=frame["arm"].map(facts.arm), share=frame["scored"] / frame["expected"]
    )[columns]


def seen_chart(facts: Facts) -> alt.Chart:
    """Return the shares as bars, one a visit and arm."""
    data = seen_shares(facts)
    arms = [arm for arm in facts.arms if arm in set(data["arm"])]
    names = [facts.arm(arm) for arm in arms]
    return alt.layer(
        alt.Chart(data)
        .mark_bar(height={"band": 0.85})
        .encode(
            alt.X(
                "share:Q",
                title="Scored, of those due",
                scale=alt.Scale(domain=[0, 1]),
                axis=alt.Axis(format="%", tickCount=5),
            ),
            alt.Y(
                "words:N",
                sort=list(dict.fromkeys(data["words"])),
                title=None,
                axis=alt.Axis(ticks=False, domain=False, labelLimit=260, labelPadding=8),
            ),
            yOffset=alt.YOffset("name:N", sort=names),
            color=alt.Color("name:N", scale=scale(facts, arms)),
            opacity=alt.Opacity("name:N", scale=shades(arms, facts)),
        )
    ).properties(width=WIDTH, height=alt.Step(12))


def seen_words(facts: Facts) -> str:
    """Return the shares in words, from the numbers."""
    data, told = seen_shares(facts), []
    for words in dict.fromkeys(data["words"]):
        own = data[data["words"] == words]
        shares = [f"{n} {percent(s)}" for n, s in zip(own["name"], own["share"], strict=True)]
        told.append(f"{words}: {listed(shares)}")
    return f"Questionnaires that could be scored, of those due. {'; '.join(told)}."
