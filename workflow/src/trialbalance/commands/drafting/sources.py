"""Sources of a draft: columns with formats of dates or recoded codes, and what is asked of them."""

from typing import Any

from trialbalance.commands.drafting.fields import Field
from trialbalance.commands.drafting.meanings import course_of, names_of, plain_answer
from trialbalance.data.exports.use import NO, YES

_MANY = 30


def dated(field: Field) -> Any:
    """Return a column of dates with its format, and a question where that is in doubt.

    Parameters
    ----------
    field : Field
        A field of dates.

    Returns
    -------
    str or dict
        The column; with ``dates`` and ``ask`` where needed.

    Examples
    --------
    >>> odd = "row 3 '31/02/2021'"
    >>> day = Field("day", (), ("day",), "", "date", (), {}, ("%d/%m/%Y",), (), odd)
    >>> dated(day)["ask"]
    "row 3 '31/02/2021' keeps it from being a date: correct it, or name it under missing."
    """
    source: dict[str, Any] = {"column": field.name}
    asks = []
    if field.mixed:
        source["dates"] = [word or "%Y-%m-%d" for word in field.mixed]
        asks.append(f"are the dates written in {len(field.mixed)} ways: "
                    f"{', '.join(source['dates'])}?")  # fmt: skip
    elif field.formats and "" not in field.formats:
        source["dates"] = field.formats[0]
        if len(field.formats) > 1:
            asks.append(f"are the dates written {' or '.join(field.formats)}?")
    if field.odd and field.kind == "date":
        asks.append(
            f"{field.odd} keeps it from being a date: correct it, or name it under missing."
        )
    if asks:
        source["ask"] = " ".join(asks)
    return source if len(source) > 1 else field.name


def coded(field: Field, role: str) -> dict[str, Any]:
    """Return a column whose codes become words by their labels, or by a person's answer.

    Parameters
    ----------
    field : Field
        A field with codes, or the arm.
    role : str
        Column of table participants.

    Returns
    -------
    dict
        With ``recode``, a name of its own for each code, and ``ask`` where a label is in doubt.

    Examples
    --------
    >>> field = Field("alloc", (), ("alloc",), "", "number", ("1", "2"), {"1": "New"}, ())
    >>> coded(field, "arm")["ask"].startswith("which word is 2, a code without a label?")
    True
    """
    bare = [value for value in field.values if value not in field.codes]
    labels = {**field.codes, **{value: value for value in bare}}
    names, doubt = names_of(labels, "arm" if role == "arm" else "group")
    source: dict[str, Any] = {"column": field.columns[0], "recode": names}
    asks = [doubt] if doubt else []
    if field.codes and bare:
        some = ", ".join(bare[:5])
        code = "a code without a label" if len(bare) == 1 else "codes without a label"
        asks.append(f"which word is {some}, {code}? Correct the recode, or name it under missing.")
    if not field.codes and role == "arm":
        asks.append("which arm is which? no label tells; correct the recode")
    if asks:
        source["ask"] = " ".join(asks)
    return source


def status_source(field: Field) -> dict[str, Any]:
    """Return what became of visits, by the labels of the codes; what they do not tell is asked.

    Parameters
    ----------
    field : Field
        Status of visits.

    Returns
    -------
    dict
        A code in doubt has no word, so that it stops an import until a person gives it one.

    Examples
    --------
    >>> codes = {"1": "Came", "2": "Unseen"}
    >>> field = Field("st_{}", ("0",), ("st_0",), "", "number", ("1", "2"), codes, ())
    >>> source = status_source(field)
    >>> source["recode"], source["ask"]
    ({'1': 'attended'}, 'attended, missed, dead or withdrawn: 2 (Unseen)?')
    """
    labels = {value: field.codes.get(value, "no label") for value in field.values} | field.codes
    if not field.codes:
        labels |= {value: value for value in field.values if course_of(value)}
    recode = {code: course for code, label in labels.items() if (course := course_of(label))}
    doubt = [f"{code} ({label})" for code, label in labels.items() if code not in recode]
    source: dict[str, Any] = {"column": field.name, "recode": recode}
    if doubt:
        source["ask"] = f"attended, missed, dead or withdrawn: {', '.join(doubt[:_MANY])}?"
    return source


def used_source(field: Field) -> tuple[Any, str]:
    """Return the question whether a thing was used, and what is asked of its codes.

    Parameters
    ----------
    field : Field
        "Used it?".

    Returns
    -------
    source : str or dict
        Codes that plainly are yes or no; any other has no word, so that it stops an import.
    question : str
        Blank where every code is plain.

    Examples
    --------
    >>> codes = {"1": "Yes", "2": "No", "3": "Don't know"}
    >>> field = Field("gp_any_{}", ("6",), ("gp_any_6",), "", "number", ("1", "2", "3"), codes, ())
    >>> used_source(field)[1]
    "yes, no, or missing (of gp_any_{}): 3 (Don't know)?"
    """
    if not field.codes and {value.lower() for value in field.values} <= {*YES, *NO}:
        return field.name, ""
    labels = dict.fromkeys(field.values, "") | field.codes
    recode = {c: word for c, label in labels.items() if (word := plain_answer(label or c))}
    if recode and not field.codes:
        # Beside words 1 and 0 are the yes and no of the import; alone they may be codes.
        recode |= {c: word for c, word in {"1": "yes", "0": "no"}.items() if c in labels}
    doubt = [f"{c} ({labels[c]})" if labels[c] else c for c in labels if c not in recode]
    ask = f"yes, no, or missing (of {field.name}): {', '.join(doubt[:_MANY])}?" if doubt else ""
    if not recode and not field.codes:
        return field.name, ask
    return {"column": field.name, "recode": recode or dict.fromkeys(labels, "yes or no")}, ask
