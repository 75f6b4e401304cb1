"""Which columns are of a person: identifier, arm, site, dates, sex and age."""

import re

from trialbalance.commands.drafting.fields import Field

# Role -> names and labels that are it, words that suggest it, and words that may mean it.
PEOPLE = {
    "arm": (
        r"((trial|study|treatment|treat|trt|randomi[sz]ed|randomi[sz]ation|rand|allocated) ?)?"
        r"(arm|arm ?cd|alloc|allocation|allocated|treat|treatment|trt|group)|randomi[sz]ed ?to",
        r"\barm( ?cd)?\b|\balloc|\btrt|treatment (arm|group)|randomi[sz]ed ?to",
        r"\btreat|\bgroup|\binterv|\btherapy",
    ),
    "site": (
        r"((study|trial) ?)?(site|centre|center)( ?(id|no|name|code|number))?",
        r"\bsite|\bcentre|\bcenter\b",
        r"",
    ),
    "randomisation_date": (
        r"(date|dt)( of)? ?(rand|randomi[sz]ation|randomi[sz]ed)|rfstdtc|dor"
        r"|(rand|randomi[sz]ation|randomi[sz]ed) ?(date|dt|day)",
        r"\brand.*(date|dt)|(date|dt).*\brand",
        r"\brand",
    ),
    "death_date": (
        r"(date|dt)( of)? ?death|death ?(date|dt)|dthdtc|dod|(date|dt) ?died|died ?(date|dt)",
        r"\bdeath|date.*\bdied|\bdied.*(date|dt)",
        r"",
    ),
    "exclusion": (r"excl\w*( ?reason)?", r"\bexcl", r""),
    "sex": (r"sex|gender", r"\b(sex|gender)\b", r""),
    "age": (r"age( ?(years|at \w+))?", r"\bage\b|\bage at", r""),
}
ARMS = range(1, 13)
IDENTIFIER = (
    r"(study|trial|record|screening|case|pt|participant|patient|subject|person) ?"
    r"(id|no|nr|num|number|code|identifier)|participant|patient|subject"
    r"|usubjid|subjid|pid|id( ?(no|num|number|code))?"
)


def plain_name(name: str) -> str:
    """Return a name as words in small letters, without the place of a mark.

    Examples
    --------
    >>> plain_name("Rand_Date"), plain_name("eq_mo_{}")
    ('rand date', 'eq mo')
    """
    return re.sub(r"[^a-z0-9]+", " ", name.replace("{}", "").lower()).strip()


def identifiers(fields: list[Field], rows: int, distinct: dict[str, int], like: str) -> list[str]:
    """Return the columns that may name participants, the likeliest first.

    Parameters
    ----------
    fields : list of Field
        Fields of an export.
    rows : int
        Rows of the export.
    distinct : dict of int
        Column -> number of distinct cells.
    like : str
        Identifier of the participants' own export; blank for that export itself.

    Returns
    -------
    list of str
        Columns that are as likely as the first; none where none is likely.

    Examples
    --------
    >>> site, study = (Field(name, (), (name,), "", "word", ("1",), {}, ())
    ...                for name in ("site_id", "study_id"))
    >>> identifiers([site, study], 2, {"site_id": 1, "study_id": 2}, "")
    ['study_id']
    """
    if like in distinct:
        return [like]
    ranks: dict[int, list[str]] = {}
    for field in fields:
        if len(field.columns) != 1 or field.kind in ("date", "blank"):
            continue
        column, name = field.columns[0], plain_name(field.name)
        each = distinct[column] == rows
        named = bool(re.fullmatch(IDENTIFIER, name))
        weakly = bool(re.search(r"\bid\b|participant|subject|patient", name))
        constant = distinct[column] == 1 < rows
        if not constant and (named or (each and rows > 1) or (weakly and not field.codes)):
            rank = (0 if named and each else 1 if named else 2 if weakly and each else 3 if each
                    else 4)  # fmt: skip
            ranks.setdefault(rank, []).append(column)
    best = ranks[min(ranks)] if ranks else []
    return best[:1] if best and min(ranks) == 3 else best


def people_roles(fields: list[Field]) -> dict[str, tuple[int, list[Field]]]:
    """Return the columns of participants that are recognised by name or label.

    Parameters
    ----------
    fields : list of Field
        Fields of an export.

    Returns
    -------
    dict of tuple
        Column of table participants -> how sure (0 its very name, 1 by words, 2 perhaps), and the
        fields that fit best.

    Examples
    --------
    >>> age, alloc = (Field(name, (), (name,), "", "number", ("1", "2"), {}, ())
    ...               for name in ("age_group", "alloc"))
    >>> sure, found = people_roles([age, alloc])["arm"]
    >>> sure, [field.name for field in found]
    (0, ['alloc'])
    """
    found: dict[str, tuple[int, list[Field]]] = {}
    taken: list[Field] = []
    for role, patterns in PEOPLE.items():
        ranks: dict[int, list[Field]] = {}
        for field in fields:
            rank = _rank(field, patterns)
            if rank is not None and field not in taken and _can_be(role, field):
                ranks.setdefault(rank, []).append(field)
        if ranks:
            found[role] = (min(ranks), ranks[min(ranks)])
            taken.append(found[role][1][0])
    return found


def _rank(field: Field, patterns: tuple[str, str, str]) -> int | None:
    """Return how surely a field is meant by some patterns; None where not at all."""
    texts = [plain_name(field.name), plain_name(field.label)]
    exact, likely, perhaps = patterns
    if any(re.fullmatch(exact, text) for text in texts):
        return 0
    if any(re.search(likely, text) for text in texts):
        return 1
    return 2 if perhaps and any(re.search(perhaps, text) for text in texts) else None


def _can_be(role: str, field: Field) -> bool:
    """Return whether what a field holds can be of a role."""
    if field.visits > 1 or (role == "age" and field.codes):
        return False
    if role == "arm":
        return field.kind != "date" and len(field.values) in ARMS
    return (field.kind == "date") == role.endswith("_date") or field.kind == "blank"


def possible(role: str, fields: list[Field]) -> list[str]:
    """Return the columns that could be of a role by what they hold.

    Examples
    --------
    >>> tr = Field("Tr", (), ("Tr",), "", "number", ("0", "1"), {}, ())
    >>> possible("arm", [tr]), possible("randomisation_date", [tr])
    (['Tr'], [])
    """
    return [
        field.columns[0]
        for field in fields
        if _can_be(role, field)
        and field.kind != "blank"
        and (role != "arm" or len(field.values) > 1)
    ][:12]


def named_for(role: str, fields: list[Field]) -> str:
    """Return the column whose name is that of a role but whose cells are not; blank where none.

    Examples
    --------
    >>> day = Field("rand_date", (), ("rand_date",), "", "number", ("22284",), {}, ())
    >>> named_for("randomisation_date", [day])
    'rand_date'
    """
    named = [
        field.columns[0]
        for field in fields
        if field.visits <= 1 and not _can_be(role, field) and _rank(field, PEOPLE[role]) in (0, 1)
    ]
    return next(iter(named), "")
