"""Sections that say what was found: bottom line, summary, results with the forest plot, over time, multiplicity, harms.

Belongs here: which analyses stand where. Does not: rounding (numerals), sentences, positions (forest).
"""

from __future__ import annotations

from typing import Any

from experiments.report.blocks import (
    Block,
    Box,
    Bullets,
    Column,
    Effect,
    Figure,
    Paragraph,
    Row,
    Section,
    Table,
)
from experiments.report.families import families
from experiments.report.html import LEVELS, Line, forest
from experiments.report.numerals import MINUS, decimals, high_end, low_end, shown
from experiments.report.sections.source import Source, counted, numbers, spread
from experiments.report.sentences import headline

WIDTHS = (2.6, 0.8, 1.0, 1.4, 1.5, 0.9, 1.3)


def bottom_line(source: Source) -> Section:
    """Return the locked sentences about what was to be confirmed; harms say so."""
    items = tuple(_sentence(source, item) for item in source.claims)
    marks = tuple(item.verdict for item in source.claims)
    blocks: tuple[Block, ...] = (Bullets(items, marks),) if items else (source.missing("a_confirmed_result"),)
    return Section("bottom-line", source.say("bottom_line"), blocks)


def _sentence(source: Source, item: Line) -> str:
    words = [source.say("harms")] if item.is_harm else []
    words += [source.say(item.entry["label"])] if item.entry["label"] != "confirmatory" else []
    return "".join(f"[{word}] " for word in words) + item.sentence


def summary(source: Source) -> Section:
    """Return the summary of findings by level; the row of harms always stands there."""
    rows: list[Row] = []
    for level in LEVELS:
        found = [item for item in source.claims if item.level == level and not item.is_harm]
        rows.append(Row((source.say(level),), "group"))
        rows += [_finding(source, item) for item in found] or [Row((_no_finding(source, level),), "remark")]
    harmful = [item for item in source.lines if item.is_harm]
    rows.append(Row((source.say("harms"),), "group"))
    rows += [_finding(source, item) for item in harmful] or [Row((no_harm(source),), "remark")]
    keys = ("outcome", "units", "control_mean", "effect", "intervals", "p_adjusted", "reading")
    kinds = ("text", "number", "number", "number", "number", "number", "text")
    columns = tuple(
        Column(source.say(key), "number" if kind == "number" else "text", width)
        for key, kind, width in zip(keys, kinds, WIDTHS, strict=True)
    )
    note = Paragraph(source.say("summary_note"), "note")
    return Section("summary", source.say("summary"), (note, Table(source.say("summary"), columns, tuple(rows))))


def _no_finding(source: Source, level: str) -> str:
    return source.say("level_not_estimated" if level in source.document["levels"] else "level_not_studied")


def no_harm(source: Source) -> str:
    """Return why no harm stands there."""
    return source.say("harm_not_estimated" if source.document["harm_outcomes_registered"] else "no_harm_outcome")


def _finding(source: Source, item: Line) -> Row:
    name = f"{item.outcome}\n{item.population} · {item.id}"
    effect = f"{item.estimate}\n{item.unit}"
    units = counted(item.entry["result"]["n_units"])
    return Row((name, units, item.control_mean, effect, spread(item), item.p_adjusted, told(source, item)))


def told(source: Source, item: Line) -> str:
    """Return the reading of an interval in words."""
    read = source.say(item.reading)
    return read if item.verdict == "open" else f"{read} · {source.say(item.verdict)}"


def results(source: Source) -> Section:
    """Return the forest plot with the table of its values, then every number of the confirmatory analyses."""
    blocks: list[Block] = list(_plot(source))
    if source.confirmatory:
        blocks.append(numbers(source, source.confirmatory, source.say("confirmatory")))
    else:
        blocks.append(source.missing("a_confirmatory_result"))
    blocks.append(source.missing("what_is_adjusted_for_take_up"))
    return Section("results", source.say("confirmatory_results"), tuple(blocks))


def _plot(source: Source) -> tuple[Block, ...]:
    drawn = [item for item in source.lines if item.entry["hypothesis"]["sesoi"] is not None]
    left = [item.id for item in source.lines if item not in drawn]
    rest = (Paragraph(source.say("not_drawn", ids=", ".join(left)), "note"),) if left else ()
    if not drawn:
        return rest
    figure = Figure(
        source.say("forest"),
        source.say("figure_alt", effects="; ".join(item.alt for item in drawn)),
        source.say("forest_axis"),
        tuple(_effect(source, item) for item in drawn),
        forest(drawn),
    )
    return (Paragraph(source.say("forest_note"), "note"), figure, _multiples(source, drawn), *rest)


def _effect(source: Source, item: Line) -> Effect:
    notes = [item.population]
    notes += [source.say("harms")] if item.is_harm else []
    notes += [] if item.confirmatory else [source.say("exploratory")]
    return Effect(item.outcome, " · ".join(notes), f"{item.estimate} {item.unit}".strip(), spread(item))


def _multiples(source: Source, drawn: list[Line]) -> Table:
    columns = (
        Column(source.say("outcome"), width=2.6),
        Column(source.say("effect"), "number", 1.5),
        Column(source.say("intervals"), "number", 1.4),
        Column(source.say("sesoi"), "number"),
        Column(source.say("multiple"), "number"),
        Column(source.say("reading"), width=1.4),
    )
    return Table(source.say("forest_table"), columns, tuple(_multiple(source, item) for item in drawn))


def _multiple(source: Source, item: Line) -> Row:
    sesoi = item.entry["hypothesis"]["sesoi"]
    ratio = shown(headline(item.entry)["estimate"] / sesoi, 2)
    name, effect = f"{item.outcome}\n{item.population} · {item.id}", f"{item.estimate}\n{item.unit}"
    return Row((name, effect, spread(item), f"{sesoi:g}", ratio, told(source, item)))


def over_time(source: Source) -> Section:
    """Return the effects by period of the analyses that estimate them, then means by wave and arm, which are no effects."""
    tables = [found for item in source.lines if (found := _periods(source, item)) is not None]
    blocks: list[Block] = [*tables] if tables else [source.missing("effects_by_wave")]
    means = [_means(source, found) for found in source.accounts.get("over_time", [])]
    if means:
        blocks += [Paragraph(source.say("means_note"), "note"), *means]
    return Section("over-time", source.say("over_time"), tuple(blocks))


def _means(source: Source, found: dict[str, Any]) -> Table:
    arms = list(dict.fromkeys(arm["id"] for wave in found["waves"] for arm in wave["arms"]))
    columns = (Column(source.say("wave")), *(Column(source.arm(arm), "number") for arm in arms))
    rows = []
    for wave in found["waves"]:
        told = {arm["id"]: arm["mean"] for arm in wave["arms"]}
        rows.append(Row((wave["id"], *(_mean(source, told.get(arm)) for arm in arms))))
    return Table(
        source.say("means_caption", name=source.variable(found["dataset"], found["variable"])), columns, tuple(rows)
    )


def _mean(source: Source, value: float | None) -> str:
    return source.say("held") if value is None else f"{value:,.10g}".replace("-", MINUS)


def _periods(source: Source, item: Line) -> Table | None:
    rows = [row for row in item.entry["result"]["estimates"] if row.get("group") not in (None, "")]
    if not rows:
        return None
    columns = (
        Column(source.say("period")),
        Column(source.say("effect"), "number"),
        Column(source.say("intervals"), "number"),
    )
    return Table(f"{item.outcome} · {item.id} · {item.unit}", columns, tuple(_period(row) for row in rows))


def _period(row: dict[str, Any]) -> Row:
    places = decimals(row["std_error"], row["estimate"] or 0.0)
    interval = f"{low_end(row['conf_low'], places)} … {high_end(row['conf_high'], places)}"
    return Row((str(row["group"]), shown(row["estimate"], places), interval))


def multiplicity(source: Source) -> Section:
    """Return how tests were corrected together: family, number of tests, p-values before and after."""
    found = [item for item in source.lines if item.entry["adjusted"]]
    if not found:
        return Section("multiplicity", source.say("multiplicity"), (Paragraph(source.say("no_family")),))
    keys = (("outcome", 2.6), ("family", 1.4), ("tests", 0.8), ("p", 0.8), ("p_adjusted", 0.9))
    numeric = ("tests", "p", "p_adjusted")
    columns = tuple(Column(source.say(key), "number" if key in numeric else "text", width) for key, width in keys)
    table = Table(source.say("multiplicity"), columns, tuple(_corrected(item) for item in found))
    told = Bullets(tuple(families(source.document, source.language)))
    return Section("multiplicity", source.say("multiplicity"), (told, table))


def _corrected(item: Line) -> Row:
    done = item.entry["adjusted"]
    return Row((f"{item.outcome}\n{item.id}", done["family_id"], str(done["n_tests"]), item.p_tested, item.p_adjusted))


def exploratory(source: Source) -> Section:
    """Return the exploratory results in a box of their own."""
    title = source.say("exploratory_results")
    if not source.exploratory:
        return Section("exploratory", title, (Paragraph(source.say("no_exploratory")),))
    note = Paragraph(source.say("exploratory_note"), "note")
    box = Box((note, numbers(source, source.exploratory, source.say("exploratory"))))
    return Section("exploratory", title, (box,))
