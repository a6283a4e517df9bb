"""Sections about how far results carry: missing data, robustness, certainty, where they hold, checklist, review, history.

Belongs here: what limits a result, and saying that something is not reported. Does not: estimates (findings), the record.
"""

from __future__ import annotations

from experiments.report.beside import by_group, robust
from experiments.report.blocks import Block, Bullets, Column, Heading, Paragraph, Row, Section, Table
from experiments.report.sections.source import Source, counted

STANDARD = {
    "bottom-line": "CONSORT 1b",
    "summary": "CONSORT 26",
    "deviations": "CONSORT 2, 10",
    "question": "CONSORT 6, 7",
    "design": "CONSORT 9, 17–20",
    "flow": "CONSORT 22a–b; JARS T4",
    "baseline": "CONSORT 25",
    "delivery": "CONSORT 24a",
    "power": "CONSORT 16a",
    "results": "CONSORT 26",
    "multiplicity": "CONSORT 30",
    "attrition": "CONSORT 21c; JARS T4",
    "exploratory": "CONSORT 28",
    "harms": "CONSORT 15, 27",
    "cautions": "CONSORT 30",
    "versions": "CONSORT 4",
    "ethics": "CONSORT 5, 8",
}
"""The items of CONSORT 2025 and JARS that a section answers."""


def attrition(source: Source) -> Section:
    """Return how many rows a missing value cost each analysis; bounds do not stand in the results."""
    told = tuple(
        f"{item.id}{source.say('colon')}{source.say('dropped', n=counted(left), total=counted(total))}"
        for item in source.lines
        if (left := item.entry["result"]["diagnostics"].get("n_incomplete"))
        and (total := item.entry["result"]["diagnostics"].get("n_after_filter")) is not None
    )
    complete = Paragraph(source.say("no_row_left_out")) if source.lines else source.missing("a_result")
    blocks: tuple[Block, ...] = (Bullets(told),) if told else (complete,)
    return Section("attrition", source.say("attrition_title"), (*blocks, source.missing("attrition_bounds")))


def robustness(source: Source) -> Section:
    """Return both answers of few clusters and the effects without each zone; a curve of specifications is not in the results."""
    told = source.beside(robust)
    notes = [item.entry["result"]["diagnostics"] for item in source.lines]
    lacks = [] if any("leave_one_out" in note for note in notes) else ["left_out_each"]
    few = [answers for note in notes for answers in note.get("few_clusters", {}).values()]
    lacks += [] if any("randomisation" in answers for answers in few) else ["randomisation"]
    blocks: tuple[Block, ...] = (Bullets(told),) if told else ()
    missing = [source.missing(key) for key in ("specification_curve", *lacks)]
    return Section("robustness", source.say("robustness_title"), (*blocks, *missing))


def heterogeneity(source: Source) -> Section:
    """Return the effects by group, where an analysis has them."""
    told = source.beside(by_group)
    blocks: tuple[Block, ...] = (Bullets(told),) if told else (source.missing("subgroups"),)
    return Section("heterogeneity", source.say("heterogeneity_title"), blocks)


def certainty(source: Source) -> Section:
    """Return that nobody has rated yet."""
    return Section("certainty", source.say("certainty_title"), (source.missing("ratings"),))


def elsewhere(source: Source) -> Section:
    """Return that no prediction for a new zone stands in the results."""
    return Section("elsewhere", source.say("elsewhere_title"), (source.missing("prediction"),))


def cautions(source: Source) -> Section:
    """Return what the estimators warned of."""
    told = tuple(f"{item.id}{source.say('colon')}{said}" for item in source.lines for said in item.warnings)
    blocks: tuple[Block, ...] = (Heading(source.say("estimators_said")),)
    blocks += (Bullets(told),) if told else (Paragraph(source.say("no_cautions")),)
    return Section("cautions", source.say("limits_title"), (*blocks, source.missing("judgement")))


def plain_language(source: Source) -> Section:
    """Return that no plain-language page was written."""
    return Section("plain-language", source.say("plain_title"), (source.missing("plain_page"),))


def checklist(source: Source, sections: tuple[Section, ...]) -> Section:
    """Return which sections are filled, in part or not at all, beside the items of the reporting standards."""
    columns = (
        Column(source.say("section"), width=2.4),
        Column(source.say("standard"), width=1.6),
        Column(source.say("state"), width=1.2),
    )
    rows = tuple(
        Row((f"{n} {part.title}", STANDARD.get(part.key, "–"), source.say(f"state_{part.state}")))
        for n, part in enumerate(sections, start=1)
    )
    note = Paragraph(source.say("checklist_note"), "note")
    table = Table(source.say("checklist_title"), columns, rows)
    return Section("checklist", source.say("checklist_title"), (note, table))


def review(source: Source) -> Section:
    """Return that nobody has reviewed yet."""
    return Section("review", source.say("review_title"), (source.missing("comments"),))


def history(source: Source) -> Section:
    """Return that no earlier version of the report is known."""
    return Section("history", source.say("history_title"), (source.missing("earlier_reports"),))
