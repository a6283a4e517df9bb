"""Writing a codebook into a folder that appears whole or not at all.

Belongs here: which files a format is, the order of steps. Does not: what they hold (files, page), who may
(experiments.codebooks).
"""

from __future__ import annotations

import shutil
import uuid
from pathlib import Path
from typing import Literal

from data.durable import make_folder, rename_folder, write_text
from data.messages import Language
from data.paths import Workspace
from quality.codebook.describe import Codebook
from quality.codebook.files import as_csv, as_json
from quality.codebook.page import as_html
from quality.exports.write import check_folder

BookFormat = Literal["html", "json", "csv"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")


def book_files(book: Codebook, file_format: BookFormat) -> dict[str, str]:
    """Return file name → text: a page in each language, one JSON document, or three tables."""
    if file_format == "json":
        return {"codebook.json": as_json(book)}
    if file_format == "csv":
        return as_csv(book)
    return {f"codebook.{language}.html": as_html(book, language) for language in LANGUAGES}


def write_book(workspace: Workspace, book: Codebook, file_format: BookFormat, folder: Path) -> list[Path]:
    """Write a codebook and return its files.

    Raises
    ------
    Refused
        E-EXPORT-02: the folder is there already. E-EXPORT-03: it lies in the workspace.
    """
    wanted = check_folder(workspace, folder)
    make_folder(wanted.parent)
    stage = make_folder(wanted.parent / f".{wanted.name}-{uuid.uuid4().hex[:8]}")
    try:
        names = book_files(book, file_format)
        for name, text in names.items():
            write_text(stage / name, text)
        rename_folder(stage, wanted)
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    return [wanted / name for name in names]
