"""A study's data: out of the Python package that carries them, or a file in the folder of published data.

Belongs here: finding, reading and counting them; the named step that says what a spec cannot (`prepared`). Does not: which data a
study has (its YAML), the way through the platform (platform).
"""

from __future__ import annotations

import hashlib
from importlib import import_module
from pathlib import Path

import pandas as pd

from experiments.frames import plain, read_frame
from experiments.messages import not_found, refusal
from experiments.replications.prepared import prepared
from experiments.replications.study import Data


def read_data(data: Data, folder: Path) -> pd.DataFrame:
    """Return a study's data, prepared.

    Parameters
    ----------
    data
        The file is taken where the folder has it, else the package.
    folder
        Of published data; need not exist.

    Raises
    ------
    NotFound
        E-REPL-05: neither the file nor the package is there.
    Refused
        E-REPL-03: other data than those that the numbers were found on.
    """
    path = folder / data.file if data.file else None
    if path is not None and path.is_file():
        frame = read_frame(path)
    elif data.package is not None:
        frame = _packaged(data.package, data.file, folder)
    else:
        raise not_found("E-REPL-05", file=data.file or "-", folder=folder.name, package="-")
    if len(frame) != data.rows:
        raise refusal("E-REPL-03", found=len(frame), rows=data.rows)
    return plain(prepared(data.prepare, frame))


def content_digest(frame: pd.DataFrame) -> str:
    """Return a sha256 of a frame's content: data out of a package have no file whose digest could be taken."""
    return hashlib.sha256(frame.to_csv(index=False).encode()).hexdigest()


def _packaged(name: str, file: str | None, folder: Path) -> pd.DataFrame:
    """Return the data set `module.name` of a package whose data sets have `load_pandas`."""
    module, _, data_set = name.rpartition(".")
    try:
        found = getattr(import_module(module), data_set)
    except ImportError as error:
        package = module.split(".")[0]
        raise not_found("E-REPL-05", file=file or "-", folder=folder.name, package=package) from error
    return pd.DataFrame(found.load_pandas().data)
