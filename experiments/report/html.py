"""results.json → a self-contained HTML page in one language: no script, no font, no request to anywhere.

Belongs here: putting the page's parts together and rendering. Does not: rounding (numerals), what may be said (sentences),
positions (forest), words (wording). Every number on the page comes from the document.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data.messages import Language
from experiments.report.beside import beside
from experiments.report.families import families
from experiments.report.forest import Effect, Forest, layout
from experiments.report.numerals import NO_NUMBER, decimals, high_end, low_end, shown, shown_p
from experiments.report.sentences import (
    Reading,
    Verdict,
    confidence_level,
    headline,
    population,
    reading,
    sentence,
    verdict,
)
from experiments.report.wording import WORDS, word
from experiments.results import load_results

if TYPE_CHECKING:
    from jinja2 import Template

TEMPLATES = Path(__file__).resolve().parent / "templates"
LEVELS = ("individual", "organisation", "society")
ELSEWHERE = frozenset(
    [
        "question",
        "design",
        "flow",
        "baseline",
        "delivery",
        "power",
        "over-time",
        "attrition",
        "robustness",
        "heterogeneity",
        "harms",
        "certainty",
        "elsewhere",
        "plain-language",
        "ethics",
        "checklist",
        "review",
        "history",
    ]
)
"""Sections that the page draws from blocks; the others it draws itself."""
AGAINST_MARGIN = "§"
"""Marks a p-value against a margin; the note of the summary says so."""
KEPT = frozenset({"as_registered", "amended_before_data"})
"""Status words of what was done as the registered plan said before data came."""


@dataclass(frozen=True)
class Line:
    """One analysis as the page shows it: texts in the page's language, numbers rounded for the eye.

    `claim`: its hypothesis was meant to be confirmed; `confirmatory`: it may be called so, or deviates from what may.
    """

    entry: dict[str, Any]
    id: str
    number_id: str
    outcome: str
    unit: str
    population: str
    statement: str
    sentence: str
    level: str
    is_harm: bool
    claim: bool
    confirmatory: bool
    confidence: str
    estimate: str
    low: str
    high: str
    std_error: str
    df: str
    p: str
    p_tested: str
    p_adjusted: str
    control_mean: str
    reading: Reading
    verdict: Verdict
    alt: str
    warnings: tuple[str, ...]
    beside: tuple[str, ...]


def render_file(results: Path, language: Language) -> str:
    """Return the page of a results file.

    Raises
    ------
    NotFound
        There is no such file.
    """
    return render_report(load_results(results), language)


def render_report(document: dict[str, Any], language: Language) -> str:
    """Return the impact report of one results document as HTML.

    Parameters
    ----------
    document
        As `experiments.results` writes it.
    language
        ``en`` or ``zh``; the page links to the other as `report.<language>.html`.
    """
    return _template(language).render(_page(document, language) | _rest(document, language))


def _rest(document: dict[str, Any], language: Language) -> dict[str, Any]:
    """Return the sections that the page draws as the other files do, and the certainty in one line."""
    from markupsafe import Markup

    from experiments.report.fragments import section_html
    from experiments.report.sections import certainty_levels, report_of, review_state

    found = report_of(document, language).sections
    more = [Markup(section_html(part)) for part in found if part.key in ELSEWHERE]  # noqa: S704 - escaped block by block
    return {"more": more, "certainty": certainty_levels(document, language), "review": review_state(document, language)}


@cache
def _template(language: Language) -> Template:
    """Return the page's template with the words of one language; compiling it takes longer than a hundred pages."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["t"] = lambda key, **values: word(key, language, **values)
    environment.globals["own"] = lambda text: text[language]
    return environment.get_template("report.html.j2")


def _page(document: dict[str, Any], language: Language) -> dict[str, Any]:
    lines = [line(entry, language) for entry in document["analyses"]]
    drawn = [item for item in lines if item.entry["hypothesis"]["sesoi"] is not None]
    table = document["registered_vs_done"]
    kept = sum(row["status"] in KEPT for row in table)
    checks = document["checks"]
    return {
        "document": document,
        "language": language,
        "other": "zh" if language == "en" else "en",
        "lines": lines,
        "claims": [item for item in lines if item.claim],
        "confirmatory": [item for item in lines if item.confirmatory],
        "exploratory": [item for item in lines if not item.confirmatory],
        "levels": [(level, [item for item in lines if _belongs(item, level)]) for level in LEVELS],
        "harms": [item for item in lines if item.is_harm],
        "drawn": drawn,
        "undrawn": [item for item in lines if item not in drawn],
        "forest": forest(drawn),
        "families": families(document, language),
        "as_registered": kept,
        "total": sum(bool(row["hypothesis_id"]) for row in table),
        "is_registered": document["timing"]["level"] is not None,
        "ran": sum(check["state"] == "ran" for check in checks),
        "unchecked": [check for check in checks if check["state"] == "not_checked"],
        "titles": {check["trigger"]: check["title"] for check in checks},
        "unit": _unit(document["design"]["unit_of_assignment"], language),
        "arms": WORDS["versus"].get(language).join(arm["label"][language] for arm in document["design"]["arms"]),
    }


def _belongs(item: Line, level: str) -> bool:
    return item.level == level and item.claim and not item.is_harm


def line(entry: dict[str, Any], language: Language) -> Line:
    """Return one analysis ready to show."""
    row, hypothesis, outcome = headline(entry), entry["hypothesis"], entry["outcome"]
    says = reading(row["conf_low"], row["conf_high"], hypothesis["sesoi"])
    numbers, level = _numbers(entry), confidence_level(entry)
    texts = {
        "outcome": outcome["name"][language],
        "unit": outcome["unit"][language],
        "population": population(entry, language),
    }
    interval = {name: numbers[name] for name in ("estimate", "low", "high")}
    return Line(
        entry=entry,
        id=entry["analysis_id"],
        number_id=entry["number_id"],
        statement=hypothesis["statement"][language],
        sentence=sentence(entry, language),
        level=outcome["level"],
        is_harm=outcome["is_harm"],
        claim=hypothesis["tier"] == "confirmatory",
        confirmatory=entry["label"] != "exploratory",
        confidence=level,
        reading=says,
        verdict=verdict(says, outcome["direction_of_benefit"]),
        alt=word("forest_alt", language, level=level, **interval, **texts),
        beside=beside(entry, decimals(row["std_error"], row["estimate"]), language),
        warnings=tuple(warning["message"][language] for warning in entry["result"]["warnings"]),
        **texts,
        **numbers,
    )


def _numbers(entry: dict[str, Any]) -> dict[str, str]:
    """Return the numbers of one analysis as text, all with the decimals that its standard error supports."""
    row = headline(entry)
    places = decimals(row["std_error"], row["estimate"])
    control = entry["result"]["diagnostics"].get("control_mean")
    return {
        "estimate": shown(row["estimate"], places),
        "low": low_end(row["conf_low"], places),
        "high": high_end(row["conf_high"], places),
        "std_error": shown(row["std_error"], places + 1),
        "df": NO_NUMBER if row["df"] is None else f"{row['df']:.4g}",
        "p": shown_p(row["p_value"]),
        "p_tested": _tested(entry, "p_unadjusted"),
        "p_adjusted": _tested(entry, "p_value"),
        "control_mean": shown(control, places),
    }


def _tested(entry: dict[str, Any], name: str) -> str:
    """Return a p-value of the registered test, marked where that is one against a margin."""
    if not entry["adjusted"] or name not in entry["adjusted"]:  # results of an earlier version do not say it
        return NO_NUMBER
    mark = f" {AGAINST_MARGIN}" if entry["hypothesis"]["direction"] in ("equivalence", "non_inferiority") else ""
    return f"{shown_p(entry['adjusted'][name])}{mark}"


def forest(drawn: list[Line]) -> Forest:
    """Return the forest plot of the lines that have a smallest effect of interest."""
    effects = []
    for item in drawn:
        row, sesoi = headline(item.entry), item.entry["hypothesis"]["sesoi"]
        low, high = (None if row[name] is None else row[name] / sesoi for name in ("conf_low", "conf_high"))
        effects.append(Effect(row["estimate"] / sesoi, low, high, item.verdict))
    return layout(effects)


def _unit(name: str, language: Language) -> str:
    key = f"unit_{name}"
    return WORDS[key].get(language) if key in WORDS else name
