"""Numbers and chances in words: the only place where a figure becomes text."""

import math
from collections.abc import Sequence

MINUS = "\u2212"
EN_DASH = "\u2013"
BLANK = EN_DASH
NO_BREAK = "\u00a0"
# Words for an amount of a currency; of any other it is "amount", and its code stands with figures.
MONEY_WORDS = {
    "GBP": ("pound", "pounds"),
    "EUR": ("euro", "euros"),
    "USD": ("dollar", "dollars"),
    "CAD": ("dollar", "dollars"),
    "AUD": ("dollar", "dollars"),
    "JPY": ("yen", "yen"),
}
SYMBOLS = {"GBP": "£", "EUR": "€", "USD": "$", "JPY": "¥"}

# Bounds in whole per cent, so that the word always agrees with the number printed beside it.
CHANCES = (
    (99, "virtually certain"),
    (95, "extremely likely"),
    (90, "very likely"),
    (67, "likely"),
    (34, "about as likely as not"),
    (11, "unlikely"),
    (6, "very unlikely"),
    (2, "extremely unlikely"),
    (0, "almost ruled out"),
)


def missing(value: object) -> bool:
    """Return whether a value is blank in any of the ways a table can say so.

    Examples
    --------
    >>> missing(float("nan")), missing(None), missing(""), missing(0)
    (True, True, True, False)
    """
    if value is None or isinstance(value, str):
        return not value
    try:
        return bool(value != value)
    except TypeError:  # pandas' NA refuses to say whether it equals itself
        return True


def symbol(currency: str) -> str:
    r"""Return what stands before an amount in a currency.

    Examples
    --------
    >>> symbol("GBP"), symbol("CAD")
    ('£', 'CAD\xa0')
    """
    return SYMBOLS.get(currency, f"{currency}{NO_BREAK}")


def money_words(currency: str) -> tuple[str, str]:
    """Return the words for one and for many of a currency.

    Examples
    --------
    >>> money_words("EUR"), money_words("SEK")
    (('euro', 'euros'), ('amount', 'amounts'))
    """
    return MONEY_WORDS.get(currency, ("amount", "amounts"))


def number(value: float, decimals: int = 0, plus: bool = False) -> str:
    """Return a number with thousands separators and a true minus sign.

    Parameters
    ----------
    value : float
        The number; a blank gives a dash.
    decimals : int
        Digits after the point.
    plus : bool
        Whether a positive number carries its sign.

    Returns
    -------
    str
        The number as the report prints it; never "-0".

    Examples
    --------
    >>> number(-1234.5), number(-0.0001, 3), number(0.25, 3, plus=True)
    ('−1,234', '0.000', '+0.250')
    """
    if missing(value) or math.isinf(float(value)):
        return BLANK
    text = f"{abs(float(value)):,.{decimals}f}"
    if not text.strip("0.,"):
        return text
    return (MINUS if value < 0 else "+" if plus else "") + text


def money(value: float, currency: str, decimals: int = 0, plus: bool = False) -> str:
    """Return an amount with the sign before the symbol.

    Examples
    --------
    >>> money(-408.2, "GBP"), money(35595, "GBP"), money(0.3, "GBP")
    ('−£408', '£35,595', '£0')
    """
    text = number(value, decimals, plus)
    if text == BLANK:
        return text
    sign = text[0] if text[0] in f"{MINUS}+" else ""
    return f"{sign}{symbol(currency)}{text[len(sign) :]}"


def significant(value: float, digits: int = 3) -> float:
    """Return a number rounded to so many significant digits.

    Examples
    --------
    >>> significant(20098.0), significant(0.0)
    (20100.0, 0.0)
    """
    if missing(value) or value == 0 or math.isinf(value):
        return value
    return float(round(value, digits - 1 - math.floor(math.log10(abs(value)))))


def places(error: float | None) -> int:
    """Return how many digits after the point an error supports: as far as its own leading digit.

    Examples
    --------
    >>> places(0.0013), places(29.7)
    (3, 0)
    """
    if missing(error) or not 0 < error < math.inf:
        return 99
    return max(0, -math.floor(math.log10(error)))


def supported(value: float, error: float | None) -> float:
    """Return a number rounded to the leading digit of its error.

    Examples
    --------
    >>> supported(762.8, 29.7), supported(762.8, None), supported(0.02875, 0.0013)
    (760.0, 762.8, 0.029)
    """
    if missing(value) or missing(error) or not 0 < error < math.inf:
        return value
    return float(round(value, -math.floor(math.log10(error))))


def span(lower: str, upper: str) -> str:
    """Return a range of two formatted numbers: an en dash, or "to" where a minus is near.

    Examples
    --------
    >>> span("£5", "£9"), span("−£5", "£9")
    ('£5–£9', '−£5 to £9')
    """
    if BLANK in (lower, upper):
        return BLANK
    return f"{lower} to {upper}" if MINUS in lower + upper else f"{lower}{EN_DASH}{upper}"


def percent(share: float, decimals: int = 0) -> str:
    """Return a share as a percentage.

    Examples
    --------
    >>> percent(0.256), percent(None)
    ('26%', '–')
    """
    return BLANK if missing(share) else f"{number(100 * share, decimals)}%"


def chance(probability: float) -> str:
    """Return a probability as a whole percentage that never claims certainty.

    Examples
    --------
    >>> chance(0.534), chance(0.999), chance(0.0)
    ('53%', 'over 99%', 'under 1%')
    """
    if missing(probability):
        return BLANK
    whole = round(100 * probability)
    if whole in (0, 100):
        return "over 99%" if whole else "under 1%"
    return f"{whole}%"


def likelihood(probability: float) -> str:
    """Return the calibrated words for a probability.

    Notes
    -----
    The scale follows that of the Intergovernmental Panel on Climate Change, with bounds in whole
    per cent.

    References
    ----------
    Mastrandrea et al. (2011), doi:10.1007/s10584-011-0178-6.

    Examples
    --------
    >>> likelihood(0.53), likelihood(0.95), likelihood(0.03)
    ('about as likely as not', 'extremely likely', 'extremely unlikely')
    """
    whole = round(100 * probability)
    return next(words for bound, words in CHANCES if whole >= bound)


def listed(words: Sequence[str], last: str = "and") -> str:
    """Return words joined as a sentence joins them.

    Examples
    --------
    >>> listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"], "or")
    ('a', 'a and b', 'a, b or c')
    """
    words = list(words)
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def counted(number_of: int, one: str, many: str | None = None) -> str:
    """Return a count with its noun.

    Examples
    --------
    >>> counted(1, "price"), counted(1200, "person", "people")
    ('1 price', '1,200 people')
    """
    return f"{number(number_of)} {one if number_of == 1 else many or one + 's'}"


def with_article(words: str) -> str:
    """Return a noun in the singular with its indefinite article.

    Examples
    --------
    >>> with_article("QALY"), with_article("episode avoided"), with_article("unit of weight")
    ('a QALY', 'an episode avoided', 'a unit of weight')
    """
    sounded = words.lower()
    consonant = sounded.startswith(("uni", "us", "ut", "eu", "one"))
    vowel = sounded[:1] in tuple("aeiou") or sounded.startswith(("hour", "honest"))
    return f"{'an' if vowel and not consonant else 'a'} {words}"


def sentence_case(key: str) -> str:
    """Return a snake_case name as words.

    Examples
    --------
    >>> sentence_case("acute_bed_day")
    'Acute bed day'
    """
    words = str(key).replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def general(value: object, decimals: int | None = None) -> str:
    """Return any cell as text: whole numbers whole, others to three digits or the penny.

    Examples
    --------
    >>> general(336.0), general(35595.2), general(0.41549), general(True), general("a")
    ('336', '35,595.20', '0.415', 'yes', 'a')
    """
    if missing(value):
        return BLANK
    if isinstance(value, str):
        return value
    if value in (True, False) and type(value).__name__ in ("bool", "bool_"):
        return "yes" if value else "no"
    try:
        amount = float(value)
    except (TypeError, ValueError):
        return str(value)
    if decimals is None:
        decimals = 0 if amount == int(amount) else 2 if abs(amount) >= 10 else 3
    return number(amount, decimals)
