"""The chain: what was recorded stays, and any change of it shows with its place."""

import multiprocessing
import threading

import pytest
import sqlalchemy as sa

from data import catalog
from data.ledger import GENESIS, Head, Ledger, event_hash
from data.messages import PlatformFailed
from data.paths import Workspace
from data.settings import Settings


def record(ledger, number, **changes):
    fields = {"kind": "note", "object_id": f"N{number}", "detail": {"n": number}, "actor": "user", **changes}
    with ledger.transaction() as connection:
        return ledger.record(connection, **fields)


@pytest.fixture
def chain(ledger):
    for number in range(1, 7):
        record(ledger, number)
    return ledger


@pytest.fixture
def raw(chain, untied):  # noqa: ARG001 - the chain must be there first
    """Return how an attacker changes the database: triggers out of the way."""
    return untied


def places(ledger):
    return [found.where for found in ledger.verify()]


def test_events_come_back_as_recorded(ledger):
    assert record(ledger, 1, detail={"区": [1, None, 2.5]}, role="operator") == 1
    (event,) = ledger.events()
    assert (event.kind, event.object_id, event.detail, event.actor, event.role) == (
        "note",
        "N1",
        {"区": [1, None, 2.5]},
        "user",
        "operator",
    )
    assert event.prev_hash == GENESIS
    assert event.hash == event_hash(vars(event))
    assert event.at_utc.endswith("+00:00")


def test_events_can_be_asked_by_kind(chain):
    record(chain, 7, kind="other")
    assert [event.object_id for event in chain.events("other")] == ["N7"]


def test_events_can_be_asked_by_object(chain):
    record(chain, 3, kind="other")
    assert [event.seq for event in chain.events(object_id="N3")] == [3, 7]
    assert [event.seq for event in chain.events("other", "N3")] == [7]
    assert chain.events(object_id="N") == []


def test_what_a_transaction_has_written_it_reads(ledger):
    with ledger.transaction() as connection:
        ledger.record(connection, kind="note", object_id="N1", detail={}, actor="user")
        assert [event.object_id for event in ledger.events()] == ["N1"]
        with ledger.reading() as same:
            assert same is connection


def test_one_question_is_answered_from_one_state(ledger):
    with ledger.reading():
        assert ledger.events() == []
        record(ledger, 1)
        assert ledger.events() == [], "the view that was opened first"
        assert ledger.head() == Head(0, GENESIS)
    assert len(ledger.events()) == 1


def test_a_view_is_one_threads_own(ledger):
    seen = []
    with ledger.reading():
        ledger.head()
        record(ledger, 1)
        other = threading.Thread(target=lambda: seen.append(len(ledger.events())))
        other.start()
        other.join(30)
    assert seen == [1]


def test_a_forked_child_does_not_use_its_parents_connection(ledger, monkeypatch):
    with ledger.reading() as parents:
        monkeypatch.setattr("os.getpid", lambda: -1)
        with ledger.reading() as own:
            assert own is not parents
        monkeypatch.undo()
        with ledger.reading() as again:
            assert again is parents


def test_untouched_chain_holds(chain):
    assert chain.verify() == []
    assert chain.head() == Head(6, chain.events()[-1].hash)


def test_edit_is_named(chain, raw):
    raw("update events set detail = :detail where seq = 3", detail='{"n":99}')
    assert places(chain) == ["ledger/3"]
    assert "edited" in chain.verify()[0].what.en


@pytest.mark.parametrize("column", ["kind", "object_id", "actor", "role", "at_utc", "prev_hash", "hash"])
def test_edit_of_any_column_is_named(chain, raw, column):
    raw(f"update events set {column} = 'x' where seq = 3")
    assert "ledger/3" in places(chain)


def test_detail_that_is_no_json_is_an_edit(chain, raw):
    raw("update events set detail = 'x' where seq = 2")
    assert places(chain) == ["ledger/2"]


def test_deletion_is_named(chain, raw):
    raw("delete from events where seq in (3, 4)")
    (found,) = chain.verify()
    assert found.where == "ledger/5"
    assert "3–4" in found.what.en


def test_deletion_of_the_first_is_named(chain, raw):
    raw("delete from events where seq = 1")
    assert places(chain) == ["ledger/2"]


def test_deletion_with_renumbering_is_named(chain, raw):
    raw("delete from events where seq = 3")
    for seq in (4, 5, 6):
        raw("update events set seq = :now where seq = :seq", now=seq - 1, seq=seq)
    assert places(chain)[0] == "ledger/3"


def forged(row, **changes):
    """Return a row whose hash fits its changed content, as a careful attacker writes it."""
    fields = {**row, **changes}
    fields["hash"] = event_hash({**fields, "detail": {"n": 0}})
    return {**fields, "detail": '{"n":0}'}


def insert(raw, row):
    raw(sa.insert(catalog.events), **row)


def test_insertion_is_named_even_with_a_fitting_hash(chain, raw):
    row = vars(chain.events()[2])
    for seq in (6, 5, 4, 3):
        raw("update events set seq = :now where seq = :seq", now=seq + 1, seq=seq)
    insert(raw, forged(row, object_id="FORGED"))
    assert "ledger/4" in places(chain)


def test_rewriting_one_entry_with_a_fitting_hash_is_named_at_its_neighbour(chain, raw):
    row = vars(chain.events()[2])
    raw("delete from events where seq = 3")
    insert(raw, forged(row, object_id="FORGED"))
    assert places(chain) == ["ledger/4"]


def test_reorder_is_named(chain, raw):
    for was, now in ((3, 99), (4, 3), (99, 4)):
        raw("update events set seq = :now where seq = :was", now=now, was=was)
    assert {"ledger/3", "ledger/4"} <= set(places(chain))


def test_cut_tail_is_seen_only_against_a_recorded_head(chain, raw):
    anchor = chain.head()
    raw("delete from events where seq > 4")
    assert chain.verify() == []
    assert not chain.holds(anchor)
    assert chain.holds(chain.head())


def test_the_beginning_is_always_held(ledger):
    assert ledger.head() == Head(0, GENESIS)
    assert ledger.holds(Head(0, GENESIS))
    assert not ledger.holds(Head(0, "f" * 64))


CHANGES = [
    "update events set actor = 'x' where seq = 1",
    "delete from events where seq = 6",
    "insert into events select 9, prev_hash, kind, object_id, detail, actor, role, at_utc, 'h' from events where seq = 1",
]
REPLACES = {
    "sqlite": ["insert or replace into events select * from events where seq = 2"],
    "postgresql": [
        "insert into events select * from events where seq = 2 on conflict (seq) do update set actor = 'x'",
        "truncate events",
        "merge into events using (select 2 as n) as two on seq = n when matched then delete",
    ],
}


def test_the_database_itself_refuses_changes(chain, database):
    for statement in CHANGES + REPLACES[database]:
        with pytest.raises(sa.exc.DBAPIError, match="append-only"), chain.transaction() as connection:
            connection.execute(sa.text(statement))
    assert chain.verify() == []
    assert chain.head().seq == 6


def test_act_and_record_stand_or_fall_together(ledger):
    def act_then_fail():
        with ledger.transaction() as connection:
            ledger.record(connection, kind="note", object_id="lost", detail={}, actor="user")
            raise KeyError

    with pytest.raises(KeyError):
        act_then_fail()
    assert ledger.events() == []


def test_not_a_number_is_refused(ledger):
    with pytest.raises(ValueError, match="JSON"):
        record(ledger, 1, detail={"x": float("nan")})


SYNCED = {
    "sqlite": ({"pragma synchronous": 2, "pragma journal_mode": "wal"}),
    "postgresql": ({"show synchronous_commit": "on", "show transaction_isolation": "read committed"}),
}


def test_every_commit_is_synced(ledger, database):
    with ledger.transaction() as connection:
        assert {query: connection.exec_driver_sql(query).scalar() for query in SYNCED[database]} == SYNCED[database]


def test_readers_do_not_wait_and_see_one_consistent_view(ledger):
    with ledger.reading() as connection:
        count = sa.text("select count(*) from events")
        assert connection.execute(count).scalar() == 0
        record(ledger, 1)  # would wait a minute and fail if the open reader blocked it
        assert connection.execute(count).scalar() == 0, "one consistent view"
    assert len(ledger.events()) == 1


def test_a_second_writer_waits_for_the_first(ledger):
    order = []

    def second():
        with ledger.transaction():
            order.append("second")

    waiting = threading.Thread(target=second)
    with ledger.transaction():
        waiting.start()
        waiting.join(0.3)
        order.append("first")
    waiting.join(30)
    assert order == ["first", "second"]


def _many(home, worker, count):
    ledger = Ledger.open(Workspace(home))
    for number in range(count):
        record(ledger, f"{worker}-{number}")


@pytest.mark.integration
def test_processes_append_side_by_side_without_loss(workspace, database):  # noqa: ARG001 - on both
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_many, args=(workspace.home, worker, 15)) for worker in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    ledger = Ledger.open(workspace)
    assert len({event.object_id for event in ledger.events()}) == 45
    assert ledger.verify() == []


def test_the_settings_may_name_another_file(tmp_path):
    home = Workspace(tmp_path / "h").create()
    settings = Settings(home=home.home, ledger_url=f"sqlite:///{tmp_path / 'other.db'}")
    record(Ledger.open(home, settings), 1)
    assert (tmp_path / "other.db").is_file()
    assert not home.catalog.exists()


def test_a_nested_workspace_keeps_its_own_ledger(tmp_path):
    outer, inner = Workspace(tmp_path / "h").create(), Workspace(tmp_path / "h" / "replications" / "x").create()
    settings = Settings(home=outer.home, ledger_url=f"sqlite:///{tmp_path / 'other.db'}")
    Ledger.open(inner, settings)
    assert inner.catalog.is_file()


@pytest.mark.parametrize("url", ["postgresql://host/db", "postgresql+psycopg://host/db", "mysql://host/db"])
def test_an_untested_database_is_refused(workspace, url):
    with pytest.raises(PlatformFailed, match=r"E-LEDGER-01.*postgresql\+pg8000"):
        Ledger.open(workspace, Settings(home=workspace.home, ledger_url=url))


@pytest.mark.parametrize("url", ["postgresql+pg8000://li:secret@127.0.0.1:1/db", "sqlite:////nowhere/at/all.db"])
def test_a_database_that_is_not_there_is_told_without_its_password(workspace, url):
    with pytest.raises(PlatformFailed, match="E-LEDGER-03") as failed:
        Ledger.open(workspace, Settings(home=workspace.home, ledger_url=url))
    assert "secret" not in failed.value.text.en + failed.value.text.zh


def test_a_path_with_odd_characters_works(tmp_path):
    odd = Workspace(tmp_path / "a ?#%20[b]'区").create()
    record(Ledger.open(odd), 1)
    assert odd.catalog.is_file()


def test_a_transaction_within_a_transaction_is_part_of_it(ledger):
    def two_acts_of_which_one_fails():
        with ledger.transaction():
            record(ledger, 1)
            record(ledger, 2, detail={"x": float("nan")})

    with pytest.raises(ValueError, match="JSON"):
        two_acts_of_which_one_fails()
    assert ledger.events() == []
    with ledger.transaction() as outer, ledger.transaction() as inner:
        assert inner is outer
    with ledger.reading() as view, ledger.transaction() as own:
        assert own is not view, "a view is not written through"


def test_a_compacted_file_holds_no_page_of_what_was_removed(workspace):
    ledger, word = Ledger.open(workspace), "removed-" * 40

    def held():
        return any(
            word.encode() in path.read_bytes() for path in workspace.catalog.parent.glob(f"{workspace.catalog.name}*")
        )

    with ledger.transaction() as connection:
        connection.exec_driver_sql("create table pages (word text)")
        connection.exec_driver_sql("insert into pages values (?)", (word,))
    with ledger.transaction() as connection:
        connection.exec_driver_sql("delete from pages")
    assert held()
    ledger.compact()
    assert not held()


def test_a_compaction_of_a_server_is_its_own(ledger, database):
    ledger.compact()
    assert ledger.damage() == [], database
