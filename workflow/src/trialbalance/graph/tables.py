"""Which tables each stage writes at each door, and the file of each."""

from trialbalance.settings.sections.data import TABLES

FOLDERS = {
    "data": "10_data",
    "legal": "15_legal",
    "costs": "20_costs",
    "outcomes": "30_outcomes",
    "dataset": "40_dataset",
    "model": "50_model",
    "decision": "60_decision",
}
# The script that makes the figures of a stage.
SCRIPTS = {
    "data": "read_trial",
    "costs": "value_resources",
    "outcomes": "score_outcomes",
    "dataset": "build_dataset",
    "model": "fit_model",
    "decision": "compare_arms",
    "synthesis": "compare_scenarios",
}
# Parts of the stage model, once a study; they write where a study's settings ask for them.
PARTS = {
    "endpoints": ("endpoint_effects", "endpoint_checks"),
    "observational": ("associations", "overlap", "covariate_balance", "lost_map"),
}
# What stage data writes at each door, beside its own accounts.
CLEAN = {
    "records": TABLES["records"],
    "scored": ("participants", "visits", "measures_given", "resource_use", "unit_costs"),
    "totals": ("totals",),
    "draws": ("draws_given", "parameters_given", "group_draws_given"),
}
ACCOUNTS = ("data_checks", "flow", "exclusions")
LEGAL = (
    *("criteria", "legal_timeline", "legal_episodes", "legal_days", "time_limits", "breaches"),
    "legal_use",
)
COSTS = (
    *("ledger", "prices", "participant_costs", "item_costs", "cost_observed", "set_aside"),
    *("perspectives", "cost_notes"),
)
OUTCOMES = (
    *("measures", "outcomes", "outcome_working", "outcome_weights"),
    *("questionnaires", "endpoints", "endpoint_events", "endpoint_risk"),
)
DATASET = (
    *("dataset", "follow_up", "missingness", "missing_patterns", "visit_patterns"),
    *("missingness_predictors", "dataset_flow"),
)
MODEL = (
    *("posterior", "arm_means", "parameters", "unobserved_means", "visit_means"),
    *("subgroup_means", "censored_means", "model_checks"),
)
# What target full adds; no other stage reads it.
FULL = ("ladder", "ladder_draws", "crosscheck", "prior_sensitivity")
# What a study without analyses ends in.
DESCRIBED = ("consequences",)
DECISION = (
    *("draws", "arms", "incremental", "frontier", "net_benefit", "acceptability"),
    *("expected_loss", "ranks", "switching", "preferred", "information", "quantities"),
    *("price_scenarios", "distribution", "subgroups"),
)
# Only where decision.missing_not_at_random is declared.
DELTAS = (
    *("missing_scenarios", "tipping_points", "tipping_values", "delta_draws"),
    "delta_information",
)
# Of the target full: only where model.selection is declared.
SELECTION = ("selection_draws", "selection_parameters")
SELECTION_COMPARED = ("selection_scenarios",)
# What the synthesis reads of the base case beside increments and net benefit.
CASES = ("price_scenarios", "missing_scenarios", "subgroups")
SYNTHESIS = ("scenarios", "sources", "sensitivity", "two_way", "forest")
# What the report prints of each stage; a table that a study lacks leaves its place out.
REPORTED = {
    "data": ("participants", "responses", "flow", "exclusions"),
    "costs": (
        *("ledger", "prices", "participant_costs", "cost_observed", "perspectives"),
        "set_aside",
    ),
    "outcomes": ("measures", "outcomes", "questionnaires", "endpoints"),
}
# The same of each analysis.
REPORTED_EACH = {
    "dataset": (
        *("dataset", "missingness", "missing_patterns", "visit_patterns"),
        "missingness_predictors",
    ),
    "model": ("model_checks", "visit_means", "censored_means"),
    "decision": (*DECISION, "missing_scenarios", "tipping_points", "tipping_values"),
}
# Tables of the target full, which the report prints once they are there.
REPORTED_FULL = {
    "model": ("ladder", "crosscheck", "prior_sensitivity"),
    "decision": SELECTION_COMPARED,
}
# What other programs read; nothing here does.
EXPORTS = ("wide_costs", "wide_effects")
# Tables that grow with the records; they follow the format of the run.
BIG_TABLES = frozenset(
    (
        *("responses", "resource_use", "episodes", "draws", "delta_draws", "unobserved_means"),
        *("selection_draws", "subgroup_means"),
        *("ledger", "participant_costs", "item_costs", "cost_observed", "set_aside"),
        "ladder_draws",
    )
)


def stage_tables(door: str, stage: str) -> tuple[str, ...]:
    """Return the tables that a stage writes for a study that entered by a door.

    Parameters
    ----------
    door : {"records", "scored", "totals", "draws"}
        Door of the study.
    stage : str
        Word of the stage.

    Returns
    -------
    tuple of str
        Names of the tables; none where the door passes the stage by.

    Examples
    --------
    >>> stage_tables("totals", "costs")
    ()
    """
    if stage == "data":
        return (*CLEAN[door], *ACCOUNTS)
    if stage in PARTS:
        return PARTS[stage] if door in ("records", "scored") else ()
    passes = {
        "legal": (LEGAL, ("records",)),
        "costs": (COSTS, ("records", "scored")),
        "outcomes": (OUTCOMES, ("records", "scored")),
        "dataset": (DATASET, ("records", "scored", "totals")),
        "model": (MODEL, ("records", "scored", "totals")),
        "decision": (DECISION + EXPORTS, tuple(TABLES)),
    }
    tables, doors = passes[stage]
    # Draws from elsewhere do not say what was unobserved.
    deltas = DELTAS if stage == "decision" and door != "draws" else ()
    return tables + deltas if door in doors else ()


def file_name(stage: str, table: str, analysis: str | None, fmt: str) -> str:
    """Return the file of a table below the folder of its scenario.

    Examples
    --------
    >>> file_name("costs", "ledger", None, "parquet")
    '20_costs/ledger.parquet'
    >>> file_name("dataset", "dataset", "qaly", "csv")
    '40_dataset/qaly.csv'
    """
    if stage in PARTS:
        return f"{FOLDERS['model']}/{table}.csv"
    folder = FOLDERS[stage]
    if table == "dataset":
        return f"{folder}/{analysis}.csv"
    if table in DESCRIBED:
        return f"{folder}/{table}.csv"
    if stage == "dataset":
        return f"{folder}/{analysis}_{table}.csv"
    if stage in ("model", "decision"):
        folder = f"{folder}/{analysis}"
    if table == "posterior":
        return f"{folder}/posterior.nc"
    if table == "model_checks":
        return f"{folder}/checks.csv"
    return f"{folder}/{table}.{fmt if table in BIG_TABLES else 'csv'}"


def recorded_file(table: str) -> str:
    """Return where a simulator lays a raw table, below the folder of its scenario."""
    return f"{FOLDERS['data']}/recorded/{table}.csv"
