"""Sentences on the measurements: how many, of whom, and where the rest went."""

from __future__ import annotations

from lmm.report import formatting as fmt
from lmm.report.reading import Finding, Reading, Speaker

# So many broken rules of a data contract are named.
_RULES_TOLD = 3


def measured(reading: Reading) -> Finding:
    """Rows and groups used, and how often groups were measured."""
    say = Speaker(reading)
    rows = say.count("/data/rows_used")
    groups = say.count("/data/groups_used")
    text = f"{rows} measurements of {groups} {reading.many}"
    sizes = reading.at("/data/group_sizes")
    if len(sizes) == 1:
        times = say.count("/data/group_sizes/0/measurements")
        return say.finding("measured", f"{text}, {times} of each.")
    last = len(sizes) - 1
    were = "was" if sizes[last]["groups"] == 1 else "were"
    most = f"{say.count(f'/data/group_sizes/{last}/groups')} {were} measured "
    most += f"{say.count(f'/data/group_sizes/{last}/measurements')} times"
    fewest = say.count("/data/group_sizes/0/groups")
    once = sizes[0]["measurements"] == 1
    least = "once" if once else f"{say.count('/data/group_sizes/0/measurements')} times"
    return say.finding("measured", f"{text}; {most}, {fewest} only {least}.")


def row_account(reading: Reading) -> Finding:
    """Rows read and left out, each for one reason, and the codes read as missing."""
    say = Speaker(reading)
    sentences = [
        f"{_files(reading)} {say.count('/data/rows_read')} rows for {_groups_read(reading, say)}."
    ]
    exclusions = reading.at("/data/exclusions")
    if not exclusions:
        sentences.append("Every row is used.")
    for index, exclusion in enumerate(exclusions):
        rows = say.count(f"/data/exclusions/{index}/rows")
        is_one = exclusion["rows"] == 1
        if exclusion["reason"] != "missing":
            told = _quarantined if exclusion["reason"] == "quarantined" else _superseded
            sentences.append(told(reading, say, index))
            continue
        codes = _codes(reading, say, exclusion["column"])
        sentences.append(
            f"{rows} {'row' if is_one else 'rows'} without {_named(reading, exclusion['column'])} "
            f"{'is' if is_one else 'are'} left out{codes}."
        )
    if any(exclusion["reason"] != "superseded" for exclusion in exclusions):
        sentences.append(
            "The models take them as missing at random: for reasons that the other data explain."
        )
    return say.finding("row_account", " ".join(sentences))


def _quarantined(reading: Reading, say: Speaker, index: int) -> str:
    """Rows that break the data contract, by rule, and where they are."""
    is_one = reading.at(f"/data/exclusions/{index}/rows") == 1
    rows = say.count(f"/data/exclusions/{index}/rows")
    rules = reading.at("/data/broken_rules")
    told = [
        f"{_named(reading, rule['column'])} {rule['rule']} in {say.count(f'/data/broken_rules/{k}/rows')}"
        for k, rule in enumerate(rules[:_RULES_TOLD])
    ]
    more = len(rules) - _RULES_TOLD
    told += [f"{more} more {'rule' if more == 1 else 'rules'}"] if more > 0 else []
    return (
        f"{rows} {'row breaks' if is_one else 'rows break'} the study’s data contract ({fmt.listed(told)}); "
        f"{'it is' if is_one else 'they are'} set aside, and {'stands' if is_one else 'stand'} in "
        "tables/quarantine.csv beside this page."
    )


def _superseded(reading: Reading, say: Speaker, index: int) -> str:
    """Rows that a row of another file takes the place of."""
    is_one = reading.at(f"/data/exclusions/{index}/rows") == 1
    rows = say.count(f"/data/exclusions/{index}/rows")
    return (
        f"{rows} {'row is' if is_one else 'rows are'} left out because another file holds the same "
        f"measurement and takes precedence."
    )


def notes(reading: Reading) -> tuple[str, ...]:
    """What reading the file brought up, as it was said there."""
    return tuple(fmt.capital(note.rstrip(".")) + "." for note in reading.at("/data/notes"))


def _files(reading: Reading) -> str:
    files = len(reading.at("/data/files"))
    return f"The {fmt.count(files)} files hold" if files > 1 else "The file holds"


def _groups_read(reading: Reading, say: Speaker) -> str:
    return f"{say.count('/data/groups_read')} {reading.many}"


def _named(reading: Reading, column: str) -> str:
    words = {
        reading.study["outcome"]["column"]: reading.outcome,
        reading.study["group"]["column"]: f"the {reading.one}",
    }
    if reading.study["time"]:
        words[reading.study["time"]["column"]] = reading.study["time"]["label"]
    return words.get(column, column) or column


def _codes(reading: Reading, say: Speaker, column: str) -> str:
    found = [i for i, row in enumerate(reading.at("/data/recoded")) if row["column"] == column]
    numeric = [i for i in found if isinstance(reading.at(f"/data/recoded/{i}/code"), int | float)]
    if not numeric:
        return ""
    shown = [
        say.value(f"/data/recoded/{i}/code", _decimals(reading.at(f"/data/recoded/{i}/code")))
        for i in numeric
    ]
    verb = "means" if len(shown) == 1 else "mean"
    return f" ({fmt.listed(shown)} {verb} “missing”)"


def _decimals(code: float) -> int:
    text = repr(float(code))
    return 0 if text.endswith(".0") else len(text.split(".")[1])
