"""The shape of each answer, read from the protocol's JSON Schema: which kind of widget asks for it, and within which bounds.

Belongs here: schema → `Node`. Does not: widgets, words, what was answered. A new field of the schema needs nothing here unless
it is of a kind that no field had before; then `shapes` refuses by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Literal

from pydantic import BaseModel

from experiments.registry.fields import json_schema

Kind = Literal[
    "text",
    "words",
    "date",
    "integer",
    "number",
    "flag",
    "choice",
    "choices",
    "texts",
    "pair",
    "table",
    "document",
    "group",
    "cards",
    "fixed",
]
"""`words`: both languages · `texts`: several short texts · `pair`: two whole numbers · `table`: one value for each name ·
`document`: free YAML · `group`: one part · `cards`: several parts · `fixed`: one possible answer."""

DATE = r"^\d{4}-\d{2}-\d{2}$"
SYSTEM = frozenset({"schema_version", "experiment_id", "version"})
"""Fields that the platform fills."""


@dataclass(frozen=True)
class Node:
    """One answer: its kind, the part and name it stands under, and its bounds. `fields` are those of the part that it holds."""

    kind: Kind
    part: str
    name: str
    required: bool = False
    nullable: bool = False
    default: Any = None
    options: tuple[Any, ...] = ()
    fields: tuple[Node, ...] = ()
    holds: str = ""
    inner: str = ""
    low: float | None = None
    high: float | None = None
    longest: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    def short(self) -> bool:
        """Tell whether two such answers fit beside each other."""
        return self.kind in ("text", "date", "integer", "number", "flag", "choice", "pair")


@cache
def shapes() -> tuple[Node, ...]:
    """Return the node of each top-level field that a person fills, in the order of the declarations."""
    schema = json_schema()
    required = frozenset(schema.get("required", ()))
    return tuple(
        replace(_node("", name, inner, name in required, schema["$defs"]), facts=inner.get("x-zonelab", {}))
        for name, inner in schema["properties"].items()
        if name not in SYSTEM
    )


def model_fields(model: type[BaseModel]) -> tuple[Node, ...]:
    """Return the nodes of a typed part that stands outside the protocol's own schema, such as a generator's parameters."""
    schema = model.model_json_schema()
    defs = {**schema.get("$defs", {}), model.__name__: schema}
    return _fields(model.__name__, defs)


@cache
def sections() -> dict[str, tuple[Node, ...]]:
    """Return the nodes by the letter of their section, A to K.

    >>> list(sections())[:3], sections()["F"][0].name
    (['A', 'B', 'C'], 'outcomes')
    """
    letters = [section["key"] for section in json_schema()["x-zonelab-sections"]]
    return {letter: tuple(node for node in shapes() if node.facts["section"] == letter) for letter in letters}


def _node(part: str, name: str, schema: Mapping[str, Any], required: bool, defs: Mapping[str, Any]) -> Node:  # noqa: FBT001
    said, nullable = _bare(schema)
    bounds = {
        "low": said.get("minimum", said.get("exclusiveMinimum")),
        "high": said.get("maximum", said.get("exclusiveMaximum")),
        "longest": said.get("maxLength"),
    }
    base = Node("text", part, name, required, nullable, schema.get("default"), **bounds)
    if "$ref" in said:
        return _part(base, str(said["$ref"]).rsplit("/", 1)[-1], defs)
    if "enum" in said:
        return replace(base, kind="choice", options=tuple(said["enum"]))
    if "const" in said:
        return replace(base, kind="fixed", options=(said["const"],))
    return _plain(base, said, defs)


def _bare(schema: Mapping[str, Any]) -> tuple[Mapping[str, Any], bool]:
    """Return the schema without its null, and whether null was allowed."""
    if "anyOf" not in schema:
        return schema, False
    real = [inner for inner in schema["anyOf"] if inner.get("type") != "null"]
    if len(real) != 1:
        raise NotImplementedError(f"no widget for a choice of types: {schema}")
    return real[0], True


def _part(base: Node, holds: str, defs: Mapping[str, Any]) -> Node:
    if holds == "Words":
        return replace(base, kind="words", holds=holds)
    return replace(base, kind="group", holds=holds, fields=_fields(holds, defs))


def _fields(holds: str, defs: Mapping[str, Any]) -> tuple[Node, ...]:
    schema = defs[holds]
    required = frozenset(schema.get("required", ()))
    return tuple(_node(holds, name, inner, name in required, defs) for name, inner in schema["properties"].items())


def _plain(base: Node, said: Mapping[str, Any], defs: Mapping[str, Any]) -> Node:
    kind = said.get("type")
    if kind == "string":
        return replace(base, kind="date" if said.get("pattern") == DATE else "text")
    if kind in ("integer", "number"):
        return replace(base, kind=kind)
    if kind == "boolean":
        return replace(base, kind="flag")
    if kind == "array":
        return _several(base, said, defs)
    if kind == "object":
        return _table(base, said)
    raise NotImplementedError(f"no widget for {base.part}.{base.name}: {said}")


def _several(base: Node, said: Mapping[str, Any], defs: Mapping[str, Any]) -> Node:
    if "prefixItems" in said:
        return replace(base, kind="pair")
    item = said["items"]
    if "enum" in item:
        return replace(base, kind="choices", options=tuple(item["enum"]))
    if "$ref" in item:
        holds = str(item["$ref"]).rsplit("/", 1)[-1]
        return replace(base, kind="cards", holds=holds, fields=_fields(holds, defs), low=said.get("minItems"))
    return replace(base, kind="texts")


def _table(base: Node, said: Mapping[str, Any]) -> Node:
    inner = said.get("additionalProperties")
    if isinstance(inner, Mapping) and inner.get("type") in ("integer", "number", "string", "array"):
        return replace(base, kind="table", inner=str(inner["type"]))
    return replace(base, kind="document")
