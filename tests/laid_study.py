"""A study run to its decisions in seconds: the real stages, with drawn numbers for the model's."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import yaml
from study_copy import StudyCopy
from trialbalance import contracts, house
from trialbalance.audit.workbook.observed_case import observed_case
from trialbalance.contracts.catalogue import stage_tables
from trialbalance.costs import value_resources
from trialbalance.data import read_records
from trialbalance.dataset import build_dataset, take_totals
from trialbalance.decision import compare_arms, wide_draws
from trialbalance.graph import audit_paths, paths
from trialbalance.outcomes import score_outcomes
from trialbalance.provenance.stage import vocabularies
from trialbalance.settings.load import load_study
from trialbalance.settings.resolve import settled, stage_settings

DRAWS = 200


class Laid:
    """A study and the folder of its results, laid down stage by stage."""

    def __init__(self, folder: Path, source: Path | None = None):
        self.folder = folder
        self.results = folder / "results"
        self.study_folder = folder / "my_trial"
        shutil.copytree(source or house.resources() / "template", self.study_folder)
        self.copy = StudyCopy(self.study_folder)

    def run(self, **sections) -> "Laid":
        """Lay settings over the study file and run every stage but the model."""
        self.copy.change(**sections)
        self.study = load_study(self.study_folder / "study.yaml")
        self.place = paths.Place(self.study)
        self.settings = settled(self.study, "base")
        text = yaml.safe_dump(self.settings, sort_keys=False)
        self.path(f"<results>/{self.study.name}/base/settings.yaml").write_text(text)
        door = paths.door_of(self.place)
        self._data()
        if stage_tables(door, "costs"):
            self._costs()
            self._outcomes()
        for analysis in self.settings["analyses"]:
            self._analysis(self.place._replace(analysis=analysis), door)
        if stage_tables(door, "dataset"):
            path = self.path(f"<results>/{self.study.name}/audit/observed_case.csv")
            contracts.write(self.observed(), path, "observed_case", True)
        return self

    def path(self, name: str) -> Path:
        """Return a path of the results, its folder made."""
        path = Path(str(name).replace("<results>", str(self.results)))
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def read(self, name: str, table: str) -> pd.DataFrame:
        """Return a table as the next stage reads it."""
        frame = contracts.read(self.path(name), table, vocabularies(self.settings))
        return frame.drop(columns="synthetic", errors="ignore")

    def table(self, stage: str, name: str, analysis: str | None = None) -> pd.DataFrame:
        """Return a table of a stage."""
        return self.read(paths.made(self.place._replace(analysis=analysis), name), name)

    def write(self, place: paths.Place, stage: str, tables: dict[str, pd.DataFrame]) -> None:
        """Write those tables that the stage has at the study's door."""
        within = "/".join(filter(None, (place.scenario, place.analysis)))
        for name in stage_tables(paths.door_of(place), stage):
            if name in tables:
                path = self.path(paths.made(place, name))
                words = vocabularies(self.settings)
                contracts.write(tables[name], path, name, True, words, within)

    def inputs(self, named: dict[str, str]) -> dict[str, pd.DataFrame]:
        """Return the tables behind named paths; a name without a contract is a value set."""
        known = contracts.tables()
        return {
            name: self.read(path, name if name in known else "value_set")
            for name, path in named.items()
        }

    def _data(self) -> None:
        settings = stage_settings(self.study, "base", "data")
        files = {name: Path(path) for name, path in paths.data_inputs(self.place).items()}
        self.write(self.place, "data", read_records(files, settings["study"], settings["data"]))

    def _costs(self) -> None:
        settings = stage_settings(self.study, "base", "costs")
        tables = {"episodes": None, "price_index": None, "visits": None, "unit_costs": None}
        names = (*tables, "participants", "resource_use", "legal_use")
        files = paths.wanted(self.place, *(name for name in names if name != "price_index"))
        tables |= self.inputs(files | paths.price_files(self.place))
        made = value_resources(**tables, study=settings["study"], section=settings["costs"])
        self.write(self.place, "costs", made)

    def _outcomes(self) -> None:
        settings = stage_settings(self.study, "base", "outcomes")
        names = ("participants", "visits", "responses", "episodes", "measures_given")
        files = paths.wanted(self.place, *names) | paths.gap_records(self.place)
        tables = self.inputs(files | paths.value_set_files(self.place))
        sets = {name: tables.pop(name) for name in list(tables) if name not in contracts.tables()}
        none = dict.fromkeys(("visits", "responses", "episodes", "measures_given"))
        made = score_outcomes(
            **(none | tables),
            value_sets=sets,
            study=settings["study"],
            section=settings["outcomes"],
        )
        self.write(self.place, "outcomes", made)

    def _analysis(self, place: paths.Place, door: str) -> None:
        settings = stage_settings(self.study, "base", "dataset", place.analysis)
        costs, outcomes = ("participant_costs", "cost_observed"), ("measures", "outcomes")
        names = ("participants", "totals", *costs, *outcomes)
        tables = self.inputs(paths.wanted(place, *names))
        build = take_totals if "totals" in tables else build_dataset
        if tables:
            made = build(**tables, **_parts(settings))
            self.write(place, "dataset", made)
            draws = self._drawn(self.table("dataset", "dataset", place.analysis))
            self.write(place, "model", {"arm_means": draws})
        else:
            draws = self.table("data", "draws_given")
        self._decision(place, draws)

    def _decision(self, place: paths.Place, draws: pd.DataFrame) -> None:
        settings = stage_settings(self.study, "base", "decision", place.analysis)
        outcome = settings["analysis"]["outcome"]
        made = compare_arms(draws, settings["study"], settings["decision"], outcome, None)
        wide = {f"wide_{n}": t for n, t in wide_draws(draws, settings["study"]).items()}
        self.write(place, "decision", {"draws": draws, **made, **wide})

    def _drawn(self, dataset: pd.DataFrame) -> pd.DataFrame:
        """Return draws around the observed means, in place of a posterior."""
        rng = np.random.default_rng(1)
        means = dataset.groupby("arm", observed=True)[["cost", "effect"]].mean()
        frames = [
            pd.DataFrame(
                {
                    "draw": range(DRAWS),
                    "arm": arm,
                    "cost": rng.normal(row["cost"], abs(row["cost"]) / 10, DRAWS),
                    "effect": rng.normal(row["effect"], 0.02, DRAWS),
                }
            )
            for arm, row in means.iterrows()
        ]
        return pd.concat(frames, ignore_index=True)

    def observed(self) -> pd.DataFrame:
        """Return observed-case means and differences, straight from the datasets."""
        study = self.settings["study"]
        datasets = {
            name: self.table("dataset", "dataset", name) for name in self.settings["analyses"]
        }
        return observed_case(datasets, list(study["arms"]), study["comparator"])

    def workbook_tables(self) -> tuple[dict, dict]:
        """Return what the workbook is made of."""
        tables, analyses = {}, {name: {} for name in self.settings["analyses"]}
        for name, path in audit_paths.workbook_inputs(self.place).items():
            first, _, table = name.partition(".")
            if name == "settings":
                continue
            if first == "value_set":
                tables[table] = self.read(path, "value_set")
            elif table:
                analyses[first][table] = self.read(path, table)
            else:
                tables[name] = self.read(path, name)
        return tables, analyses


def _parts(settings: dict) -> dict:
    return {
        "study": settings["study"],
        "section": settings["dataset"],
        "analysis": settings["analysis"],
    }
