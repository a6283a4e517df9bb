"""A results document → the sections of an impact report in one language, each number taken once and rounded once.

Belongs here: the order of sections, head and status strip. Does not: what a section says (findings, record, limits), drawing.
A section for which the results hold nothing says "Not reported"; none is left out.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from data.messages import Language
from experiments.report.blocks import Facts, Report, Section
from experiments.report.html import KEPT
from experiments.report.sections import declared, findings, judged, limits, people, plain, record
from experiments.report.sections.checklist import checklist
from experiments.report.sections.source import Source, joined, named
from experiments.report.wording_sections import said

BUILDERS = (
    findings.bottom_line,
    findings.summary,
    record.deviations,
    declared.question,
    record.design,
    people.flow,
    people.baseline,
    people.delivery,
    people.power,
    findings.results,
    findings.over_time,
    findings.multiplicity,
    judged.attrition,
    judged.robustness,
    limits.heterogeneity,
    findings.exploratory,
    judged.harms,
    judged.certainty,
    judged.elsewhere,
    limits.cautions,
    plain.plain_language,
    record.versions,
    declared.ethics,
)
"""The sections in the order in which a reviewer reads them; checklist, review and history close the report."""


def report_of(document: dict[str, Any], language: Language, *, stale: bool = False) -> Report:
    """Return the report of one results document.

    Parameters
    ----------
    document
        As `experiments.results` writes it.
    language
        ``en`` or ``zh``.
    stale
        People withdrew since: the report says so on every page.
    """
    source = Source.of(document, language)
    body = tuple(build(source) for build in BUILDERS)
    closing = (checklist(source, body), limits.review(source), declared.history(source))
    return Report(
        language=language,
        html_lang=said("html_lang", language),
        kicker=f"{said('report', language)} · {document['experiment_id']}",
        title=document["title"][language],
        lead=_lead(source),
        banners=_banners(document, language, stale=stale),
        running=f"{document['experiment_id']} · {document['release']['release_id']}",
        page_word=said("page", language),
        status=_status(source),
        sections=_numbered((*body, *closing)),
        moment=moment(document),
    )


def moment(document: dict[str, Any]) -> str | None:
    """Return the latest time that stands in a results document, which dates its files; None if it holds none.

    >>> moment({"registration": None, "amendments": [{"at": "2026-03-02T00:00:00+00:00"}], "deviations": []})
    '2026-03-02T00:00:00+00:00'
    """
    registration = document["registration"] or {"assignments": []}
    drawn = [item["drawn_at"] for item in registration["assignments"]]
    changed = [item["at"] for item in document["amendments"]]
    found = [item["discovered_at"] for item in document["deviations"]]
    times = [time for time in (registration.get("registered_at"), *drawn, *changed, *found) if time]
    return max(times, key=datetime.fromisoformat, default=None)


def certainty_levels(document: dict[str, Any], language: Language) -> str:
    """Return the certainty of the confirmatory results in one line: how many at which level, and who says so."""
    accounts = document.get("accounts") or {}
    claims = {item["analysis_id"] for item in document["analyses"] if item["hypothesis"]["tier"] == "confirmatory"}
    rows = [item for item in accounts.get("certainty", []) if item["id"] in claims]
    if not rows:
        return said("not_rated", language)
    counts = Counter(item["rated"]["level"] if item["rated"] else item["proposed"] for item in rows)
    levels = [
        f"{said(name, language)} {counts[name]}" for name in ("high", "moderate", "low", "very_low") if counts[name]
    ]
    told = joined(levels, language)
    return told if all(item["rated"] for item in rows) else said("proposed_levels", language, levels=told)


def review_state(document: dict[str, Any], language: Language) -> str:
    """Return the state of the review in one line."""
    checks = (document.get("review") or {}).get("checks", [])
    if not checks:
        return said("not_reviewed", language)
    return said("reviewed_by", language, n=len(checks), approved=sum(item["vote"] == "approve" for item in checks))


def _numbered(sections: tuple[Section, ...]) -> tuple[Section, ...]:
    return tuple(Section(part.key, f"{n} {part.title}", part.blocks) for n, part in enumerate(sections, start=1))


def _lead(source: Source) -> tuple[str, ...]:
    design = source.document["design"]
    unit = named("unit_of_assignment", design["unit_of_assignment"], source.language)
    arms = source.say("versus").join(source.own(arm["label"]) for arm in design["arms"])
    return (source.say("zones_arms", zones=len(design["zones"]), unit=unit, arms=arms),)


def _banners(document: dict[str, Any], language: Language, *, stale: bool) -> tuple[str, ...]:
    found = {
        "simulated_file": document["release"]["simulated"],
        "not_registered": document["timing"]["level"] is None,
        "stale": stale,
    }
    return tuple(said(key, language) for key, holds in found.items() if holds)


def _status(source: Source) -> Facts:
    document, table = source.document, source.document["registered_vs_done"]
    kept = sum(row["status"] in KEPT for row in table)
    total = sum(bool(row["hypothesis_id"]) for row in table)
    return Facts(
        (
            (source.say("protocol"), f"{document['experiment_id']} v{document['protocol']['version']}"),
            (source.say("timing"), source.own(document["timing"]["text"])),
            (source.say("release"), document["release"]["release_id"]),
            (source.say("registered"), source.say("of", n=kept, total=total)),
            (source.say("certainty"), certainty_levels(document, source.language)),
            (source.say("review"), review_state(document, source.language)),
        )
    )
