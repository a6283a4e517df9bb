"""What an interval allows to be said, and the sentence that says it.

Belongs here: readings and the locked templates filled in. A wide interval that holds zero is "uncertain", never "no effect";
"little or no difference" needs the whole interval inside the registered smallest effect of interest. How firmly a sentence speaks
follows from the certainty of its evidence. Does not: numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import Any, Literal

from data.messages import Language, Text
from experiments.report.numerals import decimals, high_end, low_end, shown
from experiments.report.wording import SENTENCES
from experiments.report.wording_plain import BY_CERTAINTY, PLAIN_SENTENCES, PLAIN_UNCERTAIN, VERY_UNCERTAIN

Reading = Literal["higher", "lower", "little", "uncertain"]
Verdict = Literal["good", "bad", "open"]


def reading(low: float | None, high: float | None, sesoi: float | None) -> Reading:
    """Return what the interval from `low` to `high` (None: open) allows to be said.

    >>> reading(-0.1, 0.1, 0.2), reading(-0.1, 0.3, 0.2), reading(0.1, None, None), reading(-3, -1, 2)
    ('little', 'uncertain', 'higher', 'lower')
    """
    low, high = -inf if low is None else low, inf if high is None else high
    if sesoi is not None and -sesoi < low and high < sesoi:
        return "little"
    if low > 0:
        return "higher"
    return "lower" if high < 0 else "uncertain"


def verdict(says: Reading, direction_of_benefit: str) -> Verdict:
    """Return whether the reading goes the way that was registered as beneficial.

    >>> verdict("lower", "decrease"), verdict("lower", "increase"), verdict("uncertain", "increase")
    ('good', 'bad', 'open')
    """
    if says in ("little", "uncertain") or direction_of_benefit == "none":
        return "open"
    return "good" if (says == "higher") == (direction_of_benefit == "increase") else "bad"


def headline(entry: dict[str, Any]) -> dict[str, Any]:
    """Return the row of the result that answers the hypothesis."""
    rows: dict[str, dict[str, Any]] = {row["term"]: row for row in entry["result"]["estimates"]}
    return rows[entry["term"]]


def confidence_level(entry: dict[str, Any]) -> str:
    """Return the interval's level in percent.

    >>> confidence_level({"spec": {}}), confidence_level({"spec": {"alpha": 0.1}})
    ('95', '90')
    """
    return f"{100 * (1 - entry['spec'].get('alpha', 0.05)):g}"


def sentence(entry: dict[str, Any], language: Language) -> str:
    """Return the locked sentence about one analysis; its subject is the arm under study."""
    template = _by_certainty(entry, BY_CERTAINTY, VERY_UNCERTAIN, SENTENCES["uncertain"])
    return template.get(language).format(**_values(entry, language))


def plain_sentence(entry: dict[str, Any], language: Language) -> str:
    """Return the sentence of the plain-language page: the same reading and certainty, without the interval."""
    template = _by_certainty(entry, PLAIN_SENTENCES, PLAIN_UNCERTAIN, PLAIN_UNCERTAIN)
    return template.get(language).format(**_values(entry, language))


def _by_certainty(
    entry: dict[str, Any], templates: Mapping[tuple[str, str], Text], very_low: Text, uncertain: Text
) -> Text:
    """Return the template that reading and certainty allow; results of earlier versions have no certainty and speak plainly."""
    row, sesoi = headline(entry), entry["hypothesis"]["sesoi"]
    says, level = reading(row["conf_low"], row["conf_high"], sesoi), entry.get("certainty", "high")
    if level == "very_low":
        return very_low
    return uncertain if says == "uncertain" else templates[level, says]


def _values(entry: dict[str, Any], language: Language) -> dict[str, str]:
    row, sesoi = headline(entry), entry["hypothesis"]["sesoi"]
    places = decimals(row["std_error"], row["estimate"])
    name = entry["hypothesis"]["arm"][language]
    return {
        "arm": name,
        "arm_inner": inner(name),
        "outcome": inner(entry["outcome"]["name"][language]),
        "population": inner(population(entry, language)),
        "unit": entry["outcome"]["unit"][language],
        "level": confidence_level(entry),
        "size": shown(abs(row["estimate"]), places),
        "estimate": shown(row["estimate"], places),
        "low": low_end(row["conf_low"], places),
        "high": high_end(row["conf_high"], places),
        "sesoi": f"{sesoi:g}" if sesoi is not None else "",
    }


def population(entry: dict[str, Any], language: Language) -> str:
    """Return in whom the effect is estimated."""
    found: dict[str, str] = entry["hypothesis"]["population"]
    return found[language]


def inner(name: str) -> str:
    """Return a name as it stands inside a sentence: first letter small unless it opens an abbreviation.

    >>> inner("Waiting time"), inner("PM2.5 at the roadside"), inner("AI triage")
    ('waiting time', 'PM2.5 at the roadside', 'AI triage')
    """
    return name[0].lower() + name[1:] if name[1:2].islower() else name
