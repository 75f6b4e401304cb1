"""Stage `legal`: who was under which order, when, and was it lawful?"""

from trialbalance.legal.stage import apply_law

__all__ = ["apply_law"]
