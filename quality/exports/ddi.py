"""DDI-Codebook 2.5: study, files and variables as one XML document, labels in both languages, the export's first.

Belongs here: an export → XML text. Does not: statistics of variables, which are small cells to whoever has several releases.
Order and number of elements are the standard's (2.5 of 2012-01-17); a test holds them against a schema of the part that is used.
"""

from __future__ import annotations

from xml.etree import ElementTree as ET  # only written here, never read

from data.fingerprint import ALGORITHM as FINGERPRINT
from data.messages import Language, Text
from quality.exports.dataset import TONGUES, Dataset, TableFile
from quality.exports.layout import Field
from quality.exports.sheet import SIMULATED
from quality.exports.statuses import STATUS_LABELS, code_written

NAMESPACE = "ddi:codebook:2_5"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
PROGRAM = "zonelab"
KINDS = Text(en="panel data", zh="面板数据"), Text(en="simulated data", zh="模拟数据")
FORMAT_OF = {"sav": {"schema": "SPSS"}}
"""File format → who defines the formats of its columns, where the standard has a word for it."""


def ddi_codebook(dataset: Dataset) -> str:
    """Return the codebook of an export as XML."""
    root = ET.Element("codeBook", {"xmlns": NAMESPACE, "version": "2.5", LANG: TONGUES[dataset.language]})
    _document(root, dataset)
    _study(root, dataset)
    for number, table in enumerate(dataset.tables, start=1):
        _file(root, dataset, table, f"F{number}")
    described = _add(root, "dataDscr")
    position = 0
    for number, table in enumerate(dataset.tables, start=1):
        for item in table.fields:
            position += 1
            _variable(described, dataset, table, item, (f"V{position}", f"F{number}"))
    ET.indent(root)
    return f"<?xml version='1.0' encoding='UTF-8'?>\n{ET.tostring(root, encoding='unicode')}\n"


def _document(root: ET.Element, dataset: Dataset) -> None:
    document = _add(root, "docDscr")
    citation = _add(document, "citation")
    title = _add(citation, "titlStmt")
    _add(title, "titl", f"DDI · {dataset.say(dataset.title)}")
    _add(title, "IDNo", f"{dataset.release.release_id}-ddi", agency=PROGRAM)
    made = _add(citation, "prodStmt")
    _add(made, "producer", dataset.say(dataset.provider))
    _add(made, "prodDate", dataset.release.built_at[:10], date=dataset.release.built_at[:10])
    _add(made, "software", PROGRAM)
    if dataset.format not in FORMAT_OF:
        _vocabulary(document)


def _vocabulary(document: ET.Element) -> None:
    """Say whose word the format of a column is, which the standard asks of every word that is not its own."""
    used = _add(document, "controlledVocabUsed")
    _add(used, "codeListName", "File formats of an export")
    _add(used, "codeListAgencyName", PROGRAM)
    usage = _add(used, "usage")
    _add(usage, "selector", "/codeBook/dataDscr/var/varFormat")
    _add(usage, "attribute", "@otherSchema")


def _study(root: ET.Element, dataset: Dataset) -> None:
    study = _add(root, "stdyDscr")
    citation = _add(study, "citation")
    title = _add(citation, "titlStmt")
    _both(title, "titl", dataset.title, dataset, second="parTitl")
    _add(title, "IDNo", dataset.release.release_id, agency=PROGRAM)
    _add(_add(citation, "prodStmt"), "producer", dataset.say(dataset.provider))
    _add(_add(citation, "distStmt"), "distrbtr", dataset.say(dataset.provider))
    version = _add(citation, "verStmt")
    _add(version, "version", dataset.release.release_id, date=dataset.release.built_at[:10], type="release")
    _add(
        version,
        "notes",
        f"as_of_seq {dataset.release.as_of_seq}; code {dataset.release.code.commit}",
        type="provenance",
    )
    _add(citation, "biblCit", dataset.citation)
    info = _add(study, "stdyInfo")
    _both(info, "abstract", dataset.about, dataset)
    summary = _add(info, "sumDscr")
    _add(summary, "nation", "China" if dataset.language == "en" else "中国", abbr="CN")
    for table in dataset.tables:
        _add(summary, "anlyUnit", dataset.say(table.sheet.title))
    _both(summary, "dataKind", KINDS[dataset.release.simulated], dataset)
    access = _add(study, "dataAccs")
    for tongue in _tongues(dataset):
        _use(access, dataset, tongue)


def _use(access: ET.Element, dataset: Dataset, tongue: Language) -> None:
    """Say the terms in one language: a statement holds each of them once, so that each language has its own."""
    use = _add(access, "useStmt", lang=TONGUES[tongue])
    _add(use, "restrctn", dataset.terms.get(tongue))
    if tongue == dataset.language:
        _add(use, "citReq", dataset.citation)
    if dataset.release.simulated:
        _add(use, "disclaimer", SIMULATED.get(tongue))


def _file(root: ET.Element, dataset: Dataset, table: TableFile, key: str) -> None:
    described = _add(root, "fileDscr", ID=key, URI=table.file)
    text = _add(described, "fileTxt")
    _add(text, "fileName", table.file)
    about = table.sheet.about
    first, second = _tongues(dataset)
    _add(text, "fileCont", about.get(first), lang=TONGUES[first])
    size = _add(text, "dimensns")
    _add(size, "caseQnty", str(table.sheet.rows))
    _add(size, "varQnty", str(len(table.fields)))
    _add(text, "fileType", dataset.format, charset="UTF-8")
    if about.en != about.zh:
        _add(described, "notes", about.get(second), lang=TONGUES[second], type="contents", level="file")
    for kind, algorithm, value in (
        ("fingerprint of the data", FINGERPRINT, table.sheet.fingerprint),
        ("fingerprint of the file", "SHA-256", table.sha256),
    ):
        _add(described, "notes", value, type=kind, subject=algorithm, level="file")
    for note in table.layout.notes:
        _add(described, "notes", f"{note.column}: {dataset.say(note.what)}", type="kept otherwise")


def _variable(parent: ET.Element, dataset: Dataset, table: TableFile, item: Field, keys: tuple[str, str]) -> None:
    variable = item.variable
    continuous = "contin" if variable.kind in ("number", "timestamp") else "discrete"
    found = _add(parent, "var", ID=keys[0], name=item.name, files=keys[1], intrvl=continuous)
    _both(found, "labl", variable.heading, dataset)
    if variable.grade != "none":
        _add(found, "security", variable.grade)
    if item.folds:
        _invalid(found, item)
    if variable.description:
        _add(found, "txt", variable.description, lang="en")
    for code, meaning in variable.codes.items():
        _category(found, dataset, code, meaning)
    for status, absence in item.missing.items():
        _category(found, dataset, code_written(absence), STATUS_LABELS[status], missing="Y", missType=str(status))
    kind = "character" if variable.kind == "string" else "numeric"
    schema = FORMAT_OF.get(dataset.format, {"schema": "other", "otherSchema": dataset.format})
    _add(found, "varFormat", variable.kind, type=kind, **schema)
    _add(found, "notes", f"{table.sheet.name}.{variable.name}", type="released as")


def _invalid(found: ET.Element, item: Field) -> None:
    """Say which values mean an absence, in the order in which the standard wants it: before text and categories."""
    values = _add(found, "invalrng")
    for code in item.missing.values():
        _add(values, "item", VALUE=code_written(code))


def _category(found: ET.Element, dataset: Dataset, code: str, meaning: Text, **attributes: str) -> None:
    category = _add(found, "catgry", **attributes)
    _add(category, "catValu", code)
    _both(category, "labl", meaning, dataset)


def _both(parent: ET.Element, tag: str, text: Text, dataset: Dataset, second: str | None = None) -> None:
    """Add a text in both languages, the export's first; once where both say the same."""
    first, other = _tongues(dataset)
    _add(parent, tag, text.get(first), lang=TONGUES[first])
    if text.en != text.zh:
        _add(parent, second or tag, text.get(other), lang=TONGUES[other])


def _tongues(dataset: Dataset) -> tuple[Language, Language]:
    """Return both languages, the export's first."""
    return ("en", "zh") if dataset.language == "en" else ("zh", "en")


def _add(
    parent: ET.Element, tag: str, text: str | None = None, *, lang: str | None = None, **attributes: str
) -> ET.Element:
    found = ET.SubElement(parent, tag, attributes)
    if lang is not None:
        found.set(LANG, lang)
    found.text = text
    return found
