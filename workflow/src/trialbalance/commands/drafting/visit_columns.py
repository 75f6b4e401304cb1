"""Which columns hold what is asked at visits: dates, status, EQ-5D, stays, counts of use."""

import re

from trialbalance.commands.drafting.fields import Field
from trialbalance.commands.drafting.roles import plain_name

EQ5D = {
    "mobility": {"mobility", "mob", "mo", "mb", "walking"},
    "self_care": {"selfcare", "self", "care", "sc"},
    "usual_activities": {"usual", "activities", "activity", "act", "usualact", "ua"},
    "pain_discomfort": {"pain", "discomfort", "pd", "or"},
    "anxiety_depression": {"anxiety", "depression", "anx", "dep", "ad", "or"},
}
_LABELS = {
    "mobility": r"\bmobility\b",
    "self_care": r"\bself[ -]?care\b",
    "usual_activities": r"\busual activit(y|ies)\b",
    "pain_discomfort": r"\bpain\b",
    "anxiety_depression": r"\banxiety\b",
}
_COUNT = r"_(n|no|num|number|times|freq|count|qty|quantity)(?=_|$|\{)"
_ANY = r"_(any|used|use|yn|ever)(?=_|$|\{)"


def is_eq5d(field: Field) -> bool:
    """Return whether a field is of an EQ-5D: an item, its scale or its index.

    Examples
    --------
    >>> vas, use = (Field(name, (), (name,), "", "number", (), {}, ())
    ...             for name in ("eq_vas_{}", "equipment_n_{}"))
    >>> is_eq5d(vas), is_eq5d(use)
    (True, False)
    """
    name = field.name.lower()
    told = r"\beq ?5d|\beuroqol"
    return bool(
        re.match(r"(.*_)?eq(_|5d|vas|$|\{)", name) or re.search(told, plain_name(field.label))
    )


def questionnaire(fields: list[Field]) -> dict[str, Field]:
    """Return the items of an EQ-5D: item -> field; none unless all five are there.

    Examples
    --------
    >>> words = ("act_contact", "mo", "sc", "ua", "pd", "ad")
    >>> eq = [Field(f"eq_{w}_{{}}", ("0",), (f"eq_{w}_0",), "", "number", (), {}, ())
    ...       for w in words]
    >>> [field.name for field in questionnaire(eq).values()][:3]
    ['eq_mo_{}', 'eq_sc_{}', 'eq_ua_{}']
    """
    found = items_of(fields)
    return found if len(found) == len(EQ5D) else {}


def items_of(fields: list[Field]) -> dict[str, Field]:
    """Return the items of an EQ-5D that are there, by whole words of names, else of labels."""
    found: dict[str, Field] = {}
    for item, words in EQ5D.items():
        named = [field for field in fields if field.kind == "number" and _is_item(field, words)]
        told = [
            field
            for field in fields
            if field.kind == "number"
            and is_eq5d(field)
            and re.search(_LABELS[item], field.label.lower())
        ]
        if named or told:
            found[item] = [*named, *told][0]
    return found


def _is_item(field: Field, words: set[str]) -> bool:
    """Return whether a name says the words of an item and nothing else after eq."""
    name = field.name.replace("{}", "").lower()
    match = re.fullmatch(r"(?:.*_)?eq_?(?:5d)?_?(?:[35]l)?(?P<rest>.*)", name)
    rest = [word for word in re.split(r"[^a-z]+", match["rest"]) if word] if match else []
    return bool(rest) and set(rest) <= words


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
    told = re.compile(r"\b(missed|attended|withdr(ew|awn)|came|died|dead)\b", re.IGNORECASE)
    repeated = [f for f in fields if f.visits > 1]
    status = [f for f in repeated if any(told.search(label) for label in f.codes.values())]
    status += [f for f in repeated if _named_status(f)]
    return (named or [None])[0], (status or [None])[0]


def _named_status(field: Field) -> bool:
    plain = plain_name(field.name)
    return bool(re.search(r"\b(status|attend\w*)\b", plain)) and len(field.values) <= 6


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
    asked = [f for f in fields if f.marks and set(f.marks) <= marks and not is_eq5d(f)]
    pairs = {_stem(f.name): f for f in asked if _is_question(f)}
    return [
        (_stem(field.name), field, pairs.get(_stem(field.name)))
        for field in asked
        if field not in pairs.values() and not why_no_count(field)
    ]


def why_no_count(field: Field) -> str:
    """Return why a field asked for at visits cannot be a count; blank where it can.

    Examples
    --------
    >>> words = Field("gp_{}", ("6",), ("gp_6",), "", "word", ("£3",), {}, (), odd="row 2 '£3'")
    >>> why_no_count(words)
    "row 2 '£3' keeps it from being a count"
    """
    below = [value for value in field.values if value.startswith("-")]
    if field.kind == "number" and (len(below) > 2 or any(set(".,") & set(v) for v in below)):
        return f"{field.below} keeps it from being a count"
    if field.kind == "number" and field.codes and set(field.values) <= set(field.codes):
        return "labels of all its codes keep it from being a count"
    if field.kind == "number":
        return ""
    return f"{field.odd} keeps it from being a count" if field.odd else "it holds no numbers"


def _is_question(field: Field) -> bool:
    """Return whether a field asks if a thing was used at all."""
    few = field.kind in ("number", "word") and len(field.values) <= 6
    return few and bool(re.search(_ANY, field.name.lower()))


def _stem(name: str) -> str:
    """Return the name of an item: without marks and the words of counts."""
    plain = re.sub(r"_?\{\}", "", name.lower())
    plain = re.sub(f"{_COUNT}|{_ANY}", "", plain)
    plain = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    return plain if plain[:1].isalpha() else f"item_{plain}"
