"""Every study whose data are here gives the numbers that others found: the same files and the same way as `zonelab replicate`."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.messages import NotFound
from data.paths import Workspace
from data.settings import load_settings
from experiments.replications import replicate
from experiments.replications.study import load_study, studies

FOLDER = load_settings().replication_data


@pytest.mark.parametrize("name", [name for name in studies() if load_study(name).platform is None])
def test_published_numbers_come_out(name: str, tmp_path: Path) -> None:
    try:
        rows = replicate(name, Workspace(tmp_path), FOLDER).rows
    except NotFound as absent:
        pytest.skip(absent.text.en)
    wrong = {(row["analysis"], row["term"]): (row["published"], row["estimate"]) for row in rows if not row["agrees"]}
    expected = {analysis.id for analysis in load_study(name).analyses if analysis.note}
    assert {pair: numbers for pair, numbers in wrong.items() if pair[0] not in expected} == {}
