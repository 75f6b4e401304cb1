"""What a run shows on the screen."""

from trialbalance.commands.running.screen import LogHandler

__all__ = ["LogHandler"]
