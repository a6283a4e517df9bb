"""Sections of annual reports on where zones stand: life cycle, conditions, indicators, targets, practices.

Belongs here: those sections. Does not: judging them (quality.programme).
"""

from __future__ import annotations

from experiments.annual.shapes import Practice, Target, ZoneStanding
from experiments.annual.told import Told, figures
from experiments.report.blocks import Block, Bullets, Column, Paragraph, Row, Section, Table
from experiments.report.numerals import NO_NUMBER


def standing(told: Told) -> Section:
    """Return state, missing documents and overdue reports of each zone."""
    title = told.say("standing_title")
    columns = (
        Column(told.say("zone"), width=1.4),
        Column(told.say("stage"), width=1.2),
        Column(told.say("since"), width=1.1),
        Column(told.say("missing_documents"), width=2.0),
        Column(told.say("overdue"), width=1.2),
    )
    return Section(
        "standing", title, (Table(title, columns, tuple(_zone(told, item) for item in told.document.zones)),)
    )


def _zone(told: Told, item: ZoneStanding) -> Row:
    state = told.named("fct_zone_state", "state_code", item.state) if item.state else NO_NUMBER
    documents = told.listed([told.kind(code) for code in item.missing_documents]) or NO_NUMBER
    overdue = told.listed([str(year) for year in item.overdue]) or NO_NUMBER
    return Row((told.zone(item.id), state, item.since or NO_NUMBER, documents, overdue))


def conditions(told: Told) -> Section:
    """Return the application conditions by status; none is carried forward."""
    title, found = told.say("conditions_title"), told.document.zones
    note = Paragraph(told.say("conditions_note", year=found[0].condition_year), "note")
    columns = (
        Column(told.say("zone"), width=1.4),
        Column(told.say("met"), "number", 0.7),
        Column(told.say("not_met"), width=2.2),
        Column(told.say("no_data"), width=2.2),
    )
    rows = tuple(
        Row((told.zone(item.id), str(len(item.met)), _conditions(told, item.not_met), _conditions(told, item.no_data)))
        for item in found
    )
    return Section("conditions", title, (note, Table(title, columns, rows)))


def _conditions(told: Told, codes: tuple[str, ...]) -> str:
    return told.listed([told.named("fct_zone_condition", "condition_id", code) for code in codes]) or NO_NUMBER


def indicators(told: Told) -> Section:
    """Return what the zone reported of the year, beside the year before."""
    title, found, year = told.say("indicators_title"), told.document.indicators, told.document.year
    if not found:
        return Section("indicators", title, (told.missing("no_indicator"),))
    columns = (
        Column(told.say("indicator"), width=2.6),
        Column(told.say("value_year", year=year - 1), "number"),
        Column(told.say("value_year", year=year), "number"),
    )
    rows = tuple(Row((told.indicator(item.indicator), figures(item.before), figures(item.value))) for item in found)
    note = Paragraph(told.say("indicator_note", basis=told.say("current")), "note")
    return Section("indicators", title, (note, Table(title, columns, rows)))


def targets(told: Told) -> Section:
    """Return progress against the national targets."""
    title = told.say("targets_title")
    columns = (
        Column(told.say("target"), width=1.6),
        Column(told.say("by_year"), "number", 0.7),
        Column(told.say("bn"), "number", 1.2),
        Column(told.say("of_target"), "number", 1.2),
        Column(told.say("share_of"), "number", 0.9),
        Column(told.say("reporting"), "number", 0.9),
    )
    rows = tuple(_target(told, item) for item in told.document.targets)
    note = Paragraph(told.say("targets_note", year=told.document.year), "note")
    body: tuple[Block, ...] = (note, Table(title, columns, rows)) if rows else (told.missing("no_indicator"),)
    return Section("targets", title, body)


def _target(told: Told, item: Target) -> Row:
    reporting = f"{item.zones_reporting}/{item.zones_expected}"
    sizes = (figures(item.zones_bn_rmb), figures(item.threshold_bn_rmb))
    return Row((f"{item.id}\n{item.year}", str(item.by_year), *sizes, told.share(item.zones_share), reporting))


def practices(told: Told) -> Section:
    """Return the practices that were proposed, those with evidence first."""
    title, found = told.say("practices_title"), told.document.practices
    ordered = sorted(found, key=lambda item: (not item.is_candidate, item.id))
    lines = tuple(_practice(told, item) for item in ordered)
    return Section("practices", title, (Bullets(lines) if lines else Paragraph(told.say("no_practice")),))


def _practice(told: Told, item: Practice) -> str:
    by = told.say("practice_by", id=item.experiment_id) if item.experiment_id else ""
    by += "" if item.is_candidate else told.say("practice_claim")
    return told.say("practice", id=item.id, zone=told.zone(item.zone_id), date=item.proposed, title=item.title, by=by)
