"""Page Zone: one pilot zone — who takes part, where it stands in the programme, its experiments, its series, its documents.

Belongs here: the order of things on the page. Does not: numbers (zone_reads, panel_reads), the programme's rules
(quality.programme), drawing (components). Averages by arm are not effects.
"""

from __future__ import annotations

from apps.viewer import panel_reads, registry_reads, zone_reads
from apps.viewer.components import address, markup, zone_view
from apps.viewer.components.explorer import participation, trajectories
from apps.viewer.components.explorer.scene import Scene
from apps.viewer.desk import Desk, link
from apps.viewer.language import N_, day, own, t
from apps.viewer.measures import PANELS
from apps.viewer.zone_reads import ZoneRow
from data.reference import Zone, zones
from data.releases import Release
from quality.programme import MARTS

TITLE = N_("Zone")
GROUP = "browse"
ROLES: tuple[str, ...] = ()
IN_MENU = False
UNDER, OBJECT = "zones", "z"


def tables(release: Release) -> tuple[str, ...]:
    """Return the tables that the page shows."""
    shown = ("panel_individual_wave", "panel_organisation_quarter", "panel_district_month", *MARTS)
    return tuple(name for name in shown if name in release.tables)


def show(desk: Desk, release: Release) -> None:
    """Show the page for `release`."""
    asked = address.code("z") or address.code("zone")
    zone = zones().get(asked or "")
    if zone is None:
        _unknown(asked)
        return
    rows = {row.zone_id: row for row in zone_reads.zone_rows(desk.workspace.home, release.release_id)}
    row = rows.get(zone.zone_id)
    _head(zone, row)
    _experiments(desk, zone)
    zone_view.programme(release, zone)
    if row is not None:
        _panels(desk, release, zone)
        zone_view.quality(zone_reads.filled(desk.workspace.home, release.release_id, zone.zone_id), zone)
    zone_view.context(release, zone)


def _unknown(asked: str | None) -> None:
    markup.title(t("Zone"))
    said = t("No zone is called {zone}. Choose one from the list.")
    lines: list[object] = [markup.with_code(said, zone=asked)] if asked else [t("Choose one from the list.")]
    names = t(", ").join(link("zone", own(zone.name), z=zone.zone_id).text for zone in zones().values())
    markup.callout(t("No such zone") if asked else t("No zone chosen"), [*lines, markup.Html(names)], "warning")


def _head(zone: Zone, row: ZoneRow | None) -> None:
    lead = t("{level}, pilot zone since {day}.", level=zone_view.level(zone), day=day(zone.announced))
    markup.title(own(zone.name), over=markup.code(zone.zone_id), lead=lead)
    if row is None:
        said = t(
            "This zone has no data in this release. It appears after its first accepted file and the next release."
        )
        markup.callout(t("No data yet"), [said], "empty")
        return
    markup.tiles(zone_view.tiles(row))


def _experiments(desk: Desk, zone: Zone) -> None:
    markup.heading(t("Experiments here"))
    rows = [row for row in registry_reads.rows(desk.workspace, desk.who) if zone.zone_id in row.zones]
    if rows:
        markup.table(
            zone_view.experiment_columns(), [zone_view.experiment_cells(row) for row in rows], t("Experiments here")
        )
        return
    said = t("No experiment on record names this zone. A scientist begins one on the page Register.")
    markup.callout(t("None yet"), [said], "empty")


def _panels(desk: Desk, release: Release, zone: Zone) -> None:
    """Show who stayed and how an outcome moved, for one panel of the zone."""
    place = desk.workspace.home, release.release_id
    cells = {mart: panel_reads.participation(*place, mart, zone.zone_id) for mart in PANELS if mart in release.tables}
    present = {mart: t(PANELS[mart].label) for mart, found in cells.items() if found}
    if not present:
        return
    markup.heading(t("Who takes part, and how outcomes moved"))
    mart = address.choose("panel", t("Panel"), present) or next(iter(present))
    participation.seen(cells[mart], PANELS[mart])
    trajectories.show(Scene(desk, release, PANELS[mart], zone.zone_id))
    more = link("panel", t("More of this zone on the page Panel"), zone=zone.zone_id, panel=mart)
    markup.lines([more])
