#!/usr/bin/env bash
# Snakemake runs this in the conda environment that it has made of environment.yaml. The packages are
# there; the library itself comes from the house that planned the run, whether a clone or a wheel, so
# that a job runs the very code whose digest its rule carries. A folder of environments
# (--conda-prefix) therefore serves one house only.
set -euo pipefail
site=$(python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
IFS=: read -ra parts <<<"${TRIALBALANCE_LIBRARY:?set by workflow/rules/common.smk}"
ln -sf "${parts[@]}" "$site/"
