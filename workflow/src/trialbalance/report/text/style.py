"""House style: colours, palette and fonts, which pictures and forms share."""

from functools import cache
from typing import Any

import yaml

from trialbalance import house


@cache
def style() -> dict[str, Any]:
    """Return colours, palette and fonts of the house.

    Returns
    -------
    dict
        ``colours`` (name -> hexadecimal), ``palette`` (list) and ``fonts`` (use -> family).

    Examples
    --------
    >>> style()["colours"]["ink"]
    '#1f2933'
    """
    return yaml.safe_load((house.report_templates() / "style.yaml").read_text("utf-8"))
