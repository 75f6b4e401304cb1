"""Rule close_books: the balances of all scenarios, with the decisions."""

import pandas as pd
from trialbalance.audit.books.balance import books, must_balance
from trialbalance.audit.books.decision_lines import decision_lines
from trialbalance.contracts.input_names import parts
from trialbalance.provenance.stage import stage

with stage(snakemake) as job:
    tables = list(job.read_by_place("balance").values())
    read = ("arms", "incremental", "draws", "dataset")
    found = {table: job.read_by_place(table) for table in read}
    for place in sorted(found["arms"], key=parts):
        scenario, analysis = parts(place)
        own = {table: found[table].get(place) for table in read}
        tables.append(books(decision_lines(analysis, **own), scenario))
    table = pd.concat(tables, ignore_index=True)
    must_balance(table, job.section["tolerance"], job.place)
    job.write(trial_balance=table)
    job.say(f"the books are closed: {len(table)} lines, differences zero")
