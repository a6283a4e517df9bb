"""Writing the demo's files as staff would send them, and putting them into the inbox.

Belongs here: folders, file names, `manifest.json`, `truth.json`, the copy into `inbox/<zone>/<contract>/`. Does not: what the
files hold (sending, faults), what happens to them in the inbox (quality.inbox).
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from data.demo import faults
from data.demo.programme import DEFAULT_SEED, simulate
from data.demo.sending import DemoFile, DemoManifest, Parcel, parcels, render
from data.demo.truth import as_json, true_effects
from data.messages import NotFound, Text
from data.paths import Workspace

CORRECTIONS = "corrections"
SENT_AT = 1767225600.0
"""2026-01-01T00:00:00Z as file time: the files are whole when they appear, so the inbox need not wait for them to settle."""


@dataclass(frozen=True)
class _Rendered:
    """A file ready to be written."""

    name: str
    content: bytes
    rows: int
    zone: str
    contract: str
    is_correction: bool = False


def write_files(
    workspace: Workspace, seed: int = DEFAULT_SEED, scale: float = 1.0, *, arms: Mapping[str, str] | None = None
) -> DemoManifest:
    """Simulate the programme and write its files, `manifest.json` and `truth.json` to `<home>/demo/<seed>-<scale>/`.

    `arms` is the sealed assignment of the clinics (clinic id → arm); None lets the generator draw them itself.
    Writes the same bytes on every run with equal arguments; safe to repeat. Raises what `simulate` raises.
    """
    folder = workspace.demo / f"{seed}-{scale:g}"
    sent, planted = faults.plant(parcels(simulate(seed, scale, arms=arms)))
    files: list[DemoFile] = []
    for parcel in sent:
        for rendered, fault in _rendered(parcel):
            files.append(_write(folder, rendered))
            planted += [fault] if fault else []
    manifest = DemoManifest(folder, seed, scale, tuple(files))
    marked = {"SIMULATED": True, "seed": seed, "scale": scale}
    _write_json(folder / "manifest.json", {**marked, "files": [asdict(file) for file in files]})
    truth = {"estimates": as_json(true_effects()), "planted": [asdict(fault) for fault in planted]}
    _write_json(folder / "truth.json", {**marked, **truth})
    return manifest


def load_manifest(folder: Path) -> DemoManifest:
    """Return the manifest that `write_files` left in `folder`; NotFound if there is none."""
    path = folder / "manifest.json"
    if not path.is_file():
        raise NotFound(
            "E-DEMO-02",
            Text(
                en=f"No demo files in {folder.name}: write them first (zonelab demo).",
                zh=f"{folder.name} 中没有演示文件：请先生成（zonelab demo）。",
            ),
        )
    found = json.loads(path.read_text(encoding="utf-8"))
    return DemoManifest(folder, found["seed"], found["scale"], tuple(DemoFile(**file) for file in found["files"]))


def deliver(workspace: Workspace, manifest: DemoManifest) -> int:
    """Put every file of the manifest into the inbox, whole or not at all; return how many.

    Delivering twice is what staff do who are not sure: the gate answers `duplicate` the second time.
    """
    for file in manifest.files:
        folder = workspace.inbox / file.zone / file.contract
        if file.is_correction:
            folder = folder / CORRECTIONS
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / Path(file.path).name
        waiting = target.with_name(f".{target.name}.part")
        waiting.write_bytes((manifest.folder / file.path).read_bytes())
        os.utime(waiting, (SENT_AT, SENT_AT))
        waiting.replace(target)
    return len(manifest.files)


def _rendered(parcel: Parcel) -> list[tuple[_Rendered, faults.Planted | None]]:
    """Return the parcel's file, followed by its cut-off or second copy where one is planted."""
    content = render(parcel)
    whole = _Rendered(parcel.name, content, len(parcel.rows), parcel.zone_id, parcel.contract, parcel.is_correction)
    found: list[tuple[_Rendered, faults.Planted | None]] = [(whole, None)]
    cut = faults.unreadable(parcel, content)
    if cut:
        name, part, fault = cut
        found.append((_Rendered(name, part, 0, parcel.zone_id, parcel.contract), fault))
    again = faults.copied(parcel)
    if again:
        name, fault = again
        found.append((_Rendered(name, content, len(parcel.rows), parcel.zone_id, parcel.contract), fault))
    return found


def _write(folder: Path, rendered: _Rendered) -> DemoFile:
    inside = Path("files") / rendered.zone / rendered.contract
    if rendered.is_correction:
        inside = inside / CORRECTIONS
    path = folder / inside / rendered.name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(rendered.content)
    return DemoFile(
        zone=rendered.zone,
        contract=rendered.contract,
        path=(inside / rendered.name).as_posix(),
        rows=rendered.rows,
        size=len(rendered.content),
        sha256=hashlib.sha256(rendered.content).hexdigest(),
        is_correction=rendered.is_correction,
    )


def _write_json(path: Path, content: dict[str, object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")
