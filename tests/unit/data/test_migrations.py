"""Every catalogue ever made opens, becomes the one that the code expects, and says no when it is from the future."""

import shutil
import sqlite3
import subprocess
import sys

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from data import catalog, documents, migrations, submissions
from data.engine import WRITES, make_engine
from data.ledger import Ledger
from data.messages import PlatformFailed
from data.migrations.upgrade import configuration, upgrade
from data.paths import Workspace
from data.settings import REPOSITORY, child_environment, load_settings
from tests.postgres import Server

pytestmark = pytest.mark.archive

UNVERSIONED = REPOSITORY / "tests" / "golden" / "catalogue" / "unversioned.sql"


def differences(ledger):
    """Return what differs between the tables that the code uses and those in the database."""
    with ledger.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        return compare_metadata(context, catalog.metadata)


def engine_of(workspace):
    url = load_settings().ledger_url
    return make_engine(sa.make_url(url or f"sqlite:///{workspace.catalog}"))


def tables(engine):
    with engine.connect() as connection:
        return set(sa.inspect(connection).get_table_names())


@pytest.fixture
def workspace(tmp_path):
    """Return a workspace without a catalogue: what is migrated here is not the prepared one."""
    return Workspace(tmp_path / "home").create()


@pytest.fixture(scope="session")
def new_database():
    """Return how the server gives a database without a catalogue."""
    return Server.database


@pytest.fixture
def old(workspace):
    """Return a workspace whose catalogue was made before versions were kept, with a submission in it."""
    connection = sqlite3.connect(workspace.catalog)
    connection.executescript(UNVERSIONED.read_text(encoding="utf-8"))
    connection.close()
    return workspace


def test_models_and_migrated_schema_agree(ledger):
    assert differences(ledger) == []


def test_a_difference_would_show(ledger):
    with ledger.transaction() as connection:
        connection.exec_driver_sql("alter table drafts add column forgotten text")
        connection.exec_driver_sql("drop index submissions_content")
    assert sorted(found[0] for found in differences(ledger)) == ["add_index", "remove_column"]


def test_the_partial_index_is_partial_on_both(ledger):
    row = {"table_name": "t", "submission_id": "S", "rows": 0, "sha256": "", "file": "", "run_id": "r"}
    with ledger.transaction() as connection:
        insert = catalog.batches.insert()
        connection.execute(insert, [{**row, "seq": 1, "state": "aborted"}, {**row, "seq": 2, "state": "open"}])
    with pytest.raises(sa.exc.IntegrityError), ledger.transaction() as connection:
        connection.execute(insert, {**row, "seq": 3, "state": "open"})
    with pytest.raises(sa.exc.DBAPIError, match="batches_state"), ledger.transaction() as connection:
        connection.execute(insert, {**row, "seq": 3, "submission_id": "T", "state": "lost"})


def test_the_versions_known_are_those_on_file(ledger):
    with ledger.reading() as connection:
        script = ScriptDirectory.from_config(configuration(connection))
        assert migrations.version(connection) == migrations.HEAD
    assert [step.revision for step in script.walk_revisions()][::-1] == list(migrations.KNOWN)


def test_an_unversioned_catalogue_is_upgraded_with_all_it_holds(old):
    ledger = Ledger.open(old)
    assert differences(ledger) == []
    assert [found.submission_id for found in submissions.submissions(ledger)] == ["SUB-2026-0001"]
    assert len(ledger.events()) == 2
    assert ledger.verify() == []
    with ledger.transaction() as connection:
        documents.put(connection, "protocol", "{}")
    submissions.receive(ledger, sha256="b" * 64, file_name="f", zone="deqing", contract="visit", wave=None, actor="li")
    assert Ledger.open(old).verify() == []


@pytest.mark.parametrize("known", migrations.KNOWN[:-1])
def test_every_earlier_version_is_upgraded(workspace, database, known):  # noqa: ARG001 - on both
    engine = engine_of(workspace)
    with engine.connect().execution_options(**WRITES) as connection, connection.begin():
        command.upgrade(configuration(connection), known)
    assert differences(Ledger.open(workspace)) == []


def test_the_events_of_one_object_are_found_by_an_index(workspace):
    with Ledger.open(workspace).reading() as connection:
        for condition, index in (("object_id = 'x'", "events_object"), ("kind = 'x'", "events_kind")):
            plan = connection.exec_driver_sql(f"explain query plan select * from events where {condition}").one()
            assert index in plan.detail


def test_a_step_that_fails_leaves_the_catalogue_as_it_was(workspace, database, monkeypatch):  # noqa: ARG001 - on both
    create = Operations.create_table

    def fail_at_drafts(self, name, *columns, **options):
        if name == "drafts":
            raise OSError("no space left on device")
        return create(self, name, *columns, **options)

    monkeypatch.setattr(Operations, "create_table", fail_at_drafts)
    with pytest.raises(OSError, match="no space"):
        Ledger.open(workspace)
    assert tables(engine_of(workspace)) == set()
    monkeypatch.setattr(Operations, "create_table", create)
    assert differences(Ledger.open(workspace)) == []


def test_a_catalogue_from_the_future_is_refused_unchanged(ledger, workspace):
    with ledger.transaction() as connection:
        connection.exec_driver_sql("update alembic_version set version_num = '9999'")
    with pytest.raises(PlatformFailed, match=r"E-LEDGER-02.*9999"):
        Ledger.open(workspace)


def test_the_process_that_comes_second_finds_it_done(workspace, database):  # noqa: ARG001 - on both
    ledger = Ledger.open(workspace)
    upgrade(engine_of(workspace))
    assert differences(ledger) == []


def test_an_up_to_date_catalogue_opens_without_alembic(workspace):
    Ledger.open(workspace)
    code = (
        "import sys; from pathlib import Path; from data.ledger import Ledger; from data.paths import Workspace; "
        "Ledger.open(Workspace(Path(sys.argv[1]))); "
        "sys.exit('alembic' in sys.modules or 'pg8000' in sys.modules)"
    )
    done = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", code, str(workspace.home)],
        cwd=REPOSITORY,
        env=child_environment({"PYTHONPATH": str(REPOSITORY)}),
        check=False,
    )
    assert done.returncode == 0


def test_a_catalogue_that_was_copied_out_of_wal_is_put_back(workspace, tmp_path):
    Ledger.open(workspace).close()
    connection = sqlite3.connect(workspace.catalog)
    connection.execute("pragma journal_mode = delete")
    connection.close()
    copy = Workspace(tmp_path / "copy").create()
    shutil.copy(workspace.catalog, copy.catalog)
    with Ledger.open(copy).reading() as reading:
        assert reading.exec_driver_sql("pragma journal_mode").scalar() == "wal"
