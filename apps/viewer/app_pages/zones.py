"""Page Zones: which pilot zones are in the release, how many take part, how many came back.

Belongs here: the order of things on the page. Does not: numbers (reads), drawing (components).
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from apps.viewer import zone_reads
from apps.viewer.components import address, charts, figure, markup, zone_view
from apps.viewer.components.shares import share_text, units_text
from apps.viewer.desk import Desk, link
from apps.viewer.language import N_, day, number, own, t
from data.paths import Workspace
from data.reference import Zone, zones
from data.releases import Release
from quality.disclosure import MIN_CELL

TITLE = N_("Zones")
GROUP = "browse"
ROLES: tuple[str, ...] = ()


def tables(release: Release) -> tuple[str, ...]:
    """Return the tables that the page shows."""
    shown = ("panel_individual_wave", "panel_organisation_quarter", "panel_district_month")
    return tuple(name for name in shown if name in release.tables)


def show(desk: Desk, release: Release) -> None:
    """Show the page for `release`."""
    workspace = desk.workspace
    rows = {row.zone_id: row for row in zone_reads.zone_rows(workspace.home, release.release_id)}
    markup.title(t("Pilot zones"), lead=_lead(rows))
    _tiles(workspace, release, rows)
    left, right = st.columns([3, 2], gap="large")
    with right:
        chosen = _pick(rows)
        markup.heading(t("Response by zone"), t("Share of the roster interviewed in the latest wave."))
        markup.bars([_bar(zone, rows.get(zone.zone_id)) for zone in zones().values()])
    with left:
        _map(rows, chosen)
    markup.heading(t("Zone by zone"))
    markup.table(
        _columns(),
        [_cells(zone, rows.get(zone.zone_id), chosen) for zone in zones().values()],
        t("Pilot zones in this release"),
    )
    _explain()


def _explain() -> None:
    response = t("Response: share of the roster interviewed in the zone's latest wave.")
    retained = t("Retained: share of those seen in the first wave who were seen in the latest.")
    small = t("Counts from 1 to {n} are not shown; shares that would reveal them are told as a bound.", n=MIN_CELL - 1)
    for sentence in (response, retained, small):
        markup.note(sentence)


def _lead(rows: dict[str, zone_reads.ZoneRow]) -> str:
    known = [zone for zone in zones() if zone in rows]
    missing = [own(zone.name) for zone in zones().values() if zone.zone_id not in rows]
    said = t("{n} of {total} pilot zones have data in this release.", n=len(known), total=len(zones()))
    return said if not missing else said + t(" Without data: {names}.", names=t(", ").join(missing))


def _tiles(workspace: Workspace, release: Release, rows: dict[str, zone_reads.ZoneRow]) -> None:
    shares = zone_reads.programme_shares(workspace.home, release.release_id)
    totals = [
        sum(getattr(row, name) or 0 for row in rows.values()) for name in ("participants", "organisations", "districts")
    ]
    days = [row.last_data for row in rows.values() if row.last_data]
    markup.tiles(
        [
            (t("Participants"), number(totals[0]), t("people in the panel")),
            (t("Response"), share_text(shares.get("response")), t("of the roster, latest wave")),
            (t("Retained"), share_text(shares.get("retained")), t("of those seen in the first wave")),
            (t("Organisations"), number(totals[1]), t("reporting by quarter")),
            (t("Districts"), number(totals[2]), t("with hourly sensors")),
            (t("Latest data"), day(max(days, default=None)), t("last day observed")),
        ]
    )


def _pick(rows: dict[str, zone_reads.ZoneRow]) -> str | None:
    names = {zone.zone_id: own(zone.name) for zone in zones().values()}
    unknown = address.code("zone")
    chosen = address.choose("zone", t("Mark a zone"), names, every=t("None"))
    if unknown and unknown not in names:
        markup.callout(
            t("No such zone"),
            [markup.with_code(t("No zone is called {zone}. Choose one from the list."), zone=unknown)],
            "warning",
        )
    elif chosen and chosen not in rows:
        markup.callout(
            names[chosen],
            [
                t(
                    "This zone has no data in this release. It appears after its first accepted file and the next release."
                )
            ],
            "empty",
        )
    return chosen


def _map(rows: dict[str, zone_reads.ZoneRow], chosen: str | None) -> None:
    places = [_place(zone, rows.get(zone.zone_id), chosen) for zone in zones().values()]
    said = t("By longitude and latitude. Larger point: more participants. Grey diamond: no data in this release.")
    markup.heading(t("Where they are"), said)
    figure.show([charts.zone_map(places)], _map_columns(), [_map_cells(p) for p in places], t("Zones on the map"))


def _bar(zone: Zone, row: zone_reads.ZoneRow | None) -> tuple[str, float | None, str]:
    response = row.response if row else None
    return own(zone.name), response.value if response else None, share_text(response)


def _place(zone: Zone, row: zone_reads.ZoneRow | None, chosen: str | None) -> charts.ZonePoint:
    return charts.ZonePoint(
        name=own(zone.name),
        longitude=zone.longitude,
        latitude=zone.latitude,
        participants=row.participants if row else None,
        has_data=row is not None,
        chosen=zone.zone_id == chosen,
    )


def _map_columns() -> list[markup.Column]:
    return [
        markup.Column(t("Zone")),
        markup.Column(t("Longitude"), "number"),
        markup.Column(t("Latitude"), "number"),
        markup.Column(t("Participants"), "number"),
    ]


def _map_cells(place: charts.ZonePoint) -> markup.Cells:
    return [place.name, number(place.longitude, 2), number(place.latitude, 2), number(place.participants)]


def _columns() -> list[markup.Column]:
    return [
        markup.Column(t("Zone")),
        markup.Column(t("Level")),
        markup.Column(t("Announced")),
        markup.Column(t("Participants"), "number"),
        markup.Column(t("Response"), "number"),
        markup.Column(t("Retained"), "number"),
        markup.Column(t("Organisations"), "number"),
        markup.Column(t("Districts"), "number"),
        markup.Column(t("Latest data")),
        markup.Column(t("Data")),
    ]


def _cells(zone: Zone, row: zone_reads.ZoneRow | None, chosen: str | None) -> Sequence[object]:
    opener = link("zone", own(zone.name), z=zone.zone_id)
    name = markup.Html(f"<strong>{opener.text}</strong> {markup.code(zone.zone_id).text}")
    if zone.zone_id == chosen:
        name = markup.Html(f'<span class="zl-chosen">{name.text}</span>')
    about = [name, zone_view.level(zone), day(zone.announced)]
    if row is None:
        return [*about, "–", "–", "–", "–", "–", "–", markup.tag(t("No data yet"))]
    wave = f" {row.latest_wave}" if row.latest_wave else ""
    real = markup.simulated() if row.simulated else markup.tag(t("Observed"))
    return [
        *about,
        units_text(row.participants),
        share_text(row.response) + wave,
        share_text(row.retained),
        units_text(row.organisations),
        units_text(row.districts),
        day(row.last_data),
        real,
    ]
