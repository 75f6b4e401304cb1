"""Costs and consequences of a study that is described: one line a quantity, nothing compared."""

import pandas as pd

from trialbalance.contracts.terms import NOBODY
from trialbalance.report.facts.cost_sums import ILLUSTRATIVE, digits, mean_sd
from trialbalance.report.facts.facts import Facts
from trialbalance.report.text.markup import section, table
from trialbalance.report.text.numbers import BLANK, missing, number, percent, span

KINDS = {
    "outcome": "What happened",
    "measure": "What people answered",
    "characteristic": "Characteristics",
    "cost": "Cost per person",
    "days under a status": "Days under each status of the law",
    "number of events": "Events per person",
    "days of events": "How many days the events lasted",
    "days at risk of events": "How many days people could have had an event",
}
DECIMALS = {
    "cost": 0,
    "days under a status": 0,
    "days of events": 0,
    "days at risk of events": 0,
    "characteristic": 1,
    "number of events": 2,
}
LAW_COST = "cost of events in law a month under a status"
# What a line of each kind names.
DESCRIBED = {
    "measure": ("measure", "outcome"),
    "outcome": ("outcome", "endpoint"),
    "characteristic": ("covariate",),
    "number of events": ("endpoint",),
    "days of events": ("endpoint",),
    "days at risk of events": ("endpoint",),
}
YES_OR_NO = ("outcome", "measure", "characteristic")


def told(facts: Facts) -> pd.DataFrame:
    """Return the lines that are worth telling, each with its words.

    Parameters
    ----------
    facts : Facts
        The study.

    Returns
    -------
    pandas.DataFrame
        ``consequences`` with columns words and share (whether it is yes or no); flags of
        populations and quantities that nobody has are left out.
    """
    frame = facts.table("consequences")
    if frame is None:
        return pd.DataFrame(columns=["arm", "by", "kind", "quantity", "at", "words", "share"])
    declared = facts.part("data").get("covariates") or {}
    frame = frame[(frame["kind"] != "characteristic") | frame["quantity"].isin(list(declared))]
    keys = ["kind", "quantity", "at"]
    # Blanks in keys would fall out of the groups.
    frame = frame.assign(at=frame["at"].astype(object).where(frame["at"].notna(), ""))
    groups = frame.groupby(keys)
    frame = frame[groups["observed"].transform("max") > 0]
    words = [_words(facts, row) for _, row in frame.iterrows()]
    shares = frame.groupby(keys)[["kind", "mean", "sd", "observed"]].apply(_is_share)
    keyed = pd.MultiIndex.from_frame(frame[keys])
    return frame.assign(words=words, share=shares.reindex(keyed).to_numpy())


def _is_share(part: pd.DataFrame) -> bool:
    """Return whether means are shares of yes and no: their SD is then that of a share."""
    seen = part[part["observed"] > 1].astype({"mean": float, "sd": float, "observed": float})
    spread = seen["observed"] / (seen["observed"] - 1) * seen["mean"] * (1 - seen["mean"])
    likely = part["kind"].isin(YES_OR_NO).all() and len(seen) > 0
    return bool(likely and ((seen["sd"] ** 2 - spread).abs() < 1e-6).all())


def _words(facts: Facts, row: pd.Series) -> str:
    """Return what a line tells, in words."""
    if row["kind"] == "cost":
        return facts.perspective(row["quantity"])
    words = facts.label(row["quantity"], *DESCRIBED.get(row["kind"], ()))
    if row["kind"] == "outcome":
        words = facts.event(row["quantity"])
    if row["kind"] == "number of events" and facts.in_nights(row["quantity"]):
        words = "Stays in hospital"
    if row["kind"] == "days under a status":
        return f"{words}, days"
    after = facts.label(row["at"], "visit").lower() if row["at"] else ""
    return f"{words}, {after}" if after else words


def cell(facts: Facts, row: pd.Series | None) -> str:
    """Return what one line says of one arm."""
    if row is None:
        return BLANK
    if not row["participants"]:
        return NOBODY if missing(row["by"]) else "nobody"
    if not row["observed"]:
        return BLANK if missing(row["mean"]) and row["kind"] not in YES_OR_NO else "none seen"
    if row["share"]:
        count = round(float(row["mean"]) * int(row["observed"]))
        return f"{number(count)}/{number(row['observed'])} ({percent(row['mean'])})"
    places = decimals(row)
    text = mean_sd(written(facts, row), number(row["sd"], places))
    if row["kind"] in ("cost", "days under a status", "days of events"):
        text += f"; median {number(row['median'], places)}"
    return (
        text if row["observed"] == row["participants"] else f"{text}; n {number(row['observed'])}"
    )


def decimals(row: pd.Series) -> int:
    """Return the digits after the point that suit a quantity."""
    if row["kind"] in DECIMALS:
        return DECIMALS[row["kind"]]
    return max(1, digits(pd.Series([row["mean"], row["upper_quartile"]], dtype=float)))


def written(facts: Facts, row: pd.Series) -> str:
    """Return a mean with its unit, where that is money."""
    cash = str(row["kind"]).startswith("cost")
    return facts.cash(row["mean"]) if cash else number(row["mean"], decimals(row))


def sizes_of(frame: pd.DataFrame) -> pd.Series:
    """Return how many people each arm has, and everybody (under no name)."""
    whole = frame[frame["by"].isna() & frame["kind"].isin(list(KINDS))]
    return whole.groupby(whole["arm"].fillna(""))["participants"].max()


def heads(facts: Facts, frame: pd.DataFrame) -> dict[str, str]:
    """Return the columns of a table: each arm with its people, and everybody."""
    sizes = sizes_of(frame)
    names = {arm: facts.arm(arm) for arm in facts.arms} | {"": "Everybody"}
    return {
        arm: f"{name} ({number(sizes[arm])})" for arm, name in names.items() if arm in sizes.index
    }


def lines(facts: Facts, frame: pd.DataFrame, columns: dict[str, str]) -> list[list[str]]:
    """Return the cells of a table, one line a quantity, and what the lost could make of a share."""
    rows = []
    for words, part in frame.groupby("words", sort=False):
        own = {("" if missing(row["arm"]) else row["arm"]): row for _, row in part.iterrows()}
        first = next(iter(own.values()))
        flag = f" ({ILLUSTRATIVE})" if not missing(first["status"]) else ""
        rows.append([words + flag, *[cell(facts, own.get(arm)) for arm in columns]])
        if part["if_lost_no"].notna().any():
            ends = [
                span(percent(own[arm]["if_lost_no"]), percent(own[arm]["if_lost_yes"]))
                if arm in own
                else BLANK
                for arm in columns
            ]
            rows.append([f"{words}: range if those not seen were all no, or all yes", *ends])
    return rows


def kind_table(facts: Facts, frame: pd.DataFrame, kind: str, columns: dict[str, str]) -> str:
    """Return the table of one kind of quantity."""
    own = frame[(frame["kind"] == kind) & frame["by"].isna()]
    return table(
        ["Of each person", *columns.values()],
        lines(facts, own, columns),
        KINDS[kind],
        f"described-{kind.replace(' ', '-')}",
        (0,),
        "" if own["share"].all() else "Means (SD), unless people are counted.",
        source=facts.source("consequences"),
    )


def law_costs(facts: Facts, frame: pd.DataFrame, columns: dict[str, str]) -> str:
    """Return what the events in law cost for each month under a status."""
    own = frame[(frame["kind"] == LAW_COST) & frame["by"].isna()]
    columns = {arm: words for arm, words in columns.items() if arm in set(own["arm"])}
    return table(
        ["Status", *columns.values()],
        lines(facts, own.assign(words=own["quantity"].map(facts.label)), columns),
        "Cost of events in law for each month under a status",
        "described-law-cost",
        (0,),
        "The total cost of the events over the total months.",
        source=facts.source("consequences"),
    )


def apart(facts: Facts) -> bool:
    """Return whether the arms do not overlap by design, so that no line sets them apart."""
    lines, compare = facts.table("associations"), facts.part("model").get("comparison")
    silent = lines is not None and not (lines["wording"] == "associated with").any()
    return compare == "described" and silent


def ratio_tables(facts: Facts, frame: pd.DataFrame, columns: dict[str, str]) -> list[str]:
    """Return what a unit of each outcome, and each additional person, cost."""
    own, tables = frame[frame["kind"].str.startswith("cost for each")], []
    if apart(facts):
        own = own[~own["kind"].str.startswith("cost for each additional")]
    if own.empty:
        return []
    split = own["kind"].str.partition(", ")
    for kind in dict.fromkeys(split[0]):
        part = own[split[0] == kind]
        arms = [arm for arm in columns if arm in set(part["arm"].fillna(""))]
        rows = {}
        for (_, row), lost in zip(part.iterrows(), split.loc[part.index, 2], strict=True):
            words = f"{facts.perspective(row['quantity'])}: {_gained(facts, row['at'])}"
            words += f", {lost}" if lost else ""
            told = str(row["note"]).partition(";")[0]
            line = rows.setdefault(words, dict.fromkeys(arms, BLANK))
            value = told if missing(row["mean"]) else facts.cash(row["mean"])
            line["" if missing(row["arm"]) else row["arm"]] = value
        tables.append(
            table(
                ["For each", *[facts.arm(arm) if arm else "Everybody" for arm in arms]],
                [[words, *line.values()] for words, line in rows.items()],
                kind[:1].upper() + kind[1:],
                f"described-{kind.replace(' ', '-')}",
                (0,),
                _notes_of(part["note"]),
                source=facts.source("consequences"),
            )
        )  # fmt: skip
    return tables


def _gained(facts: Facts, key: object) -> str:
    """Return what somebody gained, by its kind: an outcome, an event, a column or a measure."""
    if facts.in_nights(key):
        return facts.event(key)
    return facts.label(key, "outcome", "endpoint", "covariate", "measure")


def _notes_of(notes: pd.Series) -> str:
    """Return what is said of every ratio, as sentences: that it is assumed, and what it is not."""
    said = dict.fromkeys(one for note in notes.astype(str) for one in note.split("; ")[1:])
    return " ".join(f"{one[:1].upper()}{one[1:]}." for one in [ILLUSTRATIVE, *said])


def part_tables(facts: Facts, frame: pd.DataFrame) -> str:
    """Return the same for the parts into which each arm is split, one table a split."""
    inner = frame[frame["by"].notna() & frame["kind"].isin(list(KINDS))]
    if inner.empty:
        return ""
    split = inner["by"].astype(str).str.partition(":")
    columns, tables = heads(facts, frame), []
    columns = {arm: words.rpartition(" (")[0] for arm, words in columns.items()}
    for name in dict.fromkeys(split[0]):
        title, rows = facts.label(name, "covariate"), []
        for level in dict.fromkeys(split[2][split[0] == name]):
            own = inner[(split[0] == name) & (split[2] == level) & (inner["quantity"] != name)]
            words = {"true": "yes", "false": "no"}.get(level.strip(), facts.label(level.strip()))
            rows += [[words.lower(), *line] for line in lines(facts, own, columns)]
        tables.append(
            table(
                [title, "What", *columns.values()],
                rows,
                f"Costs and consequences by {title[:1].lower()}{title[1:]}",
                f"described-by-{name}",
                (0, 1),
                source=facts.source("consequences"),
            )
        )
    return section(3, "By part of each group", "described-parts", *tables)


def consequences(facts: Facts) -> str:
    """Return the section with costs and consequences, for a study that decides nothing."""
    frame = told(facts)
    if frame.empty:
        return ""
    columns = heads(facts, frame)
    return section(
        2,
        "Costs and consequences",
        "consequences",
        "Groups stand side by side. Differences between columns of these tables are not worked out"
        + (
            "; endpoints compared as randomised stand under Outcomes."
            if facts.compares
            else ": they would say nothing about cause."
        ),
        *[kind_table(facts, frame, kind, columns) for kind in KINDS],
        *ratio_tables(facts, frame, columns),
        law_costs(facts, frame, columns),
        part_tables(facts, frame),
    )
