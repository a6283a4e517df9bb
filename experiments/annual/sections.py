"""Annual reports as sections of blocks, in the order of a zone's report and of the programme's.

Belongs here: order, head, first page. Does not: other sections (parts, standing_parts), drawing (experiments.report).
"""

from __future__ import annotations

from collections.abc import Callable

from data.messages import Language
from experiments.annual import parts, standing_parts
from experiments.annual.shapes import Annual, Claim
from experiments.annual.told import Told, count
from experiments.report.blocks import Bullets, Facts, Heading, Paragraph, Report, Section
from experiments.report.wording_sections import said

Builder = Callable[[Told], Section]
FINDINGS = 3
SURE = {"high": 0, "moderate": 1, "low": 2, "very_low": 3, None: 4}


def first_page(told: Told) -> Section:
    """Return five numbers, three findings, one worry, one decision."""
    document = told.document
    findings = sorted((item for item in document.claims if not item.is_harm), key=_rank)[:FINDINGS]
    sentences = tuple(told.own(item.sentence) for item in findings)
    listed = (
        Bullets(sentences, tuple(item.verdict for item in findings)) if findings else Paragraph(told.say("no_finding"))
    )
    return Section(
        "first-page",
        told.say("first_title"),
        (
            Heading(told.say("five")),
            Facts(_zone_numbers(told) if document.scope == "zone" else _programme_numbers(told)),
            Heading(told.say("three")),
            listed,
            Heading(told.say("one_worry")),
            Paragraph(_worry(told)),
            Heading(told.say("one_decision")),
            Paragraph(told.say(f"decide_{document.worry}")),
        ),
    )


def _rank(claim: Claim) -> tuple[bool, int, str]:
    """Order findings: those that say which way before those that do not, the surer first."""
    return claim.verdict == "open", SURE[claim.certainty], claim.id


def _zone_numbers(told: Told) -> tuple[tuple[str, str], ...]:
    document = told.document
    zone, waves = document.zones[0], document.waves
    total = len(zone.met) + len(zone.not_met) + len(zone.no_data)
    return (
        (told.say("n_studies"), str(len(document.studies))),
        (told.say("n_followed"), count(waves[0].issued if waves else None)),
        (told.say("n_seen"), told.share(waves[-1].seen_share if waves else None)),
        (told.say("n_files"), count(document.quality[0].files if document.quality else None)),
        (told.say("n_conditions", year=zone.condition_year), told.say("ratio", n=len(zone.met), total=total)),
    )


def _programme_numbers(told: Told) -> tuple[tuple[str, str], ...]:
    document = told.document
    return (
        (told.say("n_zones"), str(len(document.zones))),
        (told.say("n_studies"), str(len(document.studies))),
        (told.say("n_files"), count(sum(item.files for item in document.quality))),
        (told.say("n_overdue"), str(sum(len(item.overdue) for item in document.zones))),
        (told.say("n_candidates"), str(sum(item.is_candidate for item in document.practices))),
    )


def _worry(told: Told) -> str:
    document, kind = told.document, told.document.worry
    by_zone = {
        "overdue": lambda zone: told.listed([str(year) for year in zone.overdue]),
        "documents": lambda zone: told.listed([told.kind(code) for code in zone.missing_documents]),
        "conditions": lambda zone: told.listed(
            [told.named("fct_zone_condition", "condition_id", code) for code in zone.not_met]
        ),
    }
    if kind not in by_zone:
        return told.say(f"worry_{kind}")
    named = [(told.zone(zone.id), by_zone[kind](zone)) for zone in document.zones]
    what = "; ".join(f"{name} {text}" for name, text in named if text)
    return told.say(f"worry_{kind}", what=what)


ZONE: tuple[Builder, ...] = (
    first_page,
    parts.running,
    parts.people,
    parts.quality,
    parts.trends,
    parts.results,
    parts.harms,
    parts.context,
    parts.use,
    standing_parts.standing,
    standing_parts.conditions,
    standing_parts.indicators,
    standing_parts.practices,
    parts.ahead,
    parts.annex,
)
PROGRAMME: tuple[Builder, ...] = (
    first_page,
    standing_parts.standing,
    standing_parts.conditions,
    standing_parts.targets,
    parts.running,
    parts.results,
    parts.synthesis,
    parts.harms,
    standing_parts.practices,
    parts.people,
    parts.quality,
    parts.use,
    parts.ahead,
    parts.annex,
)


def report_of(document: Annual, language: Language) -> Report:
    """Return the report of one document, ready to be drawn as page, PDF or Word file."""
    told = Told(document, language)
    builders = ZONE if document.scope == "zone" else PROGRAMME
    sections = [build(told) for build in builders]
    name = told.zone(document.zone_id) if document.zone_id else ""
    title = told.say(f"{document.scope}_title", name=name, year=document.year)
    return Report(
        language=language,
        html_lang=said("html_lang", language),
        kicker=told.say(f"{document.scope}_report"),
        title=title,
        lead=(told.say("lead", as_of=document.as_of, release=document.release.release_id),),
        banners=_banners(document, language),
        running=f"{document.zone_id or document.scope} {document.year} · {document.release.release_id}",
        page_word=said("page", language),
        status=Facts(_status(told)),
        sections=tuple(Section(part.key, f"{n} {part.title}", part.blocks) for n, part in enumerate(sections, start=1)),
        moment=f"{document.as_of}T00:00:00+00:00",
    )


def _banners(document: Annual, language: Language) -> tuple[str, ...]:
    found = {"simulated_file": document.release.simulated, "stale": any(item.stale for item in document.studies)}
    return tuple(said(key, language) for key, holds in found.items() if holds)


def _status(told: Told) -> tuple[tuple[str, str], ...]:
    document = told.document
    scope = told.zone(document.zone_id) if document.zone_id else told.say("all_zones", n=len(document.zones))
    return (
        (told.say("scope"), scope),
        (told.say("year"), str(document.year)),
        (told.say("as_of_day"), document.as_of),
        (told.say("release"), document.release.release_id),
    )
