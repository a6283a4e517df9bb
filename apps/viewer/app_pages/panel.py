"""Page Panel: one released panel from several sides, a tab each: who took part, what is missing, how outcomes moved.

Belongs here: which panel, zone and tab. Does not: what a tab shows (components.explorer), numbers (panel_reads, flow_reads).
Only the chosen tab runs. Averages by arm are not effects, and the tab says so; effects are on the Report page.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from apps.viewer import codebook_reads
from apps.viewer.app_pages import variables
from apps.viewer.components import address, cart_view, markup
from apps.viewer.components.explorer import participation, quality, sensors, trajectories, transitions
from apps.viewer.components.explorer.scene import Scene
from apps.viewer.desk import Desk
from apps.viewer.flow_reads import SENSORS
from apps.viewer.language import N_, own, t
from apps.viewer.measures import PANELS, Panel
from data.reference import zones
from data.releases import Release

TITLE = N_("Panel")
GROUP = "browse"
ROLES: tuple[str, ...] = ()
TABS: dict[str, str] = {
    "participation": N_("Participation"),
    "quality": N_("Quality"),
    "variables": N_("Variables"),
    "trajectories": N_("Trajectories"),
    "transitions": N_("Transitions"),
    "sensors": N_("Sensors"),
    "cart": N_("My cart"),
}


def tables(release: Release) -> tuple[str, ...]:
    """Return the tables that the page shows: the chosen panel, with the tab of sensors theirs."""
    if address.code("tab") == "sensors":
        return (SENSORS,) if SENSORS in release.tables else ()
    present = [mart for mart in PANELS if _has_rows(release, mart)]
    return (address.keep("panel", present) or next(iter(present), ""),)


def show(desk: Desk, release: Release) -> None:
    """Show the page for `release`."""
    markup.title(t("Panel"), lead=t("Who is still here, and how an outcome moved over time."))
    present = {mart: t(panel.label) for mart, panel in PANELS.items() if _has_rows(release, mart)}
    if not present:
        said = t("This release holds no panel by wave, quarter or month. Send data, then run {command}.")
        step = markup.with_code(said, command="zonelab run --job everything")
        markup.callout(t("No panel yet"), [step], "empty")
        return
    panel, zone = _filters(present)
    tab = _tab()
    _SHOWN[tab](Scene(desk, release, panel, zone))


def _has_rows(release: Release, mart: str) -> bool:
    return mart in release.tables and release.now(mart).rows > 0


def _filters(present: dict[str, str]) -> tuple[Panel, str | None]:
    wanted = {name: address.code(name) for name in ("panel", "zone")}
    left, right = st.columns(2)
    with left:
        panel = PANELS[address.choose("panel", t("Panel"), present) or next(iter(present))]
    with right:
        names = {zone.zone_id: own(zone.name) for zone in zones().values()}
        zone = address.choose("zone", t("Zone"), names, every=t("All zones"))
    if wanted["panel"] and wanted["panel"] not in present:
        _unknown(wanted["panel"])
    if wanted["zone"] and wanted["zone"] not in names:
        _unknown(wanted["zone"])
    return panel, zone


def _tab() -> str:
    """Return the chosen tab; an address that names an outcome and no tab is one of trajectories."""
    if address.code("tab") is None and address.code("outcome"):
        address.put(tab="trajectories")
    labels = {code: t(label) for code, label in TABS.items()}
    return address.choose("tab", t("Look at"), labels, widget=st.segmented_control) or "participation"


def _unknown(code: str) -> None:
    said = t("The address asks for {code}, which this release does not have. The first choice is shown instead.")
    markup.callout(t("Not found"), [markup.with_code(said, code=code)], "warning")


def _variables(scene: Scene) -> None:
    every = codebook_reads.variables(scene.release, scene.desk.workspace.home)
    here = [item for item in every if item.table.name == scene.panel.mart]
    variables.listing(scene.desk, scene.release, here, ("wave", "concept", "grade"), ("list", "matrix"))


def _cart(scene: Scene) -> None:
    cart_view.show(scene.desk, scene.release)


_SHOWN: dict[str, Callable[[Scene], None]] = {
    "participation": participation.show,
    "quality": quality.show,
    "variables": _variables,
    "trajectories": trajectories.show,
    "transitions": transitions.show,
    "sensors": sensors.show,
    "cart": _cart,
}
