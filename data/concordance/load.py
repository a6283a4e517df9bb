"""Reading concordances from YAML: by name from this folder, or from a path.

Belongs here: file → `Concordance`, and every problem of a file told at once. Does not: what it may say (model), whether it fits
the contracts (check).
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml
from pydantic import ValidationError

from data.concordance.model import Concordance
from data.messages import NotFound, Refused, Text
from data.yaml_text import read_yaml

FOLDER = Path(__file__).resolve().parent


def concordance_names(folder: Path = FOLDER) -> list[str]:
    """Return the names of the concordances that ship with the platform, sorted."""
    return sorted(path.stem for path in folder.glob("*.yml"))


def load_concordance(name_or_path: str | Path) -> Concordance:
    """Return the concordance of that name, or of the YAML file at that path.

    Raises
    ------
    NotFound
        E-CONC-01: neither a known name nor a file.
    Refused
        E-CONC-02: the YAML does not describe a consistent concordance; the message lists every problem with its field path.

    >>> load_concordance("clinic_visits").model
    'int_clinic_visits_harmonised'
    """
    path = FOLDER / f"{name_or_path}.yml" if str(name_or_path) in concordance_names() else Path(name_or_path)
    if not path.is_file():
        known = ", ".join(concordance_names())
        raise NotFound(
            "E-CONC-01",
            Text(
                en=f"No concordance is called {name_or_path}, and there is no such file. Known: {known}.",
                zh=f"没有名为 {name_or_path} 的对照表，也没有这个文件。可用：{known}。",
            ),
        )
    try:
        return _parse(path.read_text(encoding="utf-8"))
    except (ValidationError, yaml.YAMLError, UnicodeDecodeError) as error:
        told = _told(error)
        raise Refused(
            "E-CONC-02",
            Text(en=f"{path.name} is not a valid concordance: {told}", zh=f"{path.name} 不是有效的对照表：{told}"),
        ) from error


def load_concordances(folder: Path = FOLDER) -> dict[str, Concordance]:
    """Return every shipped concordance by name."""
    return {name: load_concordance(folder / f"{name}.yml") for name in concordance_names(folder)}


@lru_cache(maxsize=64)
def _parse(text: str) -> Concordance:
    return Concordance.model_validate(read_yaml(text))


def _told(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    places = ((".".join(str(part) for part in found["loc"]) or "file", found["msg"]) for found in error.errors())
    return "; ".join(f"{place}: {message.removeprefix('Value error, ')}" for place, message in places)
