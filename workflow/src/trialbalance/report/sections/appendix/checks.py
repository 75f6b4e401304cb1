"""Whether the models can be trusted: every check with its gate and verdict."""

from trialbalance.report.facts.facts import Facts
from trialbalance.report.facts.pictures import drawn_as, pictures
from trialbalance.report.sections.appendix.books import VERDICTS
from trialbalance.report.text.markup import blocks, heading, prose, table
from trialbalance.report.text.numbers import (
    counted,
    general,
)


def failed_checks(facts: Facts) -> list[dict[str, str]]:
    """Return every model check that failed: analysis, check, value, gate, advice."""
    failed = [dict(entry) for entry in facts.context.get("failed_checks") or []]
    seen = {(entry.get("analysis"), entry.get("check")) for entry in failed}
    for analysis in facts.settings.get("analyses") or {}:
        frame = facts.table("model_checks", analysis)
        if frame is None:
            continue
        for _, row in frame[frame["verdict"] == "fail"].iterrows():
            if (analysis, row["check"]) not in seen:
                failed.append({"analysis": analysis, **row.to_dict()})
    return failed


def check_table(facts: Facts, analysis: str) -> str:
    """Return the model checks of one analysis with their verdicts."""
    frame = facts.table("model_checks", analysis)
    if frame is None:
        return ""
    rows = [
        [
            facts.label(row["check"]),
            general(row["value"]),
            general(row.get("gate")),
            VERDICTS.get(row["verdict"], general(row["verdict"])),
            general(row.get("advice")),
        ]
        for _, row in frame.iterrows()
    ]
    title = facts.title(analysis)
    return table(
        ["Check", "Value", "Gate", "Verdict", "Advice"],
        rows,
        f"Model checks: {title}",
        f"checks-{analysis}",
        (0, 3, 4),
        source=facts.source("model_checks", analysis),
    )


def diagnostics(facts: Facts) -> str:
    """Return the section on whether the models can be trusted."""
    tables = [check_table(facts, name) for name in facts.settings.get("analyses") or {}]
    if not any(tables):
        return ""
    failed = len(failed_checks(facts))
    words = (
        "Every check passed its gate or is a note."
        if not failed
        else (
            f"{counted(failed, 'check')} failed. Results of those analyses should not be relied on."
        )
    )
    return blocks(
        heading(2, "Model checks", "checks"),
        prose("{w}", w=words),
        pictures(facts, *drawn_as(facts, "expected_")),
        *tables,
    )
