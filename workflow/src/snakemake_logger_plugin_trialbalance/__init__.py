"""Snakemake's logger `trialbalance`: stages and percent in a few lines; the rest is in its log."""

from trialbalance.commands.running import LogHandler

__all__ = ["LogHandler"]
