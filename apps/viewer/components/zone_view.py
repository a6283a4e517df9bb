"""Pieces of the page Zone: headline numbers, experiments, standing in the programme, completeness, documents.

Belongs here: wording and tables. Does not: SQL (zone_reads), what counts as overdue or met (quality.programme).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import pyarrow.parquet as pq

from apps.viewer.components import markup
from apps.viewer.components.shares import share_text, units_text
from apps.viewer.components.states import operational_name, state_tag
from apps.viewer.desk import link
from apps.viewer.language import N_, day, number, own, t
from apps.viewer.measures import PANELS, measure_name
from apps.viewer.registry_reads import Row
from apps.viewer.zone_reads import Filled, ZoneRow
from data.codebooks import codebooks
from data.contracts import load_contract
from data.messages import Text
from data.reference import Zone
from data.releases import Release
from quality.programme import MARTS, Report, ZoneStatus, programme_status

LEVELS = {
    "municipality": N_("Municipality"),
    "sub_provincial_city": N_("Sub-provincial city"),
    "prefecture_level_city": N_("Prefecture-level city"),
    "county": N_("County"),
}
REPORT_STATES: dict[str, tuple[str, markup.Kind]] = {
    "submitted": (N_("sent in time"), "good"),
    "submitted_late": (N_("sent late"), "unsure"),
    "overdue": (N_("overdue"), "bad"),
    "due": (N_("not yet due"), "plain"),
}
NEWEST = 12
"""Documents that are listed."""


def level(zone: Zone) -> str:
    """Return what kind of place a zone is."""
    return t(LEVELS.get(zone.level, zone.level))


def tiles(row: ZoneRow) -> list[tuple[str, str, str]]:
    """Return the zone's headline numbers."""
    wave = row.latest_wave or "–"
    return [
        (t("Participants"), units_text(row.participants), t("people in the panel")),
        (t("Response"), share_text(row.response), t("of the roster, wave {wave}", wave=wave)),
        (t("Retained"), share_text(row.retained), t("of those seen in the first wave")),
        (t("Organisations"), units_text(row.organisations), t("reporting by quarter")),
        (t("Districts"), number(row.districts), t("with hourly sensors")),
        (t("Latest data"), day(row.last_data), t("last day observed")),
    ]


def experiment_columns() -> list[markup.Column]:
    """Return the columns of the zone's experiments."""
    plain = [markup.Column(name) for name in (t("Status"), t("In the zones"), t("Registered"))]
    return [markup.Column(t("Experiment"), "prose"), *plain, markup.Column(t("Report"))]


def experiment_cells(row: Row) -> markup.Cells:
    """Return one experiment with the way to its plan and its report."""
    opener = link("experiment", own(row.title) or t("Hidden until the embargo ends"), id=row.experiment_id)
    return [
        markup.Html(f"{opener.text}<small>{markup.code(row.experiment_id).text}</small>"),
        state_tag(row.state),
        t(", ").join(operational_name(code) for code in row.statuses) or "–",
        day(datetime.fromisoformat(row.registered_at).date()) if row.registered_at else "–",
        link("report", t("Open"), experiment=row.experiment_id),
    ]


def programme(release: Release, zone: Zone) -> None:
    """Show the zone's state, conditions, missing documents and annual reports, as of the day the release was built."""
    as_of = datetime.fromisoformat(release.built_at).date()
    markup.heading(t("Standing in the programme"), t("As of {day}, by the documents in this release.", day=day(as_of)))
    if any(mart not in release.tables for mart in MARTS):
        said = t("This release holds no documents of the programme. They come with the next one that is built.")
        markup.callout(t("Nothing to show"), [said], "empty")
        return
    (status,) = programme_status(release, as_of, (zone.zone_id,)).zones
    markup.facts(_facts(status))
    columns = [
        markup.Column(t("Annual report of")),
        markup.Column(t("Due")),
        markup.Column(t("Sent")),
        markup.Column(t("State")),
    ]
    if status.reports:
        markup.table(columns, [_report(item) for item in reversed(status.reports)], t("Annual reports"))
    else:
        markup.note(t("No annual report is due yet."))


def _facts(status: ZoneStatus) -> list[tuple[str, object]]:
    conditions = codebooks().panels["fct_zone_condition"].columns["condition_id"].codes or {}
    states = codebooks().panels["fct_zone_state"].columns["state_code"].codes or {}
    since = t(", since {day}", day=day(status.since)) if status.since else ""
    year = str(status.condition_year)
    return [
        (t("State"), _named(states, (status.state,) if status.state else ()) + since),
        (t("Conditions met in {year}", year=year), _named(conditions, status.conditions["met"])),
        (t("Conditions not met in {year}", year=year), _named(conditions, status.conditions["not_met"])),
        (t("Conditions without a figure for {year}", year=year), _named(conditions, status.conditions["no_data"])),
        (t("Documents missing from its file"), _named(_kinds(), status.missing_documents)),
    ]


def _kinds() -> dict[str, Text]:
    return load_contract("zone_document").column("kind_code").codes or {}


def _named(words: dict[str, Text], codes: Sequence[str]) -> str:
    return t("; ").join(own(words.get(code, code)) for code in codes) or t("none")


def _report(item: Report) -> markup.Cells:
    word, kind = REPORT_STATES[item.status]
    return [str(item.report_year), day(item.due_date), day(item.submitted_date), markup.tag(t(word), kind)]


def quality(found: Sequence[Filled], zone: Zone) -> None:
    """Show how complete the zone's outcomes are in the newest period that has any."""
    markup.heading(
        t("How complete the data are"),
        t("Share of units on the roster that have a value in the newest period with any."),
    )
    columns = [markup.Column(t("Outcome"), "prose"), markup.Column(t("Panel")), markup.Column(t("Period"))]
    rows = [_filled(each) for each in found]
    markup.table([*columns, markup.Column(t("Units with a value"), "number")], rows, t("How complete the data are"))
    markup.lines([link("panel", t("What is missing, by variable and wave"), tab="quality", zone=zone.zone_id)])


def _filled(each: Filled) -> markup.Cells:
    panel = PANELS[each.mart]
    measure = next(item for item in panel.outcomes if item.column == each.column)
    return [measure_name(measure), t(panel.label), each.period, share_text(each.share)]


def context(release: Release, zone: Zone) -> None:
    """Show what is on record around the data: the newest documents of the zone."""
    if "fct_zone_document" not in release.tables:
        return
    table = pq.read_table(release.table("fct_zone_document"), filters=[("zone_id", "=", zone.zone_id)])
    found = sorted(
        table.to_pylist(), key=lambda row: (row["issued_date"] or date.min, row["document_id"]), reverse=True
    )
    if not found:
        return
    markup.heading(t("Documents on record"))
    columns = [markup.Column(t("Date")), markup.Column(t("Document"), "prose"), markup.Column(t("Number"))]
    rows = [
        [
            day(row["issued_date"]),
            own(_kinds().get(row["kind_code"], row["kind_code"])),
            markup.code(row["document_id"]),
        ]
        for row in found[:NEWEST]
    ]
    markup.table(columns, rows, t("Documents on record"))
    if len(found) > NEWEST:
        markup.note(t("The newest {k} of {n} documents.", k=NEWEST, n=len(found)))
