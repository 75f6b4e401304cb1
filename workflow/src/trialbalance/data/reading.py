"""The records of a study read, held against each other, and brought into clean tables."""

from pathlib import Path

import pandas as pd

from trialbalance import contracts
from trialbalance.contracts import Finding, Problems, check_references, examine, schema
from trialbalance.contracts.catalogue import stage_tables
from trialbalance.contracts.terms import vocabularies
from trialbalance.data import given_draws, given_scores
from trialbalance.data.checks import doubts, people_checks, unlikely, use_checks
from trialbalance.data.checks.check_table import (
    check_table,
    lost_tables,
    spoiled_columns,
    without_echoes,
)
from trialbalance.data.covariates import (
    absent_covariates,
    covariate_fields,
    numbered_categories,
)
from trialbalance.data.findings_in_exports import InExports
from trialbalance.data.flow import exclusions, flow, memberships
from trialbalance.data.follow_up import fill_follow_up_end, follow_up_ends, visits_after_end
from trialbalance.data.given_scores import use_of, visits_of
from trialbalance.data.record_set import Records

# What was checked, the tables it needs, and the check; the first table names the file.
CHECKS = (
    ("death after randomisation", ("participants",), people_checks.death_before_randomisation),
    ("end of follow-up", ("participants",), follow_up_ends),
    ("visits before the end of follow-up", ("visits", "participants"), visits_after_end),
    ("every arm has participants", ("participants",), people_checks.empty_arms),
    ("every arm has participants", ("totals",), people_checks.empty_arms),
    ("dates of visits", ("visits", "participants"), people_checks.visit_dates),
    ("order of visits", ("visits",), people_checks.visit_order),
    ("visits and deaths", ("visits", "participants"), people_checks.visit_deaths),
    ("a row for each visit", ("visits", "participants"), people_checks.visits_absent),
    (
        "answers at attended visits",
        ("responses", "visits", "participants"),
        people_checks.answers_without_visit,
    ),
    (
        "attended visits have answers",
        ("visits", "responses"),
        people_checks.visits_without_answers,
    ),
    ("answers are possible", ("responses",), people_checks.answers_possible),
    ("use has a period or a date", ("resource_use",), use_checks.period_or_date),
    ("dates of use", ("resource_use", "participants"), use_checks.dates_of_use),
    ("episodes end after they start", ("episodes",), use_checks.episode_ends),
    ("dates of episodes", ("episodes", "participants"), use_checks.episode_dates),
    ("no overlap within a type", ("episodes", "participants"), use_checks.episode_overlaps),
    ("dates of events in law", ("legal_events", "participants"), use_checks.dates_of_events),
    ("costs are observed", ("costs_given",), given_scores.blank_costs),
    ("quantities are answered", ("resource_use",), given_scores.blank_quantities),
    (
        "values at attended visits",
        ("measures_given", "visits"),
        given_scores.values_at_missed_visits,
    ),
    ("spellings of categories", ("participants",), doubts.near_spellings),
    ("spellings of categories", ("totals",), doubts.near_spellings),
    ("codes for missing among numbers", ("participants",), doubts.codes_among_numbers),
    ("codes for missing among numbers", ("totals",), doubts.codes_among_numbers),
    ("planned times and dates", ("visits", "participants"), doubts.visits_in_other_units),
    (unlikely.COPIES, ("resource_use",), unlikely.copied_records),
    (unlikely.COPIES, ("totals",), unlikely.copied_records),
    (unlikely.FAR_DATES, ("participants",), unlikely.dates_years_away),
    (unlikely.FAR_AMOUNTS, ("resource_use",), unlikely.amounts_far_from_usual),
    (unlikely.FAR_AMOUNTS, ("costs_given",), unlikely.amounts_far_from_usual),
    (unlikely.FAR_AMOUNTS, ("totals",), unlikely.amounts_far_from_usual),
    ("draws are whole", ("draws_given",), given_scores.draws_whole),
    ("draws are many", ("draws_given",), doubts.few_draws),
    ("parameters of the same draws", ("parameters_given", "draws_given"), given_draws.same_draws),
    ("groups of the same draws", ("group_draws_given", "draws_given"), given_draws.groups_whole),
    ("stays have a price", ("episodes",), use_checks.priced_stays),
)
# Checks for something that is not there; they are silent when rows could not be read.
ABSENCES = (
    people_checks.empty_arms,
    people_checks.visits_absent,
    people_checks.visits_without_answers,
    given_scores.draws_whole,
)


def _contract(table: str, section: dict) -> dict:
    with_covariates = table in ("participants", "totals")
    extra = covariate_fields(section["covariates"]) if with_covariates else []
    return schema(table, extra)


def _read_tables(paths, study, section: dict, words):
    """Read each file on its own: tables, files and (check, findings) in order."""
    tables, files, done = {}, {}, []
    for table, path in paths.items():
        files[table] = Path(path).name
        contract = _contract(table, section)
        frame, findings = examine(path, contract, words, lenient=True)
        findings += absent_covariates(frame, path, files[table], section, table, findings)
        if frame is not None:
            findings += numbered_categories(frame, files[table], section)
        done.append((f"contract of {table}", files[table], findings))
        if frame is not None and table == "participants":
            frame = fill_follow_up_end(frame, section)
        if frame is not None:
            tables[table] = frame
    done += given_draws.take_draws(tables, files, study)
    return tables, files, done


def _cross_checks(records: Records) -> list[tuple[str, str, list[Finding]]]:
    done = []
    others = {name: records.tables[name] for name in ("participants",) if records.has(name)}
    for table, frame in records.tables.items():
        contract = schema(table)
        if contract.get("foreignKeys") and others and "participants" not in records.lost:
            file = records.files[table]
            findings = check_references(frame, contract, file, others)
            done.append(("participants are known", file, findings))
    for name, needed, check in CHECKS:
        proves_nothing = check in ABSENCES and records.lost & set(needed)
        if records.has(*needed) and not proves_nothing:
            done.append((name, records.files[needed[0]], check(records)))
    return done


def _empty(table: str) -> pd.DataFrame:
    columns = [field["name"] for field in schema(table)["fields"]]
    text = pd.DataFrame({name: pd.Series(dtype="str") for name in columns})
    return contracts.check(text, schema(table), table)[0]


def check_records(
    paths: dict[str, Path],
    study: dict,
    section: dict,
    items: list[str] | None = None,
    instruments: dict | None = None,
    origins: pd.DataFrame | None = None,
) -> tuple[dict[str, pd.DataFrame], list[Finding]]:
    """Read and check the files of a study without stopping at problems.

    Parameters
    ----------
    paths : dict of str to path-like
        Table → file.
    study, section : dict
        Resolved sections ``study`` and ``data``.
    items : list of str, optional
        Items that have a price; None leaves prices to stage ``costs``.
    instruments : dict, optional
        Questionnaire → ``items`` and ``levels``; ``data.questionnaires`` by default.
    origins : pandas.DataFrame, optional
        Table import_origins of tables that were made of exports: findings then name the export.

    Returns
    -------
    tables : dict of str to pandas.DataFrame
        The clean tables, data_checks, flow and exclusions; only data_checks when there are errors.
    findings : list of Finding
        Every error and note, over all files.

    Examples
    --------
    >>> study = {"arms": {"a": {}}, "visits": {}, "periods": {}, "horizon_years": 1.0}
    >>> from trialbalance.settings.resolve import complete
    >>> section = complete("data", {"door": "totals", "files": {"totals": "none.csv"}})
    >>> _, found = check_records(section["files"], study, section)
    >>> found[0].file
    'none.csv'
    """
    tools = section["questionnaires"] if instruments is None else instruments
    words = vocabularies(study, items, tools)
    tables, files, done = _read_tables(paths, study, section, words)
    priced = None if items is None else list(items)
    records = Records(tables, files, study, tools, priced)
    records.lost.update(lost_tables(tables, files, done))
    records.spoiled.update(spoiled_columns(files, done))
    done += _cross_checks(records)
    door = section["door"]
    people = tables.get("participants", tables.get("totals"))
    members, reasons = {}, {}
    if people is not None and "participants" in tables:
        members, reasons, wrong = memberships(
            people, section["populations"], study["horizon_years"], files["participants"]
        )
        done.append(("populations", files["participants"], wrong))
    done = _in_exports(without_echoes(done), origins)
    findings = [finding for *_, some in done for finding in some]
    accounts = {"data_checks": check_table(done)}
    if any(finding.severity == "error" for finding in findings):
        return accounts, findings
    clean = _clean(tables, members, study, door)
    if people is not None:
        accounts["flow"] = flow(people, clean.get("visits"), reasons, study)
        accounts["exclusions"] = exclusions(people, reasons)
    else:
        accounts |= {name: _empty(name) for name in ("flow", "exclusions")}
    clean = {name: frame.reset_index(drop=True) for name, frame in clean.items()}
    return clean | accounts, findings


def _in_exports(done: list, origins: pd.DataFrame | None) -> list:
    """Return what was checked, findings about imported tables with the place in their export."""
    if origins is None:
        return done
    back = InExports(origins)
    return [(name, back.file(file), [back.finding(one) for one in some])
            for name, file, some in done]  # fmt: skip


def _clean(tables: dict, members: dict, study: dict, door: str) -> dict[str, pd.DataFrame]:
    """Give the tables of a door, the ones not handed over made from the others or left empty."""
    tables = dict(tables)
    if members:
        flags = {name: flag.astype("boolean") for name, flag in members.items()}
        people = tables["participants"].drop(columns=list(flags), errors="ignore")
        place = list(people.columns).index("exclusion") + 1
        before, after = people.columns[:place], people.columns[place:]
        tables["participants"] = pd.concat(
            [people[before], pd.DataFrame(flags, index=people.index), people[after]], axis=1
        )
    if door == "scored":
        if "visits" not in tables:
            measures = tables["measures_given"]
            tables["visits"] = visits_of(measures, tables["participants"], study)
        if "costs_given" in tables:
            tables["resource_use"] = use_of(tables["costs_given"])
    if "parameters_given" in tables:
        given = tables["parameters_given"], tables["draws_given"]
        tables["parameters_given"] = given_draws.number_parameters(*given)
    return tables | {
        name: _empty(name) for name in stage_tables(door, "data") if name not in tables
    }


def read_records(
    paths: dict[str, Path],
    study: dict,
    section: dict,
    items: list[str] | None = None,
    instruments: dict | None = None,
    origins: pd.DataFrame | None = None,
) -> dict[str, pd.DataFrame]:
    """Read the records of a study into clean tables, or say everything that is wrong.

    Parameters
    ----------
    paths : dict of str to path-like
        Table → file.
    study, section : dict
        Resolved sections ``study`` and ``data``.
    items : list of str, optional
        Items that have a price; None leaves prices to stage ``costs``.
    instruments : dict, optional
        Questionnaire → ``items`` and ``levels``; ``data.questionnaires`` by default.
    origins : pandas.DataFrame, optional
        Table import_origins of tables that were made of exports: findings then name the export.

    Returns
    -------
    dict of str to pandas.DataFrame
        The tables of the study's door, data_checks, flow and exclusions.

    Raises
    ------
    Problems
        With every error of every file.

    Examples
    --------
    >>> study = {"arms": {"a": {}}, "visits": {}, "periods": {}, "horizon_years": 1.0}
    >>> from trialbalance.settings.resolve import complete
    >>> section = complete("data", {"door": "totals", "files": {"totals": "none.csv"}})
    >>> read_records(section["files"], study, section)
    Traceback (most recent call last):
        ...
    trialbalance.contracts.problems.Problems: none.csv: found no such file (none.csv); \
allowed: an existing file; correct the name or add the file.
    """
    tables, findings = check_records(paths, study, section, items, instruments, origins)
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors:
        raise Problems(errors)
    return tables
