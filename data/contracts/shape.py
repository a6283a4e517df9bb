"""What a sender must know of a contract: its shape, the digest of it, and how two shapes differ in words.

Belongs here: columns with type, codes, range, pattern, missing codes, as data that an upload template carries. Does not:
descriptions, sensitivity, review rules (they change without any file changing), the full digest that releases pin (load).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from data.contracts.frames import Instrument, frame
from data.contracts.model import Column, Contract
from data.messages import Text

Shape = Mapping[str, Mapping[str, Any]]
"""Column → what its cells may be; values are JSON."""

PARTS = {
    "type": Text(en="type", zh="类型"),
    "unit": Text(en="unit", zh="单位"),
    "required": Text(en="required", zh="必填"),
    "codes": Text(en="codes", zh="编码"),
    "range": Text(en="range", zh="范围"),
    "pattern": Text(en="form", zh="格式"),
    "missing": Text(en="missing codes", zh="缺失码"),
    "dates": Text(en="order of day and month", zh="日期顺序"),
}


def shape(contract: Contract) -> dict[str, dict[str, Any]]:
    """Return what the cells of each column may be.

    >>> from data.contracts import load_contract
    >>> shape(load_contract("clinic_visit"))["wait_min"]["type"]
    'number'
    """
    return {column.name: _cells(contract, column) for column in contract.columns}


def shape_digest(contract: Contract) -> str:
    """Return the sha256 of the shape and the key: equal digests, and a file fits both contracts or neither."""
    document = {
        "key": contract.key,
        "columns": shape(contract),
        "na": contract.na_values,
        "thousands": contract.thousands,
    }
    canonical = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def rules_digest(contract: Contract) -> str:
    """Return the sha256 of what rows are held against outside their file: rosters, other waves, expected rows, overlaps.

    Templates do not carry it: a sender's file stays as it is, and yet a row that was good may no longer be.
    """
    beside = {
        column.name: column.model_dump(mode="json", include={"roster", "between_waves"}) for column in contract.columns
    }
    whole = contract.model_dump(mode="json", include={"expected_rows", "overlap", "reading_version"})
    told = {name: rules for name, rules in beside.items() if any(rules.values())}
    canonical = json.dumps({"columns": told, **whole}, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def frames(contract: Contract) -> dict[str, dict[str, dict[str, list[str]]]]:
    """Return instrument version → column → code → labels; one version `*` where the contract declares none."""
    coded = [column.name for column in contract.columns if column.codes]
    versions: dict[str, Instrument | None] = {each.version: each for each in contract.instruments}
    versions = versions or {"*": None}
    return {
        version: {
            name: {code: [label.en, label.zh] for code, label in (frame(contract, name, instrument) or {}).items()}
            for name in coded
            if instrument is None or name not in instrument.absent
        }
        for version, instrument in versions.items()
    }


def differences(before: Shape, after: Shape) -> Iterator[Text]:
    """Yield what changed between two shapes, one sentence per column and part.

    >>> [told.en for told in differences({"a": {"type": "integer"}}, {"a": {"type": "number"}, "b": {}})]
    ['a: type was integer, is number', 'b is new']
    """
    for name, cells in after.items():
        if name not in before:
            yield Text(en=f"{name} is new", zh=f"新增 {name}")
            continue
        for part, word in PARTS.items():
            old, new = before[name].get(part), cells.get(part)
            if old != new:
                yield Text(
                    en=f"{name}: {word.en} was {_said(old)}, is {_said(new)}",
                    zh=f"{name}：{word.zh}原为 {_said(old)}，现为 {_said(new)}",
                )
    for name in before:
        if name not in after:
            yield Text(en=f"{name} is gone", zh=f"已删除 {name}")


def _cells(contract: Contract, column: Column) -> dict[str, Any]:
    versions = [frame(contract, column.name, each) or {} for each in contract.instruments] or [column.codes or {}]
    found: dict[str, Any] = {
        "type": column.type,
        "unit": column.unit,
        "required": column.required,
        "codes": [{code: label.en for code, label in codes.items()} for codes in versions if codes],
        "range": [column.minimum, column.maximum],
        "pattern": column.pattern,
        "missing": column.missing_codes,
        "dates": column.date_order,
    }
    plain: dict[str, Any] = {
        "unit": None,
        "codes": [],
        "range": [None, None],
        "pattern": None,
        "missing": {},
        "dates": "ymd",
    }
    return {part: value for part, value in found.items() if part not in plain or value != plain[part]}


def _said(value: object) -> str:
    if value is None:
        return "—"
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return " | ".join(", ".join(each) for each in value)
    if isinstance(value, list):
        return "–".join("…" if bound is None else f"{bound:g}" for bound in value)
    return ", ".join(value) if isinstance(value, dict) else str(value)
