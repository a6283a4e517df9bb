"""Generations and releases: immutable, the same for the same content, and every change of them named."""

import json
import os
import shutil
from functools import partial

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

from data import catalog, generations, releases, submissions
from data.lake import Lake
from data.ledger import Ledger
from data.messages import NotFound
from data.paths import Workspace
from data.pins import Pin
from data.provenance import Code, code_version
from data.settings import Settings
from data.verify import verify_workspace

pytestmark = pytest.mark.archive

EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
"""sha256 of no bytes: the original that the submission of `archive` brought."""
ARRIVED = {"file_name": "f", "zone": "deqing", "contract": "visit", "wave": None, "actor": "user"}


def publish_marts(workspace, ledger, folder, values=(1, 2), flag=None, **changes):
    """Publish two marts from the lake as it is."""
    columns = {"value": list(values)} | ({} if flag is None else {"is_simulated": [flag] * len(values)})
    pq.write_table(pa.table(columns), folder / "a.parquet")
    pq.write_table(pa.table({"value": [5]}), folder / "b.parquet")
    fields = {
        "source": {"panel_a": folder / "a.parquet", "dim_b": folder / "b.parquet"},
        "pin": Lake(workspace, ledger).pin(),
        "run_id": "run",
        "contracts": {"visit": "digest"},
    }
    return generations.publish(workspace, ledger, **{**fields, **changes})


@pytest.fixture
def publish(workspace, ledger, tmp_path):
    return partial(publish_marts, workspace, ledger, tmp_path)


@pytest.fixture
def build(workspace, ledger):
    return partial(releases.build, workspace, ledger, actor="user", run_id="run")


@pytest.fixture(scope="session")
def template(tmp_path_factory, visit, visits):
    """Build one archive with a submission, a generation and a release; all is well with it."""
    folder = tmp_path_factory.mktemp("archive")
    workspace = Workspace(folder / "home").create()
    ledger = Ledger.open(workspace, Settings(home=workspace.home, ledger_url=None))
    (workspace.originals / EMPTY[:2]).mkdir()
    (workspace.originals / EMPTY[:2] / EMPTY).touch()
    submission, _ = submissions.receive(ledger, sha256=EMPTY, **ARRIVED)
    Lake(workspace, ledger).append(visit, visits(["a", "b"]), submission_id=submission.submission_id, run_id="run")
    counts = {"rows_read": 2, "rows_accepted": 2, "rows_quarantined": 0}
    submissions.settle(ledger, submission.submission_id, status="accepted", **counts)
    publish_marts(workspace, ledger, folder)
    releases.build(workspace, ledger, actor="user", run_id="run")
    assert verify_workspace(workspace, ledger) == []
    return workspace.home


@pytest.fixture
def archive(template, workspace, database):
    """Return a copy of the archive, to be damaged; its catalogue in the database under test."""
    shutil.copytree(template, workspace.home, dirs_exist_ok=True)
    if database != "sqlite":
        before = Ledger.open(workspace, Settings(home=workspace.home, ledger_url=None))
        with before.reading() as source, Ledger.open(workspace).transaction() as target:
            for table in (catalog.events, catalog.submissions, catalog.batches, catalog.releases):
                for row in source.execute(sa.select(table).order_by(*table.primary_key)).mappings():
                    target.execute(table.insert(), dict(row))
    return workspace


def places(workspace, ledger):
    return {found.where.split("/part-")[0]: found.what.en for found in verify_workspace(workspace, ledger)}


def test_a_generation_is_found_as_published(workspace, publish, ledger):
    made = publish()
    assert made.generation_id == "gen-000001"
    assert generations.current(workspace) == made
    assert generations.load(workspace, "gen-000001") == made
    assert pq.read_table(made.table("panel_a"))["value"].to_pylist() == [1, 2]
    assert made.tables["panel_a"].rows == 2
    assert made.contracts == {"visit": "digest"}
    (event,) = ledger.events("generation_published")
    assert event.object_id == "gen-000001"


def test_publishing_the_same_again_changes_nothing(workspace, publish, ledger):
    first = publish()
    assert publish(run_id="another") == first
    assert generations.generation_ids(workspace) == ["gen-000001"]
    assert len(ledger.events("generation_published")) == 1


@pytest.mark.parametrize(
    "changes",
    [{"values": (1, 3)}, {"contracts": {"visit": "other"}}, {"pin": Pin(1, {})}, {"flag": True}],
)
def test_anything_new_is_a_new_generation(workspace, publish, changes):
    first, second = publish(), publish(**changes)
    assert second.generation_id == "gen-000002"
    assert generations.current(workspace) == second
    assert generations.load(workspace, "gen-000001") == first


def test_publishing_dies_before_the_pointer_and_readers_keep_the_last(monkeypatch, workspace, publish):
    first = publish()

    def die(*_arguments, **_named):
        raise KeyboardInterrupt

    for name in ("rename_folder", "_record", "write_text"):
        with monkeypatch.context() as patched:
            patched.setattr(generations, name, die)
            with pytest.raises(KeyboardInterrupt):
                publish(values=(7,))
        assert generations.current(workspace) == first
    second = publish(values=(7,))
    assert generations.current(workspace) == second != first
    assert not list(workspace.generations.glob(".stage-*"))


def test_a_generation_is_whole_before_it_has_its_name(monkeypatch, publish):
    seen = []
    rename = os.rename

    def watch(source, target):
        seen.append((sorted(path.name for path in source.iterdir()), target.name))
        rename(source, target)

    monkeypatch.setattr(os, "rename", watch)
    publish()
    assert seen == [(["dim_b.parquet", "manifest.json", "panel_a.parquet"], "gen-000001")]


@pytest.mark.parametrize("name", ["gen-000009", "..", "", "../generations/gen-000001"])
def test_unknown_generation_is_not_found(workspace, publish, name):
    publish()
    with pytest.raises(NotFound, match="E-GEN-01"):
        generations.load(workspace, name)


def test_unknown_mart_is_not_found(publish, build):
    with pytest.raises(NotFound, match="dim_b, panel_a"):
        publish().table("panel_z")
    with pytest.raises(NotFound, match="E-REL-03"):
        build().table("panel_z")


def test_nothing_published_nothing_released(workspace, build):
    assert generations.current(workspace) is None
    with pytest.raises(NotFound, match="E-REL-01"):
        build()
    with pytest.raises(NotFound, match="E-REL-02"):
        releases.load_release(workspace)
    assert releases.list_releases(workspace) == []


def test_a_release_says_what_it_rests_on(archive, ledger):
    release = releases.load_release(archive, "latest")
    assert release.release_id.startswith("R000001-")
    assert release.as_of_seq == 1
    assert release.pins == Lake(archive, ledger).pin(1).tables
    assert release.submissions == (submissions.submissions(ledger)[0].submission_id,)
    assert release.code == code_version()
    assert ledger.holds(release.ledger_head)
    assert pq.read_table(release.table("panel_a"))["value"].to_pylist() == [1, 2]
    manifest = json.loads(release.path.read_text(encoding="utf-8"))
    assert {"ledger_head", "pins", "contracts", "code", "simulated", "submissions"} <= set(manifest)


def test_the_same_content_is_the_same_release(archive, build, publish, ledger):
    first = releases.load_release(archive)
    assert build() == first
    assert len(ledger.events("release_built")) == 1
    publish(values=(9,))
    second = build()
    assert second.release_id != first.release_id
    assert releases.load_release(archive) == second
    assert releases.load_release(archive, first.release_id) == first
    assert releases.list_releases(archive) == [first, second]


def test_going_back_to_earlier_content_names_the_earlier_release(archive, build, publish):
    first = releases.load_release(archive)
    publish(values=(9,))
    build()
    publish()
    assert build() == first
    assert releases.load_release(archive) == first


@pytest.mark.parametrize(("flag", "simulated"), [(None, False), (False, False), (True, True)])
def test_one_simulated_row_marks_the_release(publish, build, flag, simulated):
    publish(flag=flag)
    assert build().simulated is simulated


def test_a_build_that_died_is_completed(monkeypatch, workspace, ledger, publish, build):
    publish()

    def die(*_arguments, **_named):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(releases, "_record", die)
        with pytest.raises(KeyboardInterrupt):
            build()
    assert "does not know it" in releases.verify(workspace)[0].what.en
    build()
    assert releases.verify(workspace) == []
    assert len(ledger.events("release_built")) == 1


def test_code_outside_git_is_unknown(tmp_path):
    assert code_version(tmp_path) == Code("unknown", dirty=True)


def test_verifying_one_release(archive):
    name = releases.load_release(archive).release_id
    assert releases.verify(archive, name) == []
    assert releases.verify(archive, "latest") == []
    with pytest.raises(NotFound):
        releases.verify(archive, "R000009-00000000")


def test_a_changed_mart_is_named(archive, ledger):
    release = releases.load_release(archive)
    pq.write_table(pa.table({"value": [1, 3]}), release.table("panel_a"))
    found = releases.verify(archive, release.release_id)
    assert {problem.where for problem in found} == {f"release/{release.release_id}/panel_a"}
    told = " ".join(problem.what.en for problem in found)
    assert "bytes" in told
    assert "values" in told
    assert "generation/gen-000001/panel_a" in places(archive, ledger)


def test_a_mart_written_anew_with_the_same_rows_differs_in_bytes_only(archive):
    release = releases.load_release(archive)
    pq.write_table(pq.read_table(release.table("panel_a")), release.table("panel_a"), compression="gzip")
    assert ["bytes" in problem.what.en for problem in releases.verify(archive)] == [True]


def test_a_lost_row_is_counted(archive):
    release = releases.load_release(archive)
    pq.write_table(pa.table({"value": [1]}), release.table("panel_a"))
    assert any("1 rows, 2 were recorded" in problem.what.en for problem in releases.verify(archive))


def test_a_broken_or_missing_mart_is_named(archive):
    release = releases.load_release(archive)
    release.table("panel_a").write_bytes(b"PAR1 no")
    release.table("dim_b").unlink()
    told = [(problem.where.rpartition("/")[2], problem.what.en) for problem in releases.verify(archive)]
    assert ("panel_a", "the table's file cannot be read") in told
    assert ("dim_b", "the table's file is missing") in told


def test_an_edited_manifest_is_named(archive):
    path = releases.load_release(archive).path
    path.write_text(path.read_text(encoding="utf-8").replace('"digest"', '"other"'), encoding="utf-8")
    told = " ".join(problem.what.en for problem in releases.verify(archive))
    assert "manifest was edited" in told
    assert "does not belong to its content" in told


@pytest.mark.parametrize("content", ["{", "[]", '{"tables": 3}'])
def test_a_manifest_that_cannot_be_read_is_named(archive, ledger, content):
    releases.load_release(archive).path.write_text(content, encoding="utf-8")
    (archive.generations / "gen-000001" / "manifest.json").write_text(content, encoding="utf-8")
    told = [problem.what.en for problem in verify_workspace(archive, ledger)]
    assert told == ["its manifest was edited after it was recorded", "its manifest cannot be read"] * 2


def test_a_missing_manifest_or_generation_is_named(archive, ledger):
    release = releases.load_release(archive)
    release.path.unlink()
    shutil.rmtree(archive.generations / "gen-000001")
    assert places(archive, ledger) == {
        f"release/{release.release_id}": "its manifest is missing",
        "generation/gen-000001": "it is missing",
    }


def test_a_cut_ledger_shows_against_the_release(archive, ledger, untied):
    head = releases.load_release(archive).ledger_head
    untied("delete from events where seq >= :seq", seq=head.seq)
    assert ledger.verify() == []
    told = [problem.what.en for problem in verify_workspace(archive, ledger)]
    assert any("cut or rewritten" in text for text in told)


def test_a_changed_lake_file_is_named(archive, ledger):
    (path,) = (archive.lake / "visit").glob("*.parquet")
    path.write_bytes(path.read_bytes() + b" ")
    assert "not those that were appended" in places(archive, ledger)["lake/visit"]
    path.unlink()
    assert places(archive, ledger)["lake/visit"] == "the file is missing"


def test_a_table_that_vanished_is_named(archive, ledger):
    shutil.rmtree(archive.lake / "visit")
    assert places(archive, ledger)["lake/visit"] == "the file is missing"


def test_a_file_entered_past_the_platform_is_named(archive, ledger):
    log = archive.lake / "visit" / "_delta_log"
    (name,) = (path.name for path in (archive.lake / "visit").glob("*.parquet"))
    shutil.copy(archive.lake / "visit" / name, archive.lake / "visit" / "part-smuggled.parquet")
    entry = (log / f"{1:020d}.json").read_text().replace(name, "part-smuggled.parquet")
    lines = [line for line in entry.splitlines() if '"txn"' not in line]
    (log / f"{2:020d}.json").write_text("\n".join(lines) + "\n")
    assert "does not know" in places(archive, ledger)["lake/visit"]


def test_a_file_that_the_table_dropped_is_named(archive, ledger):
    (path,) = (archive.lake / "visit").glob("*.parquet")
    dropped = {"remove": {"path": path.name, "dataChange": True, "deletionTimestamp": 0}}
    (archive.lake / "visit" / "_delta_log" / f"{2:020d}.json").write_text(json.dumps(dropped) + "\n")
    assert "no longer lists" in places(archive, ledger)["lake/visit"]


def test_a_changed_or_missing_original_is_named(archive, ledger):
    (path,) = archive.originals.glob("*/*")
    path.write_bytes(b"other")
    assert list(places(archive, ledger)) == [f"originals/{path.name}"]
    path.unlink()
    assert "missing" in places(archive, ledger)[f"originals/{path.name}"]


def test_a_rejected_file_need_not_be_kept(archive, ledger):
    submission, _ = submissions.receive(ledger, sha256="1" * 64, **ARRIVED)
    assert places(archive, ledger) == {}, "not settled yet"
    counts = {"rows_read": 0, "rows_accepted": 0, "rows_quarantined": 0}
    submissions.settle(ledger, submission.submission_id, status="rejected", **counts)
    assert places(archive, ledger) == {}


def test_rows_that_never_entered_are_counted(archive, ledger):
    arrived = {
        "sha256": "0" * 64,
        "file_name": "f",
        "zone": "deqing",
        "contract": "visit",
        "wave": None,
        "actor": "user",
    }
    submission, _ = submissions.receive(ledger, **arrived)
    counts = {"rows_read": 4, "rows_accepted": 4, "rows_quarantined": 0}
    submissions.settle(ledger, submission.submission_id, status="accepted", **counts)
    told = places(archive, ledger)[f"submission/{submission.submission_id}"]
    assert told == "4 rows were accepted, the lake holds 0"
