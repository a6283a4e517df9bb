"""Writing an export: tables, codebook, documents and manifest into a folder that appears whole or not at all.

Belongs here: the order of steps. Does not: what the files hold, who may (experiments.exporting).
"""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data.durable import make_folder, rename_folder, sha256_file, sync_file, write_text
from data.fingerprint import ALGORITHM
from data.messages import Language, Refused, Text
from data.paths import Workspace
from data.releases import Release
from quality.exports.codes import Coder, coder_of
from quality.exports.crate import ro_crate
from quality.exports.dataset import TONGUES, Dataset, Format, TableFile
from quality.exports.ddi import ddi_codebook
from quality.exports.labelled_files import SPSS_FILE, STATA_FILE, write_dta, write_sav
from quality.exports.layout import Dialect, Note, layout, merged
from quality.exports.packages import croissant, data_package, schema_org
from quality.exports.plain_files import CSV, PARQUET, write_codebook, write_csv, write_parquet
from quality.exports.sheet import Sheet
from quality.exports.variables import Variable

MANIFEST = "export.json"
DIALECTS: dict[Format, Dialect] = {"parquet": PARQUET, "csv": CSV, "dta": STATA_FILE, "sav": SPSS_FILE}


@dataclass(frozen=True)
class Exported:
    """A finished export: its folder, its manifest as a document, and what the format could not keep."""

    folder: Path
    manifest: dict[str, Any]
    notes: tuple[Note, ...]


def check_folder(workspace: Workspace, folder: Path) -> Path:
    """Return the folder's absolute path if an export may be written there.

    Raises
    ------
    Refused
        E-EXPORT-02: there is something already. E-EXPORT-03: it lies in the workspace, where an erasure looks for what it has to
        remove and an export would be found without being known.
    """
    wanted = folder.expanduser().absolute()
    if wanted.exists() or wanted.is_symlink():
        raise Refused(
            "E-EXPORT-02",
            Text(
                en=f"{wanted.name} is there already; name a folder that is not.",
                zh=f"{wanted.name} 已存在；请指定尚不存在的文件夹。",
            ),
        )
    if wanted.resolve().is_relative_to(workspace.home.resolve()):
        raise Refused(
            "E-EXPORT-03",
            Text(en="An export may not lie inside the workspace.", zh="导出文件夹不能位于工作区内。"),
        )
    return wanted


def write_export(
    workspace: Workspace,
    release: Release,
    sheets: Iterable[Sheet],
    *,
    file_format: Format,
    language: Language,
    folder: Path,
) -> Exported:
    """Write the tables of a release with everything that belongs beside them.

    Parameters
    ----------
    workspace
        For the key of codes in place of people.
    release, sheets
        What is exported.
    file_format, language
        How; labels are in `language`, Parquet and DDI carry both.
    folder
        Where; it must not exist and appears when all is written.

    Raises
    ------
    Refused
        E-EXPORT-02, E-EXPORT-03: not there.
    """
    wanted, coder = check_folder(workspace, folder), coder_of(workspace)
    make_folder(wanted.parent)
    stage = make_folder(wanted.parent / f".{wanted.name}-{uuid.uuid4().hex[:8]}")
    stage.chmod(0o700)
    try:
        tables = tuple(_table(release, sheet, coder, file_format, language, stage) for sheet in sheets)
        dataset = Dataset(release, file_format, language, tables)
        _documents(dataset, stage)
        manifest = _manifest(dataset, stage)
        write_text(stage / MANIFEST, _json(manifest))
        shutil.rmtree(stage / "spill", ignore_errors=True)
        rename_folder(stage, wanted)
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    return Exported(wanted, manifest, merged([table.layout for table in tables]))


def _table(
    release: Release, sheet: Sheet, coder: Coder, file_format: Format, language: Language, stage: Path
) -> TableFile:
    laid = layout(sheet, DIALECTS[file_format], language)
    path = stage / f"{sheet.name}.{file_format}"
    if file_format == "parquet":
        said = {"release": release.release_id, "fingerprint": f"{ALGORITHM}:{sheet.fingerprint}"}
        write_parquet(sheet, laid.fields, coder, path, {**said, "simulated": str(release.simulated).lower()})
    elif file_format == "csv":
        write_csv(sheet, laid.fields, coder, path)
    elif file_format == "dta":
        write_dta(sheet, laid.fields, coder, path, language)
    else:
        write_sav(sheet, laid.fields, coder, path, language)
    sync_file(path)
    return TableFile(sheet, laid, path.name, sha256_file(path), path.stat().st_size)


def _documents(dataset: Dataset, stage: Path) -> None:
    write_codebook(
        ((table.sheet.name, item) for table in dataset.tables for item in table.fields),
        stage / "codebook.csv",
        dataset.language,
    )
    write_text(stage / "ddi.xml", ddi_codebook(dataset))
    write_text(stage / "datapackage.json", _json(data_package(dataset)))
    write_text(stage / "dataset.jsonld", _json(schema_org(dataset)))
    write_text(stage / "croissant.json", _json(croissant(dataset)))
    names = ("codebook.csv", "ddi.xml", "datapackage.json", "dataset.jsonld", "croissant.json")
    crate = ro_crate(dataset, {name: sha256_file(stage / name) for name in names})
    write_text(stage / "ro-crate-metadata.json", _json(crate))


def _manifest(dataset: Dataset, stage: Path) -> dict[str, Any]:
    release = dataset.release
    tables = {table.file for table in dataset.tables}
    beside = sorted(path.name for path in stage.iterdir() if path.is_file() and path.name not in tables)
    return {
        "schema_version": 1,
        "release_id": release.release_id,
        "generation_id": release.generation_id,
        "as_of_seq": release.as_of_seq,
        "built_at": release.built_at,
        "rewritten_by": list(release.rewritten_by),
        "simulated": release.simulated,
        "format": dataset.format,
        "language": TONGUES[dataset.language],
        "terms": dataset.terms.model_dump(),
        "grade": dataset.grade,
        "contracts": release.contracts,
        "code": {"commit": release.code.commit, "dirty": release.code.dirty},
        "tables": [_told(table) for table in dataset.tables],
        "documents": {name: sha256_file(stage / name) for name in beside},
    }


def _told(table: TableFile) -> dict[str, Any]:
    sheet = table.sheet
    return {
        "table": sheet.name,
        "file": table.file,
        "rows": sheet.rows,
        "sha256": table.sha256,
        "fingerprint": {"algorithm": ALGORITHM, "released": sheet.fingerprint},
        "key": list(sheet.key),
        "columns": [_column(item.name, item.variable, item.missing) for item in table.fields],
        "notes": [{"column": note.column, "what": note.what.model_dump()} for note in table.layout.notes],
    }


def _column(name: str, variable: Variable, missing: Any) -> dict[str, Any]:  # noqa: ANN401 - status → letter or number
    told: dict[str, Any] = {"column": variable.name, "name": name, "type": variable.kind, "grade": variable.grade}
    if missing:
        told |= {"status": variable.status, "missing": {str(status): code for status, code in missing.items()}}
    return told


def _json(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
