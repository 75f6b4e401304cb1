"""Ten million records valued for a million participants: seconds, memory, and the plainest query.

Each measurement runs in its own process, so that its peak memory is its own. The two are run in
turn three times and the quickest of each counts; processor seconds stand beside, because other
work on the machine moves the clock.
"""

import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from filled import filled

FULL, SMALL = 10_000_000, 20_000
# People to records as in a trial that counts ten records a person.
RECORDS_EACH = 10
STUDY = {
    "currency": "GBP",
    "horizon_years": 2.0,
    "visits": {"baseline": 0.0, "month_12": 1.0, "month_24": 2.0},
    "periods": {"months_1_12": [0.0, 1.0], "months_13_24": [1.0, 2.0]},
}
SECTION = {
    "price_year": "2012/13",
    "discount_rate": 0.035,
    "discounting": "yearly",
    "payers": {"nhs": "NHS", "family": "Family"},
    "items": {
        f"item_{number:02d}": {
            "category": f"category_{number % 6}",
            "payer": "family" if number % 5 == 0 else "nhs",
            "source": "interview" if number % 3 == 0 else "records",
        }
        for number in range(30)
    },
    "perspectives": {
        "health": {"label": "Health", "payers": ["nhs"]},
        "societal": {"label": "Societal", "payers": ["nhs", "family"]},
    },
}
SECTION = filled("costs", SECTION)

PLAINEST = """
COPY (
    SELECT r.record_id, r.participant_id, p.arm, r.item, i.category, i.payer, r.period, r.date,
           r.quantity, i.unit, i.unit_cost, i.price_year, x.factor AS inflation,
           pow(1.035, -floor(coalesce((r.date - p.randomisation_date) / 365.25, d.start)))
               AS discount,
           r.quantity * i.unit_cost * x.factor
           * pow(1.035, -floor(coalesce((r.date - p.randomisation_date) / 365.25, d.start)))
               AS cost
    FROM read_parquet('{use}') r
    JOIN read_parquet('{people}') p USING (participant_id)
    JOIN items i USING (item)
    JOIN factors x USING (price_year)
    LEFT JOIN (VALUES ('months_1_12', 0.0), ('months_13_24', 1.0)) d(period, start)
        ON d.period = r.period
) TO '{ledger}' (FORMAT parquet)
"""

MEASURE = """
import json, resource, sys, time
sys.path[:0] = [{folder!r}, {tests!r}]
import test_ledger as bench
start = time.perf_counter()
answer = bench.{function}({work!r})
answer["seconds"] = time.perf_counter() - start
used = resource.getrusage(resource.RUSAGE_SELF)
answer["cpu_seconds"] = used.ru_utime + used.ru_stime
answer["peak_gb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
print(json.dumps(answer))
"""


def _unit_costs():
    return pd.DataFrame(
        {
            "item": [f"item_{number:02d}" for number in range(30)],
            "unit": "contact",
            "unit_cost": [10.0 + 7 * number for number in range(30)],
            "currency": "GBP",
            "price_year": ["2010/11" if number % 2 else "2012/13" for number in range(30)],
            "status": "assumed",
        }
    )


def _price_index():
    return pd.DataFrame({"year": ["2010/11", "2012/13"], "index": [276.7, 287.3]})


def make_inputs(work, records):
    """Draw records without any order: half dated over two years, half counted by period."""
    con, people = duckdb.connect(), records // RECORDS_EACH
    con.execute(f"""COPY (
        SELECT printf('P%07d', i) AS participant_id, 'arm_' || (hash(i) % 2) AS arm,
               DATE '2012-01-01' + (hash(i * 7) % 700)::INT AS randomisation_date,
               CASE WHEN hash(i * 3) % 50 = 0
                    THEN DATE '2014-01-01' + (hash(i * 5) % 300)::INT END AS death_date,
               NULL::DATE AS follow_up_end
        FROM range({people}) t(i)) TO '{work}/people.parquet' (FORMAT parquet)""")
    con.execute(f"""COPY (
        SELECT printf('R%08d', i) AS record_id,
               printf('P%07d', hash(i) % {people}) AS participant_id,
               printf('item_%02d', hash(i * 11) % 30) AS item,
               (1 + hash(i * 13) % 9)::DOUBLE AS quantity,
               CASE i % 4 WHEN 0 THEN 'months_1_12' WHEN 2 THEN 'months_13_24' END AS period,
               CASE WHEN i % 2 = 1 THEN DATE '2012-01-01' + (700 + hash(i * 17) % 40)::INT END
                   AS date
        FROM range({records}) t(i)) TO '{work}/use.parquet' (FORMAT parquet)""")
    con.execute(f"""COPY (
        SELECT printf('P%07d', i) AS participant_id, v AS visit,
               CASE WHEN hash(i * 19) % 10 = 0 THEN 'missed' ELSE 'attended' END AS status
        FROM range({people}) t(i), (VALUES ('baseline'), ('month_12'), ('month_24')) s(v)
    ) TO '{work}/visits.parquet' (FORMAT parquet)""")


def run_plainest(work):
    con = duckdb.connect()
    con.execute("SET memory_limit = '3GB'")
    items = _unit_costs().assign(
        category=[entry["category"] for entry in SECTION["items"].values()],
        payer=[entry["payer"] for entry in SECTION["items"].values()],
    )
    factors = _price_index().assign(factor=lambda frame: 287.3 / frame["index"])
    factors = factors.rename(columns={"year": "price_year"})
    con.register("items", items)
    con.register("factors", factors)
    query = PLAINEST.format(
        use=f"{work}/use.parquet", people=f"{work}/people.parquet", ledger=f"{work}/plain.parquet"
    )
    return {"lines": con.execute(query).fetchone()[0]}


def run_ledger(work):
    """Check, set aside and value: what the plainest query does, and what it leaves out."""
    from trialbalance.costs import queries, valuing

    given = (f"{work}/use.parquet", None, f"{work}/people.parquet", f"{work}/visits.parquet", None)
    with valuing.connect(f"{work}/spill") as con:
        valuing._prepare(con, given, _unit_costs(), _price_index(), STUDY, SECTION, {})
        return {"lines": valuing._copy(con, queries.LEDGER, f"{work}/only.parquet", True)}


def run_stage(work):
    from trialbalance.costs import write_resources

    made = write_resources(
        f"{work}/use.parquet",
        None,
        f"{work}/people.parquet",
        f"{work}/visits.parquet",
        _unit_costs(),
        _price_index(),
        STUDY,
        SECTION,
        {
            table: f"{work}/{table}.parquet"
            for table in ("ledger", "participant_costs", "item_costs", "cost_observed", "set_aside")
        },
        synthetic=True,
    )
    return {"rows": made["rows"]}


def _measured(function, work):
    here = Path(__file__).parent
    given = {"folder": str(here), "tests": str(here.parent), "work": str(work)}
    code = MEASURE.format(function=function, **given)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_the_ledger_holds_each_record_once_at_its_price(tmp_path):
    make_inputs(tmp_path, SMALL)
    plain, ledger, stage = run_plainest(tmp_path), run_ledger(tmp_path), run_stage(tmp_path)
    assert 0 < ledger["lines"] == stage["rows"]["ledger"] <= plain["lines"]
    assert ledger["lines"] + stage["rows"]["set_aside"] == SMALL
    # The plainest query sets nothing aside, so it is compared on the records of the ledger.
    query = f"""
        SELECT count(*), max(abs(l.cost - p.cost) / p.cost)
        FROM read_parquet('{tmp_path}/ledger.parquet') l
        JOIN read_parquet('{tmp_path}/plain.parquet') p USING (record_id)
    """
    compared = duckdb.connect().execute(query).fetchone()
    assert compared[0] == ledger["lines"]
    assert compared[1] < 1e-12


@pytest.mark.slow
def test_ten_million_records_cost_little_more_than_the_plainest_join(tmp_path, capsys):
    make_inputs(tmp_path, FULL)
    pairs = [
        (_measured("run_plainest", tmp_path), _measured("run_ledger", tmp_path)) for _ in range(3)
    ]
    stage = _measured("run_stage", tmp_path)
    ratios = {
        kind: min(ledger[kind] for _, ledger in pairs) / min(plain[kind] for plain, _ in pairs)
        for kind in ("seconds", "cpu_seconds")
    }
    ledger = pairs[0][1]
    with capsys.disabled():
        for plain, valued in pairs:
            sys.stdout.write(f"\nplainest: {plain}\nledger: {valued}")
        sys.stdout.write(f"\nwhole stage: {stage}")
        sys.stdout.write(f"\nratio of the ledger to the plainest query: {ratios}\n")
    assert ledger["lines"] == stage["rows"]["ledger"]
    assert ledger["lines"] + stage["rows"]["set_aside"] == FULL
    assert stage["peak_gb"] < 4
    assert min(ratios.values()) < 2
