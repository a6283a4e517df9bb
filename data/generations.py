"""Generations: immutable builds of the marts, and the CURRENT pointer that readers follow.

Belongs here: staging, publishing and loading a build. Does not: building the marts (quality.panel), naming one for good
(releases). Order: stage → sync → rename → ledger event → CURRENT, so that what readers see is whole and recorded.
"""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pyarrow.parquet as pq

from data.durable import copy_file, make_folder, rename_folder, sha256_file, write_text
from data.fingerprint import Content, fingerprint_file
from data.ledger import Ledger, now_utc
from data.locks import exclusive
from data.messages import NotFound, Text
from data.paths import Workspace
from data.pins import Pin, TablePin
from data.standing import Excluded

MANIFEST = "manifest.json"
POINTER = "CURRENT"
STAGE = ".stage-"
NOTHING_KNOWN: Mapping[str, Content] = MappingProxyType({})


@dataclass(frozen=True)
class TableInfo:
    """One mart of a build: its size, the sha256 of its file, the fingerprint of its rows, the file's name."""

    rows: int
    sha256: str
    fingerprint: str
    file: str


@dataclass(frozen=True)
class Generation:
    """One published build. `path` is its folder; nothing in it ever changes. `excluded` was in the lake and not shown."""

    generation_id: str
    as_of_seq: int
    run_id: str
    built_at: str
    tables: dict[str, TableInfo]
    pins: dict[str, TablePin]
    contracts: dict[str, str]
    path: Path
    excluded: tuple[Excluded, ...] = ()

    def table(self, mart: str) -> Path:
        """Return the Parquet file of a mart.

        Raises
        ------
        NotFound
            E-GEN-02: the build has no such mart; the message lists those it has.
        """
        if mart not in self.tables:
            raise no_such_mart("E-GEN-02", mart, self.generation_id, self.tables)
        return self.path / self.tables[mart].file


def publish(
    workspace: Workspace,
    ledger: Ledger,
    *,
    source: Mapping[str, Path],
    pin: Pin,
    run_id: str,
    contracts: Mapping[str, str],
    known: Mapping[str, Content] = NOTHING_KNOWN,
) -> Generation:
    """Publish a build and point CURRENT at it.

    Parameters
    ----------
    source
        Mart name → Parquet file, which is copied.
    pin
        What the build was made from.
    contracts
        Contract name → digest, for those that the marts rest on.
    known
        Mart → the content of its file, where whoever wrote it knows it; the other files are read.

    Returns
    -------
    Generation
        The new one, or the current one when rows, pin and contracts are the same: publishing twice changes nothing.
    """
    make_folder(workspace.generations)
    with exclusive(workspace.generations / ".publish.lock"):
        _sweep_stages(workspace)
        tables = {mart: _table_info(mart, path, known.get(mart)) for mart, path in sorted(source.items())}
        made = Generation(
            generation_id=_next_id(workspace),
            as_of_seq=pin.as_of_seq,
            run_id=run_id,
            built_at=now_utc(),
            tables=tables,
            pins=dict(pin.tables),
            contracts=dict(contracts),
            path=workspace.generations,
            excluded=pin.excluded,
        )
        present = current(workspace)
        if present is not None and _content(present) == _content(made):
            return present
        _stage(workspace, made, source)
        _record(workspace, ledger, made)
        write_text(workspace.generations / POINTER, made.generation_id + "\n")
        return load(workspace, made.generation_id)


def current(workspace: Workspace) -> Generation | None:
    """Return the generation that readers use; None before the first one."""
    pointer = workspace.generations / POINTER
    return load(workspace, pointer.read_text(encoding="utf-8").strip()) if pointer.is_file() else None


def load(workspace: Workspace, generation_id: str) -> Generation:
    """Return a generation by its id.

    Raises
    ------
    NotFound
        E-GEN-01: there is none.
    """
    folder = workspace.generations / generation_id
    manifest = folder / MANIFEST
    if not generation_id.startswith("gen-") or not manifest.is_file():
        raise NotFound(
            "E-GEN-01",
            Text(en=f"There is no generation {generation_id}.", zh=f"没有编号为 {generation_id} 的版本。"),
        )
    return _from_json(json.loads(manifest.read_text(encoding="utf-8")), folder)


def generation_ids(workspace: Workspace) -> list[str]:
    """Return the ids of all complete generations in order."""
    return sorted(path.parent.name for path in workspace.generations.glob(f"gen-*/{MANIFEST}"))


def no_such_mart(code: str, mart: str, owner: str, tables: Mapping[str, object]) -> NotFound:
    """Return the error for a mart that a generation or release does not hold."""
    known = ", ".join(sorted(tables))
    return NotFound(
        code,
        Text(en=f"{owner} has no table {mart}. It has: {known}.", zh=f"{owner} 没有表 {mart}。现有：{known}。"),
    )


def _table_info(mart: str, path: Path, known: Content | None) -> TableInfo:
    content = known or fingerprint_file(path)
    return TableInfo(pq.read_metadata(path).num_rows, sha256_file(path), content.fingerprint, f"{mart}.parquet")


def _content(generation: Generation) -> tuple[object, ...]:
    """Return what makes two builds the same: the bytes of a Parquet file may differ, its rows may not."""
    marts = {mart: info.fingerprint for mart, info in generation.tables.items()}
    pins = {name: pin.fingerprint for name, pin in generation.pins.items()}
    return marts, generation.as_of_seq, pins, generation.contracts, generation.excluded


def _stage(workspace: Workspace, made: Generation, source: Mapping[str, Path]) -> None:
    stage = make_folder(workspace.generations / f"{STAGE}{uuid.uuid4().hex}")
    for mart, path in source.items():
        copy_file(path, stage / made.tables[mart].file)
    write_text(stage / MANIFEST, json.dumps(_to_json(made), indent=2, sort_keys=True, ensure_ascii=False) + "\n")
    rename_folder(stage, workspace.generations / made.generation_id)


def _record(workspace: Workspace, ledger: Ledger, made: Generation) -> None:
    manifest = workspace.generations / made.generation_id / MANIFEST
    detail = {"as_of_seq": made.as_of_seq, "run_id": made.run_id, "manifest_sha256": sha256_file(manifest)}
    with ledger.transaction() as connection:
        ledger.record(
            connection, kind="generation_published", object_id=made.generation_id, detail=detail, actor="platform"
        )


def _next_id(workspace: Workspace) -> str:
    taken = [int(path.name.removeprefix("gen-")) for path in workspace.generations.glob("gen-*")]
    return f"gen-{max(taken, default=0) + 1:06d}"


def _sweep_stages(workspace: Workspace) -> None:
    for stage in workspace.generations.glob(f"{STAGE}*"):
        shutil.rmtree(stage)


def _to_json(made: Generation) -> dict[str, Any]:
    return {"schema_version": 1, **{key: value for key, value in asdict(made).items() if key != "path"}}


def _from_json(found: dict[str, Any], folder: Path) -> Generation:
    fields = {key: value for key, value in found.items() if key != "schema_version"}
    tables = {mart: TableInfo(**info) for mart, info in found["tables"].items()}
    pins = {name: TablePin(**pin) for name, pin in found["pins"].items()}
    excluded = tuple(Excluded(**item) for item in found.get("excluded", ()))  # builds before reviews left nothing out
    return Generation(**{**fields, "tables": tables, "pins": pins, "path": folder, "excluded": excluded})
