"""The files of a founded study: the commented template, its parts replaced by what was said."""

import re

import yaml

from trialbalance.commands.founding.shape import Shape

LABELS = {
    "qaly": "QALYs",
    "admission_avoided": "Admissions avoided",
    "years_at_home": "Years at home",
    "abstinence": "Abstinence",
    "health_care": "health care",
    "societal": "societal",
}
TOOLS = {
    "eq5d3l": ("EQ-5D-3L", "eq5d3l_uk_mvh_a1", 3),
    "eq5d5l": ("EQ-5D-5L", "eq5d5l_uk_2026", 5),
}
ITEMS = "[mobility, self_care, usual_activities, pain_discomfort, anxiety_depression]"
FAMILIES = {"qaly": "normal", "years_at_home": "normal"}
OPEN = "true                      # no threshold is accepted yet: state what one unit may cost"


def visit_name(month: int) -> str:
    """Return the name of the visit of a month.

    Examples
    --------
    >>> visit_name(0), visit_name(6)
    ('baseline', 'month_6')
    """
    return f"month_{month}" if month else "baseline"


def periods_of(shape: Shape) -> dict[str, tuple[float, float]]:
    """Return the span between each two visits, by name.

    Examples
    --------
    >>> periods_of(Shape())
    {'months_1_6': (0.0, 0.5), 'months_7_12': (0.5, 1.0)}
    """
    pairs = zip(shape.visits, shape.visits[1:], strict=False)
    return {f"months_{a + 1}_{b}": (round(a / 12, 4), round(b / 12, 4)) for a, b in pairs}


def founded_text(template: str, shape: Shape) -> str:
    """Return study.yaml of a founded study.

    Parameters
    ----------
    template : str
        The commented template.
    shape : Shape
        What the trial is.

    Returns
    -------
    str
        The template with what the shape says in place of its own; comments stay.
    """
    text = _block(template, "study", "data", _study(shape))
    text = _block(text, "model", "# decision", _model(shape) + _decision(shape))
    text = _block(text, "analyses", "# synthesis", _analyses(shape))
    if shape.door == "totals":
        text = _block(text, "data", "dataset", _totals())
        text = re.sub(r"(?m)^  covariates: \[.*$", "  covariates: [sex]", text)
        return re.sub(r"(?m)^report:\n  intervention_items:.*$", "report: {}", text)
    label, value_set, levels = TOOLS[shape.questionnaire]
    tool = f"    {shape.questionnaire}: {{levels: {levels}, items: {ITEMS}}}"
    text = re.sub(r"(?m)^    eq5d3l: \{levels:.*$", tool, text)
    text = _block(text, "outcomes", "dataset", _outcomes(shape, label, value_set))
    if shape.currency != "GBP":
        text = re.sub(r"(?m)^  price_index:.*\n", _NO_INDEX, text)
    if "qaly" not in shape.outcomes:
        text = re.sub(r"(?m)^  covariates: \[.*$", "  covariates: [sex]", text)
    return text


_NO_INDEX = "  # price_index: my_index.csv         # none: every price is of the price year\n"


def _block(text: str, first: str, following: str, new: str) -> str:
    """Return the text with the lines from one section up to another replaced."""
    start = re.search(rf"(?m)^{re.escape(first)}:", text)
    end = re.search(rf"(?m)^{re.escape(following)}:", text)
    return text[: start.start()] + new.rstrip() + "\n\n" + text[end.start() :]


def _study(shape: Shape) -> str:
    said = {arm: arm.replace("_", " ").capitalize() for arm in shape.arms}
    arms = "\n".join(f'    {arm}: {{label: "{label}"}}' for arm, label in said.items())
    others = ", ".join(said[arm] for arm in shape.arms if arm != shape.comparator)
    lines = [
        "study:                                # facts that every stage may read",
        f'  title: "My trial: {others} compared with {said[shape.comparator]}"',
        "  synthetic: true                     # false as soon as the records are real",
        "  seed: 1                             # root of all random numbers",
        f"  currency: {shape.currency}",
        "  arms:                               # in the order of tables and figures; any number",
        arms,
        f"  comparator: {shape.comparator}",
        f"  horizon_years: {shape.horizon:g}",
    ]
    if shape.door == "totals":
        return "\n".join(lines)
    times = ", ".join(f"{visit_name(m)}: {round(m / 12, 4):g}" for m in shape.visits)
    spans = [f"    {name}: [{a:g}, {b:g}]" for name, (a, b) in periods_of(shape).items()]
    return "\n".join(
        [
            *lines,
            "  # planned time of each visit, in years from randomisation",
            f"  visits: {{{times}}}",
            "  periods:                            # spans that counts of resource use refer to",
            *spans,
        ]
    )


def _totals() -> str:
    return """\
data:                                 # what was recorded, and where it stands
  door: totals                        # one row a participant: cost, effect, covariates
  files:                              # relative to this folder
    totals: data/totals.csv           # effect: 1 = abstinent, 0 = not, blank = unknown
  covariates:                         # columns of totals.csv beyond the fixed ones
    sex: {type: category, levels: [female, male], label: Sex}
    age: {type: number, label: Age, unit: years, minimum: 18, maximum: 110}"""


def _outcomes(shape: Shape, label: str, value_set: str) -> str:
    lines = ["outcomes:                             # what people gained"]
    if "qaly" in shape.outcomes:
        lines += [
            "  instruments:",
            f"    {shape.questionnaire}: {{kind: value_set, value_set: {value_set}, "
            f"measure: utility, label: {label}}}",
        ]
    else:
        lines += [
            "  instruments:",
            f"    {shape.questionnaire}: {{kind: unscored, label: {label}}}",
        ]
    if {"admission_avoided", "years_at_home"} & set(shape.outcomes):
        lines += [
            "  endpoints:",
            "    admitted: {kind: admission, items: [hospital_night], label: Admitted}",
            "    nights: {kind: nights, items: [hospital_night], label: Nights in hospital}",
        ]
    effects = {
        "qaly": "{kind: area_under_curve, measure: utility, label: QALY, unit: QALYs}",
        "admission_avoided": "{kind: event, endpoint: admitted, count: avoided, "
        "label: Admission avoided, unit: people not admitted}",
        "years_at_home": "{kind: free_time, endpoint: nights, label: Years at home}",
    }
    if shape.outcomes:
        lines += ["  effects:", *(f"    {name}: {effects[name]}" for name in shape.outcomes)]
    return "\n".join([*lines, "  discount_rate: 0.035"])


def _model(shape: Shape) -> str:
    first = shape.outcomes[0] if shape.outcomes else "qaly"
    family = FAMILIES.get(first, "bernoulli")
    return f"""\
model:                                # what is believed about mean cost and effect
  effect: {{family: {family}}}
  cost: {{family: gamma}}

"""


def _decision(shape: Shape) -> str:
    """Return what a QALY may cost, where that is not the default of pounds."""
    if "qaly" not in shape.outcomes or (shape.currency == "GBP" and shape.threshold is None):
        return ""
    if shape.threshold is None:
        return f"decision:\n  thresholds:\n    qaly:\n      exploratory: {OPEN}\n"
    return (
        "decision:\n  thresholds:\n"
        f"    qaly: {{marked: [{shape.threshold:g}], primary: {shape.threshold:g}, "
        f"unit: {shape.currency} per QALY}}\n"
    )


def _analyses(shape: Shape) -> str:
    if not shape.outcomes:
        return (
            "# None: costs and questionnaires are described, and nothing is decided.\nanalyses: {}"
        )
    lines = ["analyses:                             # outcome x perspective, named in advance"]
    perspectives = shape.perspectives if shape.door == "records" else shape.perspectives[:1]
    first = FAMILIES.get(shape.outcomes[0], "bernoulli")
    for outcome in shape.outcomes:
        for perspective in perspectives:
            lines += [
                f"  {outcome}_{perspective}:",
                f'    title: "{LABELS[outcome]}, {LABELS[perspective]}"',
                f"    outcome: {outcome}",
                f"    perspective: {perspective}",
            ]
            family = FAMILIES.get(outcome, "bernoulli")
            if family != first:
                lines.append(f"    model: {{effect: {{family: {family}}}}}")
            if "qaly" in shape.outcomes and outcome != "qaly":
                # A baseline belongs to a measure, and this outcome rests on none.
                lines.append("    dataset: {covariates: [sex]}")
    return "\n".join(lines)


def founded_prices(template: str, study: str, shape: Shape) -> str:
    """Return the unit costs of a founded study, of its currency and price year.

    Parameters
    ----------
    template : str
        The template's unit costs.
    study : str
        Text of the founded study.yaml.
    shape : Shape
        What the trial is.

    Returns
    -------
    str
        CSV text; outside pounds every price is of the price year, as there is no index.
    """
    if shape.currency == "GBP":
        return template
    year = yaml.safe_load(study)["costs"]["price_year"]
    return re.sub(r",GBP,[^,]*,", f",{shape.currency},{year},", template)
