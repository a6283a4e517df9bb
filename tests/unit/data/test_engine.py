"""Connections are kept, and never one too long: not beyond a fork, nor for a file that was put away."""

import os
import shutil

import pytest
import sqlalchemy as sa

from data import engine as engines
from data.engine import KEPT, make_engine
from data.ledger import Ledger
from data.messages import PlatformFailed


def note(ledger, name):
    with ledger.transaction() as connection:
        ledger.record(connection, kind="x", object_id=name, detail={}, actor="a")


def opened(tmp_path, name, empty):
    path = tmp_path / f"{name}.db"
    shutil.copyfile(empty, path)
    return path, Ledger(make_engine(sa.make_url(f"sqlite:///{path}")))


@pytest.fixture
def two(tmp_path, _empty_catalogue):
    """Return two catalogues, each with an entry of its own: (path, ledger) twice."""
    made = [opened(tmp_path, name, _empty_catalogue) for name in ("here", "there")]
    for path, ledger in made:
        note(ledger, path.stem)
    return made


def test_a_connection_is_used_again(two):
    (_, ledger), _ = two
    with ledger.reading() as first:
        held = first.connection.dbapi_connection
    with ledger.reading() as second:
        assert second.connection.dbapi_connection is held


def test_a_catalogue_put_in_the_place_of_another_is_not_mixed_with_its_log(two):
    (here, ledger), (there, other) = two
    other.close()
    there.replace(here)
    for _ in range(2):
        with pytest.raises(PlatformFailed, match=r"E-LEDGER-05: here\.db was replaced"):
            ledger.events()
    for name in ("here.db-wal", "here.db-shm"):
        here.with_name(name).unlink()
    assert [event.object_id for event in ledger.events()] == ["there"]
    note(ledger, "after")
    assert [event.object_id for event in Ledger(sa.create_engine(f"sqlite:///{here}")).events()] == ["there", "after"]


def test_a_catalogue_put_back_while_nobody_used_it_is_read_at_once(two):
    (here, ledger), (there, other) = two
    ledger.close()
    other.close()
    there.replace(here)
    assert [event.object_id for event in ledger.events()] == ["there"]


def test_a_catalogue_put_away_is_missed(two):
    (here, ledger), _ = two
    here.unlink()
    with pytest.raises(sa.exc.OperationalError, match="no such table"):
        ledger.events()


def test_what_is_closed_lies_in_the_file_alone(two, tmp_path):
    (here, ledger), _ = two
    ledger.close()
    assert sorted(path.name for path in tmp_path.glob("here.db*")) == ["here.db"]
    copy = shutil.copyfile(here, tmp_path / "copy.db")
    assert len(Ledger(make_engine(sa.make_url(f"sqlite:///{copy}"))).events()) == 1


def test_a_forked_child_writes_on_a_connection_of_its_own(two):
    (_, ledger), _ = two
    child = os.fork()
    if child == 0:
        try:
            note(ledger, "child")
        finally:
            os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    note(ledger, "parent")
    assert [event.object_id for event in ledger.events()] == ["here", "child", "parent"]
    assert ledger.verify() == []


def test_what_a_child_leaves_to_its_parent_is_not_closed(two):
    (_, ledger), _ = two
    with ledger.reading() as reading:
        held = reading.connection.dbapi_connection
        engine = reading.engine
    engines._leave_to_parent(engine)
    with ledger.reading() as reading:
        assert reading.connection.dbapi_connection is not held
    assert held.execute("select 1").fetchone() == (1,)


def test_engines_are_kept_up_to_a_number_and_a_ledger_outlives_its_own(two, tmp_path):
    (here, ledger), _ = two
    url = sa.make_url(f"sqlite:///{here}")
    kept = make_engine(url)
    assert make_engine(url) is kept
    for number in range(KEPT):
        make_engine(sa.make_url(f"sqlite:///{tmp_path / str(number)}.db"))
    assert make_engine(url) is not kept
    note(ledger, "later")
    assert len(ledger.events()) == 2
