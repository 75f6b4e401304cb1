"""Groups of parameters and of people whose draws a study does not hold."""

from typing import Any

from trialbalance.contracts.problems import Finding
from trialbalance.contracts.spelling import did_you_mean
from trialbalance.settings.checks.checked import Checked


def group_findings(checked: Checked) -> list[Finding]:
    """Return groups of parameters that cannot enter net benefit, and groups of people undrawn.

    Parameters
    ----------
    checked : Checked
        Settings of one scenario.

    Returns
    -------
    list of Finding
        One a parameter, whatever the data hold, and one for a distributional view.
    """
    return [*_idle_groups(checked), *_groups_without_draws(checked)]


def _idle_groups(checked: Checked) -> list[Finding]:
    """Find groups of parameters that cannot enter net benefit, whatever the data hold."""
    found, settings = [], checked.settings
    for name, analysis in settings["analyses"].items():
        own = analysis["decision"].get("parameter_groups", {})
        for group, columns in (settings["decision"]["parameter_groups"] | own).items():
            at = f"decision.parameter_groups.{group}"
            at = checked.place(f"analyses.{name}.{at}" if group in own else at)
            sentences = (_why_idle(settings, analysis, column) for column in columns)
            found += [checked.finding(at, *one) for one in sentences if one]
    return list(dict.fromkeys(found))


def _groups_without_draws(checked: Checked) -> list[Finding]:
    """Find a distributional view without draws by group."""
    settings = checked.settings
    declared = [settings["decision"], *(one["decision"] for one in settings["analyses"].values())]
    if "group_draws_given" in settings["data"]["files"] or not any(
        section.get("distribution") for section in declared
    ):
        return []
    allowed = "draws by group, handed over as data.files.group_draws_given with data.door draws"
    remedy = "the models here give means over all participants; hand such draws over, or remove it"
    found = "groups of the population without draws by group"
    return [checked.finding("decision.distribution", found, allowed, remedy)]


def _why_idle(
    settings: dict[str, Any], analysis: dict[str, Any], column: str
) -> tuple[str, str, str] | None:
    """Return what is found, allowed and to be done where a parameter cannot enter net benefit."""
    door = settings["data"]["door"]
    if door == "draws":
        if "parameters_given" in settings["data"]["files"]:
            return None
        remedy = "hand over their draws as data.files.parameters_given, or remove the group"
        return column, "columns of the parameter draws", remedy
    if door == "totals":
        remedy = "remove the group; the arms' mean costs and effects are valued without it"
        return column, "no group, since totals have no prices", remedy
    counted = _counted_items(settings["costs"] or {}, analysis["perspective"])
    allowed = [f"price_{item}" for item in counted]
    kinds = ("price_", "quantity_", "rest:")
    item = column.removeprefix("price_").removeprefix("quantity_").split(":")[0]
    if column.startswith(kinds) and (item in counted or column.startswith("rest:")):
        return None
    otherwise = "remove it: it does not enter net benefit"
    remedy = did_you_mean(column, allowed, otherwise, cutoff=0.8)
    what = f"prices of items that perspective {analysis['perspective']} counts"
    return column, f"{what} ({', '.join(allowed)})", remedy


def _counted_items(costs: dict[str, Any], perspective: str) -> list[str]:
    """Return the items that a perspective counts."""
    whose = costs.get("perspectives", {}).get(perspective, {"payers": [], "transfers": False})
    return [
        name
        for name, item in costs.get("items", {}).items()
        if item["payer"] in whose["payers"] and (whose["transfers"] or not item["transfer"])
    ]
