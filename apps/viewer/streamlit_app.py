"""Router of the viewer: the address, the frame, and one of three pages; run by `apps.viewer.launch`.

Belongs here: which page is shown, and what a reader sees when there is nothing to show or something fails. Does not: page
content (app_pages). A reader never sees a stack trace, and the log never holds a value.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Sequence
from functools import partial
from types import ModuleType

import streamlit as st
from streamlit.navigation.page import Page

from apps.viewer import reads
from apps.viewer.app_pages import panel, report, zones
from apps.viewer.components import address, frame, markup
from apps.viewer.language import spoken, t
from data.messages import ZonelabError
from data.paths import Workspace
from data.settings import load_settings

LOG = logging.getLogger("zonelab.viewer")
PAGES = {"zones": zones, "panel": panel, "report": report}


def main() -> None:
    """Run the script once: the whole way from the URL to the foot of the page."""
    address.arrive()
    workspace = Workspace(load_settings().home)
    pages: list[Page] = []
    pages += [
        st.Page(partial(_page, module, workspace, pages), title=t(module.TITLE), url_path=name, default=name == "zones")
        for name, module in PAGES.items()
    ]
    current = st.navigation(pages, position="hidden")
    frame.dress(current.title)
    current.run()


def _page(module: ModuleType, workspace: Workspace, pages: Sequence[Page]) -> None:
    release = None
    try:
        release = reads.latest_release(workspace)
        frame.above(pages, release)
        if release is None:
            markup.title(t(module.TITLE))
            said = t("No release yet. Run {demo} for simulated data, or submit files and then {everything}.")
            step = markup.with_code(said, demo="make demo", everything="zonelab run --job everything")
            markup.callout(t("Nothing to show yet"), [step], "empty")
        else:
            module.show(workspace, release)
    except ZonelabError as error:
        markup.callout(error.code, [error.text.get(spoken())], "warning")
    except Exception as error:  # noqa: BLE001 -- the last door: whatever failed, a reader gets a sentence
        _log(module.TITLE, error)
        said = t(
            "This page could not be shown; nothing was changed. Reload it; if it stays, tell the operator the time and the page."
        )
        markup.callout(t("Something failed"), [said], "warning")
    frame.below(release)


def _log(title: str, error: Exception) -> None:
    """Log kind and place of a failure; never its message, which may hold a value."""
    places = [f"{step.filename}:{step.lineno}" for step in traceback.extract_tb(error.__traceback__)]
    LOG.error("page %s failed: %s at %s", title, type(error).__name__, " < ".join(reversed(places[-4:])))


main()
