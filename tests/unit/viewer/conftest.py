"""Workspaces that the viewer's tests open: one with a release and results, one with a release only, one empty."""

from __future__ import annotations

import pytest

from tests.unit.viewer import viewer_workspace


@pytest.fixture(scope="session")
def full(tmp_path_factory):
    """Return a workspace with a release and three results files; read only."""
    return viewer_workspace.build(tmp_path_factory.mktemp("viewer-full"))


@pytest.fixture(scope="session")
def unanalysed(tmp_path_factory):
    """Return a workspace with a release and no results; read only."""
    return viewer_workspace.released(tmp_path_factory.mktemp("viewer-unanalysed"))
