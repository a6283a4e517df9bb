"""One variable in full: what it asks, holds, compares with and comes from.

Belongs here: the sections of the Variable page. Does not: who may see which (app_pages.variable), counts (quality.codebook).
"""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from apps.viewer.codebook_reads import LEVELS, Found
from apps.viewer.components import figure, markup, spread, waves
from apps.viewer.components.names import COMPARED, GRADES, KINDS, PROCESSING, TRANSFORMS
from apps.viewer.desk import link
from apps.viewer.language import number, own, spoken, t
from data.messages import Text
from data.releases import Release
from quality.codebook.comparability import Compared
from quality.codebook.describe import Asked
from quality.codebook.files import NO_REASON
from quality.codebook.protection import Shown
from quality.disclosure import MIN_CELL
from quality.exports.statuses import STATUS_LABELS


def over(item: Found) -> markup.Html:
    """Return the line above the title: name, table, grade."""
    kind: markup.Kind = "plain" if item.entry.grade == "none" else "unsure"
    tags = [
        markup.code(item.entry.name),
        markup.tag(own(item.table.title)),
        markup.tag(t(GRADES[item.entry.grade]), kind),
    ]
    return markup.Html(" ".join(tag.text for tag in tags))


def lead(item: Found) -> str:
    """Return what the variable is in the reader's language: the question, else the English description."""
    if item.entry.asked:
        return own(item.entry.asked[0].question)
    return item.entry.description if spoken() == "en" else ""


def copy_link(item: Found) -> None:
    """Show the address of this variable with a button that copies it."""
    base = (st.context.url or "variable").split("?")[0]
    st.html(f'<p class="zl-note">{markup.safe(t("Link to this variable (without your cart):"))}</p>')
    st.code(f"{base}?{urlencode({'lang': spoken(), 'v': item.code})}", language=None, wrap_lines=True)


def breaks(item: Found) -> None:
    """Say above everything else where the series breaks."""
    told = {(each.wave_first, each.broken.en): each.broken for each in item.entry.compared if each.broken is not None}
    lines = [t("From {wave} on: {note}", wave=wave, note=own(text)) for (wave, _), text in sorted(told.items())]
    if lines:
        markup.callout(t("Not one series"), lines, "warning")


def facts(item: Found) -> None:
    """Show the facts that fit on a line."""
    entry = item.entry
    rows: list[tuple[str, object]] = [
        (t("Type"), t(KINDS.get(entry.kind, entry.kind))),
        (t("Level of the units"), t(LEVELS[item.level])),
        (t("Processing"), t(PROCESSING[entry.level])),
        (t("Disclosure grade"), t(GRADES[entry.grade])),
    ]
    rows += [(t("Unit"), markup.code(entry.unit))] if entry.unit else []
    rows += [(t("Concept"), own(item.concept))] if item.concept else []
    markup.strip(rows)


def asked(item: Found) -> None:
    """Show how each contract asks it."""
    if not item.entry.asked:
        return
    markup.heading(t("What is asked"))
    for each in item.entry.asked:
        rows: list[tuple[str, object]] = [
            (t("Question"), own(each.question)),
            (t("Asked of"), own(each.universe)),
            (t("Asked if"), markup.code(each.routing) if each.routing else t("always")),
            (t("Instrument versions"), _instruments(each)),
            (
                t("Source"),
                markup.Html(f"{markup.safe(own(each.title))} {markup.code(f'{each.contract}.{each.column}').text}"),
            ),
        ]
        rows += [(t("Prices"), each.prices)] if each.prices else []
        markup.facts(rows)


def _instruments(each: Asked) -> markup.Html:
    parts = [
        f"{markup.code(version).text} {markup.safe(t(', ').join(named) if named else t('every wave'))}"
        for version, named in each.instruments
    ]
    told = t("; ").join(parts) if each.instruments[0][0] != "*" else markup.safe(t("one version, every wave"))
    return markup.Html(f"{told} <small>{markup.safe(t('contract {version}', version=each.version))}</small>")


def codes(item: Found) -> None:
    """Show what the codes mean, without counts."""
    if item.entry.codes:
        markup.heading(t("Codes"))
        rows = [[markup.code(code), own(text)] for code, text in item.entry.codes.items()]
        markup.table([markup.Column(t("Code")), markup.Column(t("Meaning"), "prose")], rows, t("Codes"))


def distribution(item: Found, shown: Shown) -> None:
    """Show codes with their counts, or the spread of a number."""
    if item.entry.codes:
        markup.heading(t("Codes"), t("Rows over all waves."))
        _counted_codes(item, shown)
    elif shown.mean is not None:
        markup.heading(t("Distribution"), t("Rows over all waves that have a value."))
        drawn = spread.spread(shown, own(item.entry.label), item.entry.unit)
        columns = [markup.Column(t("What")), markup.Column(t("Value"), "number")]
        rows = [[name, spread.told(value)] for name, value in spread.numbers(shown)]
        figure.show([drawn] if drawn else [], columns, rows, t("Distribution"))
    if shown.held or (item.entry.codes and None in shown.codes.values()):
        markup.note(
            t(
                "Some numbers are not shown: they rest on fewer than {n} units, or would give such numbers away.",
                n=MIN_CELL,
            )
        )


def _counted_codes(item: Found, shown: Shown) -> None:
    total = sum(rows or 0 for rows in shown.codes.values()) or 1
    body = []
    for code, text in item.entry.codes.items():
        rows = shown.codes.get(code)
        bar = "" if rows is None else f'<span class="zl-inbar" style="width:{100 * rows / total:.1f}%"></span>'
        told = "·" if rows is None else number(rows)
        body.append([markup.code(code), own(text), told, markup.Html(bar)])
    columns = [
        markup.Column(t("Code")),
        markup.Column(t("Meaning"), "prose"),
        markup.Column(t("Rows"), "number"),
        markup.Column(t("Share")),
    ]
    markup.table(columns, body, t("Codes with their rows"))


def waves_table(release: Release, item: Found, shown: Shown) -> None:
    """Show rows, values and reasons of absence by wave."""
    markup.heading(t("By wave"), t("Rows with a value, and why the others have none."))
    st.html(waves.strip(shown, {each.wave_first for each in item.entry.compared if each.broken is not None}))
    there = [wave for wave in shown.waves if wave.rows is None or wave.rows]
    if not there:
        markup.callout(
            t("Nothing to show"), [t("The table has no rows in {release}.", release=release.release_id)], "empty"
        )
        return
    reasons = sorted({status for wave in there for status in wave.missing}, key=lambda status: (status < 0, status))
    heads = [
        t("Rows"),
        t("With a value"),
        t("Share"),
        *(own(STATUS_LABELS.get(status, NO_REASON)) for status in reasons),
    ]
    columns = [markup.Column(t("Wave")), *(markup.Column(head, "number") for head in heads)]
    rows = [
        [wave.wave or t("All rows"), _cell(wave.rows), _cell(wave.valid), waves.told(wave)]
        + [_cell(wave.missing.get(status, 0)) for status in reasons]
        for wave in there
    ]
    caption = t("Rows by wave and reason of absence")
    if len(rows) > waves.MANY:
        with st.expander(t("All {n} waves", n=len(rows))):
            markup.table(columns, rows, caption)
    else:
        markup.table(columns, rows, caption)
    waves.explain()


def _cell(rows: int | None) -> str:
    return "·" if rows is None else number(rows)


def compared(item: Found) -> None:
    """Show how sources and waves compare, as the release itself says."""
    if not item.entry.compared:
        return
    markup.heading(t("Comparability"), t("How each source measures it, wave by wave."))
    heads = [t("Source"), t("Waves"), t("Columns"), t("How it is made"), t("Comparable")]
    columns = [*(markup.Column(head) for head in heads), markup.Column(t("Why"), "prose")]
    markup.table(columns, [_compared_cells(each) for each in item.entry.compared], t("Comparability"))


def _compared_cells(each: Compared) -> list[object]:
    if each.wave_first == "*":
        run = t("every wave")
    else:
        run = each.wave_first if each.wave_first == each.wave_last else f"{each.wave_first} – {each.wave_last}"
    notes: list[Text] = [text for text in (each.note, each.broken) if text is not None]
    return [
        markup.code(each.instance),
        run,
        markup.Html(" ".join(markup.code(name).text for name in each.sources)),
        t(TRANSFORMS.get(each.transform, each.transform)),
        t(COMPARED.get(each.comparability, each.comparability)),
        " ".join(own(text) for text in notes) or "–",
    ]


def lineage(item: Found) -> None:
    """Show the way from the archive to the table."""
    way = item.table.way
    markup.heading(t("Source and way here"))
    if way is None:
        markup.note(t("The present code makes no such table: the way is not known."))
        return

    def codes_of(names: tuple[str, ...], joined: str) -> markup.Html:
        return markup.Html(joined.join(markup.code(name).text for name in names) or "–")

    table = markup.Html(f"{markup.safe(own(item.table.title))} {markup.code(item.table.name).text}")
    around = link("variables", t("all variables of the table"), table=item.table.name)
    rows: list[tuple[str, object]] = [
        (t("Table"), markup.Html(f"{table.text} · {around.text}")),
        (t("One row per"), codes_of(item.table.key, " + ")),
        (t("Contracts"), codes_of(way.sources, " ")),
        (t("Reference tables"), codes_of(way.seeds, " ")),
        (t("Models in order"), codes_of(way.models, " → ")),
        (t("Steps"), number(way.steps)),
    ]
    markup.facts(rows)
