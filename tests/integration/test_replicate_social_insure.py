"""A published study the whole way: package → file → gate → archive → panel → estimate, to the published digits."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.ledger import Ledger
from data.messages import NotFound
from data.paths import Workspace
from data.submissions import submissions
from experiments.replications import replicate

pytest.importorskip("causaldata", reason="the optional extra `replication` is not installed")
NOWHERE = Path("no folder of data: the package carries them")
pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return Workspace(tmp_path_factory.mktemp("replication") / "home").create()


def test_published_numbers_come_out(home: Workspace) -> None:
    rows = replicate("social_insure", home, NOWHERE).rows
    terms = [row["term"] for row in rows if row["analysis"] == "itt"]
    assert terms[:4] == ["intensive", "se(intensive)", "default", "se(default)"]
    assert all(row["agrees"] for row in rows), rows
    assert all(abs(row["difference"]) < 1e-9 for row in rows)


def test_second_run_adds_nothing_and_answers_the_same(home: Workspace) -> None:
    first = replicate("social_insure", home, NOWHERE).rows
    second = replicate("social_insure", home, NOWHERE).rows
    assert first == second
    nested = Workspace(home.home / "replications" / "social_insure")
    found = submissions(Ledger.open(nested))
    assert [(item.status, item.rows_accepted, item.rows_quarantined) for item in found] == [("accepted", 1410, 0)]


def test_unknown_study_is_not_found(home: Workspace) -> None:
    with pytest.raises(NotFound, match="social_insure"):
        replicate("magic_beans", home, NOWHERE)
