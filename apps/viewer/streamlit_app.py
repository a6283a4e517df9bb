"""Router of the viewer: the address, who acts, the frame, and one page; run by `apps.viewer.launch`.

Belongs here: which page is shown, and what a reader sees when there is nothing to show or something fails. Does not: page
content (app_pages). The menu is made for the user's roles on the server, and each page checks them again. A reader never sees a
stack trace, and the log never holds a value.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from functools import partial
from types import ModuleType

import streamlit as st
from streamlit.navigation.page import Page

from apps.viewer import acting, reads, simulation
from apps.viewer.app_pages import (
    batches,
    experiment,
    experiments,
    helping,
    panel,
    queue,
    register,
    releases,
    report,
    reports,
    review,
    runs,
    submissions,
    upload,
    variable,
    variables,
    zone,
    zones,
)
from apps.viewer.components import address, frame, markup, menu
from apps.viewer.desk import Desk, refused
from apps.viewer.language import spoken, t
from data.messages import ZonelabError
from data.paths import Workspace
from data.releases import Release
from data.settings import load_settings

LOG = logging.getLogger("zonelab.viewer")
DATA_PAGES = {
    "zones": zones,
    "zone": zone,
    "variables": variables,
    "variable": variable,
    "panel": panel,
    "reports": reports,
    "report": report,
}
"""Pages that need a release, in the order of the menu; each declares TITLE, GROUP and ROLES, and tells its tables."""
DESK_PAGES = {
    "experiments": experiments,
    "experiment": experiment,
    "register": register,
    "queue": queue,
    "review": review,
    "upload": upload,
    "submissions": submissions,
    "batches": batches,
    "runs": runs,
    "releases": releases,
    "help": helping,
}
"""Pages that stand without a release; each declares TITLE, GROUP and ROLES."""


def main() -> None:
    """Run the script once: the whole way from the URL to the foot of the page."""
    address.arrive()
    workspace = Workspace(load_settings().home)
    who = acting.acting(workspace)
    pages: dict[str, Page] = {}
    desk = Desk(workspace, who, pages)
    pages |= {name: _data_page(name, module, desk) for name, module in DATA_PAGES.items()}
    pages |= {name: _desk_page(name, module, desk) for name, module in DESK_PAGES.items()}
    current = st.navigation([_home(pages["zones"]), *pages.values()], position="hidden")
    frame.dress(current.title)
    if who.is_shut_out:
        acting.show_shut_out()
        frame.below(None)
    else:
        current.run()


def _home(first: Page) -> Page:
    """Return the page at `/`, which leads on to the first one: Streamlit's default page has no other address than `/`."""
    return st.Page(partial(st.switch_page, first), title="zonelab", url_path="home", default=True)


def _data_page(name: str, module: ModuleType, desk: Desk) -> Page:
    return st.Page(partial(_with_data, name, module, desk), title=t(module.TITLE), url_path=name)


def _desk_page(name: str, module: ModuleType, desk: Desk) -> Page:
    return st.Page(partial(_at_desk, name, module, desk), title=t(module.TITLE), url_path=name)


def _with_data(name: str, module: ModuleType, desk: Desk) -> None:
    def shown(release: Release | None) -> None:
        if release is None:
            markup.title(t(module.TITLE))
            said = t("No release yet. Run {demo} for simulated data, or submit files and then {everything}.")
            step = markup.with_code(said, demo="make demo", everything="zonelab run --job everything")
            markup.callout(t("Nothing to show yet"), [step], "empty")
            return
        _banner(module, desk, release)
        module.show(desk, release)

    _framed(name, module, desk, shown)


def _banner(module: ModuleType, desk: Desk, release: Release) -> None:
    """Show the banner; it goes by the tables that the page shows."""
    if release.simulated:
        whole = simulation.marked(release, desk.workspace.home)
        frame.banner(release, whole.of(module.tables(release)), whole)


def _at_desk(name: str, module: ModuleType, desk: Desk) -> None:
    def shown(release: Release | None) -> None:
        frame.of_release(release)
        module.show(desk)

    _framed(name, module, desk, shown)


def _framed(name: str, module: ModuleType, desk: Desk, shown: Callable[[Release | None], None]) -> None:
    """Show a page with all that stands around it, to those who may open it; others get a sentence."""
    release: Release | None = None

    def whole() -> None:
        nonlocal release
        frame.bar()
        menu.show(DATA_PAGES | DESK_PAGES, desk)
        acting.show(desk.who)
        menu.crumbs(DATA_PAGES | DESK_PAGES, name)
        release = reads.latest_release(desk.workspace)
        frame.standing(release, desk.who)
        if menu.may_open(module, desk):
            shown(release)
        else:
            markup.title(t(module.TITLE))
            refused(desk.who, module.ROLES)

    _safely(module, whole)
    frame.below(release)


def _safely(module: ModuleType, shown: Callable[[], None]) -> None:
    """Run a page; whatever fails, the reader gets a sentence."""
    try:
        shown()
    except ZonelabError as error:
        markup.callout(error.code, [error.text.get(spoken())], "warning")
    except Exception as error:  # noqa: BLE001 -- the last door
        _log(module.TITLE, error)
        said = t(
            "This page could not be shown; nothing was changed. Reload it; if it stays, tell the operator the time and the page."
        )
        markup.callout(t("Something failed"), [said], "warning")


def _log(title: str, error: Exception) -> None:
    """Log kind and place of a failure; never its message, which may hold a value."""
    places = [f"{step.filename}:{step.lineno}" for step in traceback.extract_tb(error.__traceback__)]
    LOG.error("page %s failed: %s at %s", title, type(error).__name__, " < ".join(reversed(places[-4:])))


main()
