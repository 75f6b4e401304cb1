"""What labels plainly mean: yes or no, what became of a visit, arms; anything else is asked."""

import re

from trialbalance.commands.drafting.fields import word_of

YES = ("yes", "y", "true", "ticked", "checked", "ja", "oui", "si", "sí")
NO = (
    "no",
    "n",
    "false",
    "unticked",
    "unchecked",
    "not ticked",
    "not checked",
    "nein",
    "non",
    "nee",
)
COURSES = {
    "attended": r"attended|came|completed?|seen|done|present",
    "missed": r"missed|absent|no show|dna",
    "dead": r"dead|died|deceased|death",
    "withdrawn": r"withdrew|withdrawn|withdrawal",
}
# Labels that say with a "not" that a visit was missed; any other "not" is asked about.
_MISSED = r"(visit )?(was )?(did not (attend|come)|not (attended|done|seen|completed?|present))"
_DOUBT = r"not|never|no|non|partly|partially|part|almost|nearly|before|after|if|or|until|alive"
_USUAL = r"usual|controls?|standard|tau|placebo"


def plain_answer(label: str) -> str | None:
    """Return yes or no where a label plainly means it.

    Parameters
    ----------
    label : str
        Label of a code, or a cell.

    Returns
    -------
    str or None
        ``yes``, ``no``, or None where a person must say.

    Examples
    --------
    >>> plain_answer("Ja"), plain_answer(" No. "), plain_answer("Don't know")
    ('yes', 'no', None)
    """
    plain = label.strip().rstrip(".!").lower()
    return "yes" if plain in YES else "no" if plain in NO else None


def course_of(label: str) -> str | None:
    """Return what became of a visit where whole words of a label plainly say it.

    Parameters
    ----------
    label : str
        Label of a code.

    Returns
    -------
    str or None
        ``attended``, ``missed``, ``dead``, ``withdrawn``, or None where a person must say.

    Examples
    --------
    >>> [course_of(word) for word in ("Completed", "Incomplete", "Deadline passed", "Unseen")]
    ['attended', None, None, None]
    >>> course_of("Did not attend"), course_of("Died"), course_of("Not dead")
    ('missed', 'dead', None)
    """
    plain = re.sub(r"[^a-z0-9]+", " ", label.lower().replace("n't", " not")).strip()
    if re.fullmatch(_MISSED, plain) or re.fullmatch(COURSES["missed"], plain):
        return "missed"
    if re.search(rf"\b({_DOUBT})\b", plain):
        return None
    fits = [word for word, found in COURSES.items() if re.search(rf"\b({found})\b", plain)]
    return fits[0] if len(fits) == 1 else None


def names_of(labels: dict[str, str], head: str = "group") -> tuple[dict[str, str], str]:
    """Return a name for each code by its label, no two alike.

    Parameters
    ----------
    labels : dict of str
        Code -> label.
    head : str
        What a name without a letter begins with.

    Returns
    -------
    names : dict of str
        Code -> small letters, digits and _; numbered where labels give the same name.
    question : str
        Which labels had to be numbered; blank where none.

    Examples
    --------
    >>> names_of({"1": "CBT+", "2": "CBT-", "3": "Usual care"})[0]
    {'1': 'cbt_1', '2': 'cbt_2', '3': 'usual_care'}
    """
    words = {code: word_of(label, head) for code, label in labels.items()}
    plain = list(words.values())
    taken = {word for word in plain if plain.count(word) == 1}
    alike = []
    for code, word in words.items():
        if plain.count(word) == 1:
            continue
        number = 1
        while f"{word[:36]}_{number}" in taken:
            number += 1
        words[code] = f"{word[:36]}_{number}"
        taken.add(words[code])
        alike.append(f"{code} ({labels[code]})")
    ask = f"labels alike, told apart by number; name each: {', '.join(alike)}." if alike else ""
    return words, ask


def usual_arms(arms: list[str]) -> list[str]:
    """Return the arms whose name says that they are the comparator.

    Examples
    --------
    >>> usual_arms(["unusual_care", "usual_care", "restaurant"])
    ['usual_care']
    """
    return [name for name in arms if re.search(rf"(?:^|_)({_USUAL})(?:_|$)", name)]
