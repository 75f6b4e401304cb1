"""Which column is what: identifier, arm, dates, questionnaires, stays, counts of use."""

import re

from trialbalance.commands.drafting.fields import Field

PEOPLE = {
    "arm": r"\barm(cd)?\b|alloc|treat|\btrt|randomi[sz]ed.?to|\bgroup",
    "site": r"\bsite|centre|center\b",
    "randomisation_date": r"rand.*(date|dt)|(date|dt).*rand|rfstdtc",
    "death_date": r"death|dthdtc|\bdod\b|date.*died|died.*(date|dt)",
    "exclusion": r"\bexcl",
}
PERSON = {"sex": r"\b(sex|gender)\b", "age": r"\bage\b|age_at"}
EQ5D = {
    "mobility": r"mobility|_mo[b]?\b|_mo[b]?_",
    "self_care": r"self.?care|_sc\b|_sc_|_self",
    "usual_activities": r"usual.?act|_ua\b|_ua_|_act",
    "pain_discomfort": r"pain|_pd\b|_pd_",
    "anxiety_depression": r"anxiety|_ad\b|_ad_|_anx",
}
IDENTIFIER = r"study_?id|record_?id|participant|subject|usubjid|subjid|^pid\b|^id\b|_id\b"
_COUNT = r"_(n|no|num|number|times|freq|count|qty|quantity)(?=_|$|\{)"
_ANY = r"_(any|used|use|yn|ever)(?=_|$|\{)"


def identifier(fields: list[Field], rows: int, distinct: dict[str, int]) -> str | None:
    """Return the column that names participants: by its name, else the first with a word each.

    Parameters
    ----------
    fields : list of Field
        Fields of an export.
    rows : int
        Rows of the export.
    distinct : dict of int
        Column -> number of distinct cells.

    Returns
    -------
    str or None
        Column.

    Examples
    --------
    >>> field = Field("study_id", (), ("study_id",), "", "word", ("P1",), {}, ())
    >>> identifier([field], 1, {"study_id": 1})
    'study_id'
    """
    alone = [field for field in fields if len(field.columns) == 1 and field.kind != "date"]
    named = [field for field in alone if re.search(IDENTIFIER, field.name.lower())]
    for field in [*named, *alone]:
        if field in named or distinct[field.columns[0]] == rows > 1:
            return field.columns[0]
    return None


def people_roles(fields: list[Field]) -> dict[str, Field]:
    """Return the columns of participants that are recognised by name or label.

    Parameters
    ----------
    fields : list of Field
        Fields of an export.

    Returns
    -------
    dict of Field
        Column of table participants -> field; the first that fits.

    Examples
    --------
    >>> field = Field("alloc", (), ("alloc",), "", "number", ("1", "2"), {}, ())
    >>> list(people_roles([field]))
    ['arm']
    """
    found: dict[str, Field] = {}
    for role, pattern in (PEOPLE | PERSON).items():
        for field in fields:
            fits = re.search(pattern, re.sub(r"[_.]", " ", field.words)) or re.search(
                pattern, field.words
            )
            dated = role.endswith("_date")
            alone = field.visits <= 1
            right = (field.kind == "date") == dated or field.kind == "blank"
            if fits and alone and right and field not in found.values():
                found[role] = field
                break
    return found


def questionnaire(fields: list[Field]) -> dict[str, Field]:
    """Return the items of an EQ-5D: item -> field; none unless all five are there.

    Examples
    --------
    >>> words = ("mo", "sc", "ua", "pd", "ad")
    >>> eq = [Field(f"eq_{w}_{{}}", ("0",), (f"eq_{w}_0",), "", "number", (), {}, ())
    ...       for w in words]
    >>> [field.name for field in questionnaire(eq).values()][:2]
    ['eq_mo_{}', 'eq_sc_{}']
    """
    found = {}
    for item, pattern in EQ5D.items():
        for field in fields:
            if "eq" in field.words and field.kind == "number" and re.search(pattern, field.words):
                found[item] = field
                break
    return found if len(found) == len(EQ5D) else {}


def visit_fields(fields: list[Field]) -> tuple[Field | None, Field | None]:
    """Return the date of visits and what became of them.

    Examples
    --------
    >>> columns = ("visit_dt_0", "visit_dt_6")
    >>> field = Field("visit_dt_{}", ("0", "6"), columns, "", "date", (), {}, ())
    >>> visit_fields([field])[0].name
    'visit_dt_{}'
    """
    dates = [f for f in fields if f.kind == "date" and f.visits > 1]
    dates = [f for f in dates if not re.search(r"adm|disch|dis_|start|end", f.words)]
    named = [f for f in dates if re.search(r"visit|assess|complet|follow|date|dt", f.words)]
    told = re.compile(r"missed|attend|withdr|came|died|dead", re.IGNORECASE)
    status = [
        f
        for f in fields
        if f.visits > 1
        and (any(told.search(label) for label in f.codes.values()) or _named_status(f))
    ]
    return (named or [None])[0], (status or [None])[0]


def _named_status(field: Field) -> bool:
    return bool(re.search(r"status|attend", field.words)) and len(field.values) <= 6


def stay_fields(fields: list[Field]) -> tuple[Field, Field] | None:
    """Return admission and discharge, a column for each place or a row for each stay.

    Examples
    --------
    >>> adm, dis = (Field(f"{w}_{{}}", ("1",), (f"{w}_1",), "", "date", (), {}, ())
    ...             for w in ("adm", "dis"))
    >>> stay_fields([adm, dis])[1].name
    'dis_{}'
    """
    dates = [field for field in fields if field.kind == "date"]
    first = [field for field in dates if re.search(r"\badm|_adm|admi|hostdtc", field.words)]
    last = [field for field in dates if re.search(r"\bdis|_dis|disch|hoendtc", field.words)]
    return (first[0], last[0]) if first and last else None


def counts_of_use(fields: list[Field], marks: set[str]) -> list[tuple[str, Field, Field | None]]:
    """Return counts asked for at visits: item, its count, and the question before it.

    Parameters
    ----------
    fields : list of Field
        Fields that are nothing else.
    marks : set of str
        Marks of the visits.

    Returns
    -------
    list of tuple
        Item, count, and "used it?" where there is one of the same name.

    Examples
    --------
    >>> gp = Field("gp_n_{}", ("6", "12"), ("gp_n_6", "gp_n_12"), "", "number", ("2", "9"), {}, ())
    >>> counts_of_use([gp], {"0", "6", "12"})[0][0]
    'gp'
    """
    asked = [f for f in fields if f.marks and set(f.marks) <= marks and f.kind == "number"]
    pairs = {_stem(f.name): f for f in asked if re.search(_ANY, f.name.lower())}
    found = []
    for field in asked:
        below = any(value.startswith("-") for value in field.values)
        if field in pairs.values() or field.codes or below:
            continue
        item = _stem(field.name)
        found.append((item, field, pairs.get(item)))
    return found


def _stem(name: str) -> str:
    """Return the name of an item: without marks and the words of counts."""
    plain = re.sub(r"_?\{\}", "", name.lower())
    plain = re.sub(f"{_COUNT}|{_ANY}", "", plain)
    plain = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    return plain if plain[:1].isalpha() else f"item_{plain}"
