"""Workspaces that the viewer's tests open: one with a release and results, one with a release only, one empty."""

from __future__ import annotations

import sys

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from apps.viewer.launch import SCRIPT
from tests.unit.viewer import viewer_workspace


@pytest.fixture(scope="session")
def full(tmp_path_factory):
    """Return a workspace with a release and three results files; read only."""
    return viewer_workspace.build(tmp_path_factory.mktemp("viewer-full"))


@pytest.fixture(scope="session")
def unanalysed(tmp_path_factory):
    """Return a workspace with a release and no results; read only."""
    return viewer_workspace.released(tmp_path_factory.mktemp("viewer-unanalysed"))


@pytest.fixture
def visit(monkeypatch):
    """Return a function that opens a page of a workspace, as a user by name, and gives the run."""
    # AppTest puts the page in the place of __main__; a later test's child process would start it
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])

    def opened(home, page="zones", user="", **codes):
        monkeypatch.setenv("ZONELAB_HOME", str(home))
        run = AppTest.from_file(SCRIPT, default_timeout=60)
        for name, value in {"lang": "en", **codes}.items():
            run.query_params[name] = value
        if user:
            run.session_state["acting_name"] = user
        if page != "zones":  # AppTest.switch_page knows pages that are files; ours are functions
            run._page_hash = calc_hash(page)
        return run.run()

    return opened
