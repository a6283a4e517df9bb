"""Making weights as an act on a release: permission, the reading that it is, the record; only then files.

Belongs here: who may, what the ledger says of it, the two files. Does not: how weights are made (weights), other exports
(exporting). Units have the codes of exports, so that weights and exported tables can be joined.
"""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa

from data.durable import make_folder, write_parquet, write_text
from experiments.exporting import allowed
from experiments.frames import file_digest, read_columns, read_frame
from experiments.registry.readings import note_reading
from experiments.registry.store import Registry
from experiments.weights.build import Weights, make_weights
from experiments.weights.spec import WeightSpec
from quality.exports.codes import coder_of

MADE = "weights_made"


def weigh_release(
    registry: Registry, spec: WeightSpec, release_id: str, table: str, folder: Path, *, actor: str
) -> Weights:
    """Make a weight from a released panel and write it, with its record, into a new folder.

    Rows about persons or organisations need the right to release, as their export does. The columns that the response model reads
    may be outcomes: that is a reading, recorded before the table is opened.

    Returns
    -------
    Weights
        As written: `<weight_id>.parquet`, `.csv` (UTF-8 with BOM) and `.json` (the record).

    Raises
    ------
    NotPermitted
        E-ACCESS-01.
    NotFound
        E-REL-02, E-REL-03: no such release or table.
    Refused
        E-EXPORT-01, -02, -03: the release is not as recorded, or not into this folder. What `make_weights` refuses.
    """
    release, [sheet], role = allowed(registry, release_id, [table], folder, actor)
    wanted = folder.expanduser().absolute()
    detail = {"weight": spec.id, "table": table, "waves": list(spec.waves), "folder": wanted.name}
    with registry.ledger.transaction() as connection:
        note_reading(registry, release, table, spec.columns(), actor)
        registry.ledger.record(
            connection, kind=MADE, object_id=release.release_id, detail=detail, actor=actor, role=role
        )
    made = make_weights(spec, read_columns(release.table(table), spec.columns()), sheet.fingerprint)
    coder = coder_of(registry.workspace)
    coded = {
        item.name: made.table[item.name].astype(str).map(coder.code)
        for item in sheet.variables
        if item.is_coded and item.name in spec.unit
    }
    named = made.table.assign(**coded).sort_values(list(spec.unit), ignore_index=True)
    told = {**made.record, "release_id": release.release_id, "table": table, "simulated": release.simulated}
    return _written(Weights(made.weight_id, named, told), wanted)


def weigh_file(spec: WeightSpec, data: Path, folder: Path) -> Weights:
    """Make a weight from a file of one's own (.csv, .parquet, .dta, .sav) and write it; see `weigh_release`."""
    return _written(make_weights(spec, read_frame(data), file_digest(data)), folder)


def _written(made: Weights, folder: Path) -> Weights:
    make_folder(folder)
    record = json.dumps(made.record, ensure_ascii=False, indent=2)
    table = pa.Table.from_pandas(made.table, preserve_index=False)
    write_parquet(folder / f"{made.weight_id}.parquet", table, metadata={"weight": record})
    rows = made.table.to_csv(index=False, lineterminator="\n")
    write_text(folder / f"{made.weight_id}.csv", f"\ufeff{rows}")
    write_text(folder / f"{made.weight_id}.json", record + "\n")
    return made
