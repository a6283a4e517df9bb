"""Reading contracts from YAML: by name from this folder, or from a path.

Belongs here: file → `Contract`, and the digest that releases pin. Does not: what a contract may say (model).
"""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ValidationError

from data.contracts.model import Column, Contract, Use
from data.messages import NotFound, Refused, Text
from data.yaml_text import read_yaml

FOLDER = Path(__file__).resolve().parent

FIRST_FIELDS = frozenset(
    [
        "name",
        "version",
        "title",
        "description",
        "unit",
        "grain",
        "scope",
        "source_kind",
        "key",
        "wave_column",
        "na_values",
        "columns",
    ]
)
FIRST_COLUMN_FIELDS = frozenset(
    [
        "name",
        "type",
        "label",
        "description",
        "unit",
        "required",
        "source",
        "aliases",
        "parts",
        "timezone",
        "codes",
        "minimum",
        "maximum",
        "pattern",
        "missing_codes",
        "sensitivity",
    ]
)
"""Fields of the first release; they count in the digest whatever they hold."""


def contract_names() -> list[str]:
    """Return the names of the contracts that ship with the platform, sorted."""
    return sorted(path.stem for path in FOLDER.glob("*.yml"))


def load_contract(name_or_path: str | Path) -> Contract:
    """Return the contract of that name, or of the YAML file at that path.

    Raises
    ------
    NotFound
        Neither a known name nor a file.
    Refused
        The YAML does not describe a consistent contract; the message lists every problem with its field path.

    >>> load_contract("clinic_visit").unit
    'person'
    """
    path = _find(name_or_path)
    if path is None:
        known = ", ".join(contract_names())
        raise NotFound(
            "E-CONTRACT-01",
            Text(
                en=f"No contract is called {name_or_path}, and there is no such file. Known: {known}.",
                zh=f"没有名为 {name_or_path} 的数据约定，也没有这个文件。可用：{known}。",
            ),
        )
    try:
        return _parse(path.read_text(encoding="utf-8"))
    except (ValidationError, yaml.YAMLError, UnicodeDecodeError) as error:
        told = _told(error)
        raise Refused(
            "E-CONTRACT-02",
            Text(
                en=f"{path.name} is not a valid contract: {told}",
                zh=f"{path.name} 不是有效的数据约定：{told}",
            ),
        ) from error


def _find(name_or_path: str | Path) -> Path | None:
    if str(name_or_path) in contract_names():
        return FOLDER / f"{name_or_path}.yml"
    try:
        return Path(name_or_path) if Path(name_or_path).is_file() else None
    except (OSError, ValueError):  # a name too long for a path, or with a NUL
        return None


def _told(error: Exception) -> str:
    """Return every problem with its field path, without what pydantic adds for programmers."""
    if not isinstance(error, ValidationError):
        return str(error)
    places = ((".".join(str(part) for part in found["loc"]) or "contract", found["msg"]) for found in error.errors())
    return "; ".join(f"{place}: {message.removeprefix('Value error, ')}" for place, message in places)


@lru_cache(maxsize=64)
def _parse(text: str) -> Contract:
    """Parse once per text (50 ms each, and every submission asks again); a contract is frozen, so it can be shared."""
    return Contract.model_validate(read_yaml(text))


def load_contracts(use: Use | None = None) -> dict[str, Contract]:
    """Return every shipped contract by name; with `use`, those that panels read or those that are only kept."""
    found = {name: load_contract(name) for name in contract_names()}
    return {name: contract for name, contract in found.items() if use in (None, contract.use)}


def contract_digest(contract: Contract) -> str:
    """Return the sha256 of the contract's canonical JSON; a release pins it.

    A field that the model gained later counts only where a contract uses it: releases made before keep their digests.
    """
    document = contract.model_dump(mode="json")
    plain = {name: found for name, found in document.items() if name in FIRST_FIELDS or _used(Contract, name, contract)}
    plain["columns"] = [
        {name: found for name, found in written.items() if name in FIRST_COLUMN_FIELDS or _used(Column, name, column)}
        for written, column in zip(document["columns"], contract.columns, strict=True)
    ]
    canonical = json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _used(model: type[BaseModel], name: str, owner: BaseModel) -> bool:
    return bool(getattr(owner, name) != model.model_fields[name].get_default(call_default_factory=True))
