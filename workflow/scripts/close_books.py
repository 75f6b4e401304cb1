"""Rule close_books: the balances of all scenarios, with the decisions."""

import pandas as pd
from trialbalance.audit.books.balance import books, must_balance
from trialbalance.audit.books.decision_lines import decision_lines
from trialbalance.provenance.stage import stage

with stage(snakemake) as job:
    tables = [job.read(name, "balance") for name in job.inputs if name.endswith(".balance")]
    chosen = sorted({tuple(n.split(".")[:2]) for n in job.inputs if n.endswith(".arms")})
    for scenario, analysis in chosen:
        found = {
            name: job.read(f"{scenario}.{analysis}.{name}", name)
            for name in ("arms", "incremental", "draws", "dataset")
        }
        tables.append(books(decision_lines(analysis, **found), scenario))
    table = pd.concat(tables, ignore_index=True)
    must_balance(table, job.section["tolerance"], job.place)
    job.write(trial_balance=table)
    job.say(f"the books are closed: {len(table)} lines, differences zero")
