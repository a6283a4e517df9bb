"""Releases: a generation named for good, with everything that it rests on, in one manifest file.

Belongs here: building, finding and verifying releases. Does not: exports (quality.disclosure), estimates (experiments). The id
is made from the content: the same rows, pins and contracts give the same release, on any day and machine.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from data import batches, catalog, generations
from data.duck import open_duckdb, parquet_source
from data.durable import make_folder, sha256_file, write_text
from data.generations import Generation, TableInfo
from data.integrity import check_manifest, check_standing, check_table, rewritten_info
from data.ledger import Event, Head, Ledger, canonical, now_utc
from data.locks import exclusive
from data.messages import NotFound, Text
from data.paths import Workspace
from data.pins import TablePin
from data.problems import Problem, problem
from data.provenance import Code, code_version
from data.standing import Excluded

POINTER = "LATEST"
NOTED = "release_noted"
NOTES = "rewritten"
FLAG = "is_simulated"
OF_TODAY = ("path", "rewritten_by", "present")
"""Fields that are no part of the manifest."""


@dataclass(frozen=True)
class Release:
    """An immutable, named version of the panels. `path` is its manifest; the tables lie in its generation's folder.

    `submissions` are those whose rows it could show, `excluded` those that were in the lake and did not stand, with the reason.
    `tables` and `pins` are what was released. An erasure leaves them, and says beside them what the tables are now: `present`,
    by the acts in `rewritten_by`.
    """

    release_id: str
    generation_id: str
    as_of_seq: int
    tables: dict[str, TableInfo]
    pins: dict[str, TablePin]
    contracts: dict[str, str]
    code: Code
    simulated: bool
    submissions: tuple[str, ...]
    ledger_head: Head
    built_at: str
    path: Path
    excluded: tuple[Excluded, ...] = ()
    rewritten_by: tuple[str, ...] = ()
    present: Mapping[str, TableInfo] = field(default_factory=dict)

    def now(self, mart: str) -> TableInfo:
        """Return what a mart is today: as released, or minus the people who withdrew since."""
        return self.present.get(mart, self.tables[mart])

    def table(self, mart: str) -> Path:
        """Return the Parquet file of a mart.

        Raises
        ------
        NotFound
            E-REL-03: the release has no such mart; the message lists those it has.
        """
        if mart not in self.tables:
            raise generations.no_such_mart("E-REL-03", mart, self.release_id, self.tables)
        return self.path.parent.parent / "generations" / self.generation_id / self.tables[mart].file


def build(workspace: Workspace, ledger: Ledger, *, actor: str, run_id: str) -> Release:
    """Name the current generation for good; the same content again gives the release that exists.

    Raises
    ------
    NotFound
        E-REL-01: no generation has been published yet.
    Refused
        E-REL-04: the generation shows what no longer stands (retracted since); build the panels again.
    """
    make_folder(workspace.releases)
    with exclusive(workspace.releases / ".release.lock"):
        generation = generations.current(workspace)
        if generation is None:
            raise NotFound(
                "E-REL-01",
                Text(
                    en="There is nothing to release yet: build the panels first.", zh="尚无可发布内容：请先构建面板。"
                ),
            )
        release_id = release_id_of(generation)
        manifest = _manifest_path(workspace, release_id)
        with ledger.transaction():  # nothing is retracted between the look at what stands and the record
            if not _is_recorded(ledger, release_id):
                check_standing(ledger, generation)
            if not manifest.is_file():
                made = _describe(workspace, ledger, generation, release_id)
                write_text(manifest, json.dumps(_to_json(made), indent=2, sort_keys=True, ensure_ascii=False) + "\n")
            _record(ledger, release_id, manifest, generation_id=generation.generation_id, actor=actor, run_id=run_id)
        if _latest(workspace) != release_id:
            write_text(workspace.releases / POINTER, release_id + "\n")
        return load_release(workspace, release_id)


def release_id_of(generation: Generation | Release) -> str:
    """Return the id that this content has: R, the sequence number, eight digits of the content's hash."""
    content: dict[str, Any] = {
        "as_of_seq": generation.as_of_seq,
        "tables": {mart: info.fingerprint for mart, info in generation.tables.items()},
        "pins": {name: [pin.rows, pin.fingerprint] for name, pin in generation.pins.items()},
        "contracts": generation.contracts,
    }
    if generation.excluded:
        content["excluded"] = [asdict(item) for item in generation.excluded]
    return f"R{generation.as_of_seq:06d}-{hashlib.sha256(canonical(content).encode()).hexdigest()[:8]}"


def list_releases(workspace: Workspace) -> list[Release]:
    """Return all releases, oldest first."""
    found = [load_release(workspace, path.stem) for path in workspace.releases.glob("R*.json")]
    return sorted(found, key=lambda release: (release.as_of_seq, release.built_at))


def load_release(workspace: Workspace, release_id: str = "latest") -> Release:
    """Return a release by id, or the newest built one for `latest`.

    Raises
    ------
    NotFound
        E-REL-02: there is none of that id, or none at all.
    """
    wanted = _latest(workspace) if release_id == "latest" else release_id
    path = _manifest_path(workspace, wanted or "none")
    if path.parent != workspace.releases or not path.is_file():
        raise _not_found(release_id)
    return _noted(workspace, _from_json(json.loads(path.read_text(encoding="utf-8")), path))


def note_path(workspace: Workspace, release_id: str) -> Path:
    """Return where it stands what a release's tables are now, if some were rewritten."""
    return workspace.releases / NOTES / f"{release_id}.json"


def _noted(workspace: Workspace, release: Release) -> Release:
    path = note_path(workspace, release.release_id)
    if not path.is_file():
        return release
    note = json.loads(path.read_text(encoding="utf-8"))
    present = {mart: TableInfo(**info["now"]) for mart, info in note["tables"].items()}
    return replace(release, rewritten_by=tuple(note["acts"]), present=present)


def verify(workspace: Workspace, release_id: str | None = None, *, ledger: Ledger | None = None) -> list[Problem]:
    """Recompute one release, or all that the ledger or the folder knows; name what is not as recorded.

    Raises
    ------
    NotFound
        E-REL-02: neither the ledger nor the folder knows `release_id`.
    """
    chain = ledger or Ledger.open(workspace)
    recorded = {event.object_id: event for event in chain.events("release_built")}
    present = {path.stem for path in workspace.releases.glob("R*.json")}
    wanted = _latest(workspace) if release_id == "latest" else release_id
    if release_id is not None and wanted not in recorded.keys() | present:
        raise _not_found(release_id)
    names = sorted(recorded.keys() | present) if wanted is None else [wanted]
    return [found for name in names for found in _verify_one(workspace, chain, name, recorded.get(name))]


def _verify_one(workspace: Workspace, ledger: Ledger, release_id: str, event: Event | None) -> Iterator[Problem]:
    where, path = f"release/{release_id}", _manifest_path(workspace, release_id)
    if not path.is_file():
        yield problem(where, "its manifest is missing", "发布清单缺失")
        return
    yield from check_manifest(where, path, event)
    try:
        release = load_release(workspace, release_id)
    except (ValueError, TypeError, KeyError, AttributeError):
        yield problem(where, "its manifest cannot be read", "发布清单无法读取")
        return
    if not ledger.holds(release.ledger_head):
        head = release.ledger_head.seq
        yield problem(
            where,
            f"ledger entry {head}, on record when it was built, is gone or another: the ledger was cut or rewritten",
            f"发布时登记的第 {head} 条账目已不在或已不同：账本被截断或改写",
        )
    if release_id_of(release) != release_id:
        yield problem(where, "its id does not belong to its content", "编号与内容不符")
    yield from _verify_note(workspace, ledger, release)
    for mart, info in release.tables.items():
        place = f"generations/{release.generation_id}/{info.file}"
        yield from check_table(f"{where}/{mart}", release.table(mart), rewritten_info(ledger, place, info))


def _verify_note(workspace: Workspace, ledger: Ledger, release: Release) -> Iterator[Problem]:
    """Compare the note beside a manifest with the newest event that recorded it."""
    path, known = note_path(workspace, release.release_id), ledger.events(NOTED, release.release_id)
    found = sha256_file(path) if path.is_file() else None
    if found != (known[-1].detail["note_sha256"] if known else None):
        told = "what was rewritten since it was built is not noted as recorded", "发布后改写情况的说明与登记不符"
        yield problem(f"release/{release.release_id}", *told)


def _not_found(release_id: str) -> NotFound:
    text = Text(en=f"There is no release {release_id}.", zh=f"没有编号为 {release_id} 的发布版本。")
    return NotFound("E-REL-02", text)


def _latest(workspace: Workspace) -> str | None:
    pointer = workspace.releases / POINTER
    return pointer.read_text(encoding="utf-8").strip() if pointer.is_file() else None


def _manifest_path(workspace: Workspace, release_id: str) -> Path:
    return workspace.releases / f"{release_id}.json"


def _is_recorded(ledger: Ledger, release_id: str) -> bool:
    table = catalog.releases
    with ledger.reading() as connection:
        return connection.execute(sa.select(table).where(table.c.release_id == release_id)).first() is not None


def _describe(workspace: Workspace, ledger: Ledger, generation: Generation, release_id: str) -> Release:
    held = {item.submission_id for item in generation.excluded}
    appended = batches.committed_batches(ledger, generation.as_of_seq)
    return Release(
        release_id=release_id,
        generation_id=generation.generation_id,
        as_of_seq=generation.as_of_seq,
        tables=generation.tables,
        pins=generation.pins,
        contracts=generation.contracts,
        code=code_version(),
        simulated=any(_holds_simulated(generation.table(mart)) for mart in generation.tables),
        submissions=tuple(batch.submission_id for batch in appended if batch.submission_id not in held),
        ledger_head=ledger.head(),
        built_at=now_utc(),
        path=_manifest_path(workspace, release_id),
        excluded=generation.excluded,
    )


def _holds_simulated(path: Path) -> bool:
    """Tell whether a mart holds any row marked simulated; a mart without the mark holds none."""
    source = parquet_source([path])
    with open_duckdb() as connection:
        columns = {row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()}
        if FLAG not in columns:
            return False
        found = connection.execute(f"SELECT coalesce(bool_or({FLAG}), false) FROM {source}").fetchone()
    return bool(found and found[0])


def _record(ledger: Ledger, release_id: str, manifest: Path, *, generation_id: str, actor: str, run_id: str) -> None:
    """Record the release once. A manifest whose writer died before this point is recorded by the next build."""
    sha256 = sha256_file(manifest)
    table = catalog.releases
    if _is_recorded(ledger, release_id):
        return
    with ledger.transaction() as connection:
        row = {"release_id": release_id, "generation_id": generation_id, "manifest_sha256": sha256}
        connection.execute(table.insert().values(row))
        detail = {"generation_id": generation_id, "manifest_sha256": sha256, "run_id": run_id}
        ledger.record(connection, kind="release_built", object_id=release_id, detail=detail, actor=actor)


def _to_json(made: Release) -> dict[str, Any]:
    return {"schema_version": 1, **{key: value for key, value in asdict(made).items() if key not in OF_TODAY}}


def _from_json(found: dict[str, Any], path: Path) -> Release:
    fields = {key: value for key, value in found.items() if key != "schema_version"}
    parsed = {
        "tables": {mart: TableInfo(**info) for mart, info in found["tables"].items()},
        "pins": {name: TablePin(**pin) for name, pin in found["pins"].items()},
        "code": Code(**found["code"]),
        "ledger_head": Head(**found["ledger_head"]),
        "submissions": tuple(found["submissions"]),
        "excluded": tuple(Excluded(**item) for item in found.get("excluded", ())),
        "path": path,
    }
    return Release(**{**fields, **parsed})
