"""Sections of annual reports on experiments, people, data, results and harm.

Belongs here: those sections. Does not: the zones' standing (standing_parts), the first page (sections).
"""

from __future__ import annotations

from experiments.annual.shapes import Claim, Study, Trend
from experiments.annual.told import Told, count, effect, figures, interval, span
from experiments.report.blocks import Block, Bullets, Column, Facts, Paragraph, Pre, Row, Section, Table
from experiments.report.numerals import NO_NUMBER

LEVELS = ("individual", "organisation", "society")


def running(told: Told) -> Section:
    """Return the experiments with their AI services and dates."""
    title, found = told.say("running_title"), told.document.studies
    if not found:
        return Section("running", title, (Paragraph(told.say("no_study")),))
    columns = (
        Column(told.say("experiment"), width=3.0),
        Column(told.say("systems"), width=2.0),
        Column(told.say("from_to"), width=1.6),
        Column(told.say("zones_n"), "number", 0.7),
    )
    return Section("running", title, (Table(title, columns, tuple(_study(told, item) for item in found)),))


def _study(told: Told, item: Study) -> Row:
    dates = f"{item.dates.get('study_start', NO_NUMBER)}\n{item.dates.get('study_end', NO_NUMBER)}"
    systems = told.listed([told.own(name) for name in item.systems]) or NO_NUMBER
    state = told.say("is_published" if item.published else "is_draft")
    return Row((f"{told.own(item.title)}\n{item.id} v{item.version} · {state}", systems, dates, str(len(item.zones))))


def people(told: Told) -> Section:
    """Return units issued and seen by wave; counts are rounded, small ones not told."""
    title, found = told.say("people_title"), told.document.waves
    if not found:
        return Section("people", title, (told.missing("no_waves"), told.missing("under_represented")))
    if told.document.scope == "programme":
        return Section("people", title, (_everywhere(told), told.missing("under_represented")))
    columns = (
        Column(told.say("wave")),
        Column(told.say("year"), "number"),
        Column(told.say("issued"), "number"),
        Column(told.say("seen_share"), "number"),
    )
    rows = []
    for item in found:
        name = item.id.removeprefix(f"{item.zone_id}-")
        issued = told.say("held") if item.issued is None else count(item.issued)
        rows.append(Row((name, str(item.year), issued, told.held(item.seen_share))))
    return Section("people", title, (Table(title, columns, tuple(rows)), told.missing("under_represented")))


def _everywhere(told: Told) -> Table:
    """Return the share seen of those issued: zones down, waves across."""
    found = told.document.waves
    names = list(dict.fromkeys(item.id.removeprefix(f"{item.zone_id}-") for item in found))
    shares = {item.id: item.seen_share for item in found}
    columns = (Column(told.say("zone"), width=1.6), *(Column(name, "number") for name in names))
    rows = tuple(
        Row((told.zone(zone), *(told.held(shares.get(f"{zone}-{name}")) for name in names)))
        for zone in dict.fromkeys(item.zone_id for item in found)
    )
    return Table(told.say("n_seen_each"), columns, rows)


def quality(told: Told) -> Section:
    """Return what was sent and what became of its rows, and why rows were held back."""
    title, found = told.say("quality_title"), told.document.quality
    keys = ("files", "read", "accepted", "quarantined", "corrected")
    columns = (Column(told.say("zone"), width=1.6), *(Column(told.say(key), "number") for key in keys))
    rows = tuple(
        Row(
            (
                told.zone(item.id),
                *map(count, (item.files, item.rows_read, item.rows_accepted, item.rows_quarantined, item.corrections)),
            )
        )
        for item in found
    )
    blocks: list[Block] = [Table(title, columns, rows)]
    reasons: dict[str, int] = {}
    for item in found:
        for code, number in item.reasons.items():
            reasons[code] = reasons.get(code, 0) + number
    if reasons:
        what = told.listed([f"{code} {number:,}" for code, number in sorted(reasons.items())])
        blocks.append(Paragraph(told.say("why_held", what=what)))
    return Section("quality", title, tuple(blocks))


def trends(told: Told) -> Section:
    """Return outcomes over time by level, described and not explained."""
    title, found = told.say("trends_title"), told.document.trends
    if not found:
        return Section("trends", title, (told.missing("no_trend"),))
    ordered = sorted(found, key=lambda item: LEVELS.index(item.level))
    tables = tuple(_trend(told, item) for item in ordered)
    return Section("trends", title, (Paragraph(told.say("trend_note"), "note"), *tables))


def _trend(told: Told, item: Trend) -> Table:
    columns = (
        Column(told.say("period")),
        Column(told.say("here"), "number"),
        Column(told.say("intervals"), "number", 1.4),
        Column(told.say("others"), "number"),
    )
    rows = tuple(
        Row((point.id, _held(told, point.mean), span(point.low, point.high), figures(point.others)))
        for point in item.points
    )
    caption = f"{told.own(item.name)} · {told.own(item.unit)} · {told.say(item.level)} · {item.experiment_id}"
    return Table(caption, columns, rows)


def _held(told: Told, value: float | None) -> str:
    return told.say("held") if value is None else figures(value)


def results(told: Told) -> Section:
    """Return the experiments' results, word for word."""
    title, found = told.say("results_title"), [item for item in told.document.claims if not item.is_harm]
    if not found:
        return Section("results", title, (Paragraph(told.say("no_finding")),))
    items = tuple(f"[{item.experiment_id}] {told.own(item.sentence)}" for item in found)
    return Section(
        "results",
        title,
        (Paragraph(told.say("results_note"), "note"), Bullets(items, tuple(item.verdict for item in found))),
    )


def synthesis(told: Told) -> Section:
    """Return each result pooled over zones, with the interval for a new one."""
    title, found = told.say("synthesis_title"), [item for item in told.document.claims if item.pooled is not None]
    if not found:
        return Section("synthesis", title, (told.missing("prediction"),))
    columns = (
        Column(told.say("outcome"), width=2.4),
        Column(told.say("zones_pooled"), "number", 0.7),
        Column(told.say("pooled"), "number", 1.2),
        Column(told.say("between"), "number", 0.7),
        Column(told.say("prediction_interval"), "number", 1.6),
    )
    note = Paragraph(told.say("synthesis_note"), "note")
    return Section("synthesis", title, (note, Table(title, columns, tuple(_pooled(told, item) for item in found))))


def _pooled(told: Told, item: Claim) -> Row:
    name = f"{told.own(item.outcome)}\n{item.id}"
    size = f"{effect(item, item.pooled)}\n{told.own(item.unit)}"
    between = NO_NUMBER if item.i2 is None else f"{item.i2:.0f} %"
    return Row((name, count(item.zones), size, between, interval(item, item.prediction_low, item.prediction_high)))


def harms(told: Told) -> Section:
    """Return what was found of harm, what the stopping rules say, platforms that were shut down; none is said so."""
    document = told.document
    found = [item for item in document.claims if item.is_harm]
    blocks: list[Block] = []
    if found:
        items = tuple(f"[{item.experiment_id}] {told.own(item.sentence)}" for item in found)
        blocks.append(Bullets(items, tuple(item.verdict for item in found)))
    else:
        blocks.append(Paragraph(told.say("no_harm_outcome")))
    rules = tuple(
        told.say("rules_of", id=item.id, crossed=item.rules_crossed, quiet=item.rules_quiet, silent=item.rules_silent)
        for item in document.studies
        if item.rules_crossed + item.rules_quiet + item.rules_silent
    )
    blocks += [Bullets(rules) if rules else Paragraph(told.say("no_rules")), _platforms(told)]
    return Section("harms", told.say("harms_title_annual"), tuple(blocks))


def _platforms(told: Told) -> Block:
    down = [item for item in told.document.platforms if item.shut_down is not None]
    lines = tuple(
        told.say(
            "platform_down",
            name=item.name,
            date=item.shut_down,
            reason=told.reason(item.reason),
            by=told.say("platform_by", id=item.harm_experiment_id) if item.harm_experiment_id else "",
        )
        for item in down
        if item.shut_down is not None and item.shut_down <= told.document.as_of
    )
    return Bullets(lines) if lines else Paragraph(told.say("no_platform"))


def context(told: Told) -> Section:
    """Return that no log of context is kept yet."""
    return Section("context", told.say("context_title"), (told.missing("context_lacks"),))


def use(told: Told) -> Section:
    """Return how the data were used."""
    found = told.document.use
    line = told.say("use_line", analyses=count(found.analyses), exports=count(found.exports))
    return Section("use", told.say("use_title"), (Paragraph(line),))


def ahead(told: Told) -> Section:
    """Return what is due in the year after."""
    lines = tuple(told.say(f"due_{item.what}", date=item.date, id=item.id) for item in told.document.due)
    return Section("ahead", told.say("next_title"), (Bullets(lines),))


def annex(told: Told) -> Section:
    """Return definitions, the pins, and how to correct an error."""
    release = told.document.release
    facts = Facts(
        (
            (told.say("release"), f"{release.release_id} · {told.say('as_of')} {release.as_of_seq}"),
            (told.say("as_of_day"), told.document.as_of),
        )
    )
    lines = Bullets(tuple(told.say(key) for key in ("annex_seen", "annex_round", "annex_correct")))
    commands = Pre((f"zonelab release verify {release.release_id}", "zonelab verify"))
    return Section("annex", told.say("annex_title"), (lines, commands, facts))
