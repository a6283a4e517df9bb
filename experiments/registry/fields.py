"""Walking the declarations: which fields a protocol has, where each stands in the form, what holds for a path.

Belongs here: reading `Facts` off the schema, for the form, the documentation, the amendment rules and the tests. Does not:
the declarations themselves (schema), values and whether they fit (check).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from data.messages import Text
from experiments.registry.protocol import Protocol
from experiments.registry.schema.meta import SECTION_TITLES, Facts, Section

ITEM = "*"
"""Stands for any item of a list in the path of a declaration: ``interventions.*.ai_system.model_version``."""


@dataclass(frozen=True)
class Declared:
    """A field with facts of its own. `path` has `*` for the items of a list; `annotation` is its type."""

    path: str
    facts: Facts
    annotation: Any

    @property
    def name(self) -> str:
        """The last step of the path."""
        return self.path.rpartition(".")[2]

    @property
    def is_nested(self) -> bool:
        """Whether it stands inside another field."""
        return "." in self.path


@dataclass(frozen=True)
class SectionOf:
    """One section of the form: its letter, its title, its top-level fields in order."""

    key: Section
    title: Text
    fields: tuple[Declared, ...]


@cache
def fields() -> tuple[Declared, ...]:
    """Return the top-level fields in the order of the schema's sections.

    >>> [item.name for item in fields()][:2]
    ['schema_version', 'experiment_id']
    """
    own = [(name, Protocol.model_fields[name]) for base in Protocol.__bases__ for name in base.__annotations__]
    return tuple(Declared(name, facts, info.annotation) for name, info in own if (facts := _facts(info)) is not None)


@cache
def nested_fields() -> tuple[Declared, ...]:
    """Return the fields inside others that have facts of their own.

    >>> "interventions.*.ai_system.model_version" in [item.path for item in nested_fields()]
    True
    """
    return tuple(found for item in fields() for found in _below(item.path, item.annotation))


@cache
def sections() -> tuple[SectionOf, ...]:
    """Return the sections A to K, each with its fields.

    >>> [section.key for section in sections()][:3]
    ['A', 'B', 'C']
    """
    return tuple(
        SectionOf(key, title, tuple(item for item in fields() if item.facts.section == key))
        for key, title in SECTION_TITLES.items()
    )


def facts_of(path: str) -> Facts:
    """Return what is declared about a path: the facts of the field itself, else of the nearest field that holds it.

    Parameters
    ----------
    path
        Steps joined by points; an item of a list by its number, such as ``outcomes.0.name``.

    Raises
    ------
    KeyError
        The first step is no field of a protocol.

    Examples
    --------
    >>> facts_of("outcomes.0.name").section
    'F'
    >>> facts_of("interventions.0.ai_system.model_version").change
    'operational'
    """
    first, *rest = path.split(".")
    info = Protocol.model_fields[first]
    found, kind = _facts(info), info.annotation
    for step in rest:
        below = _step(kind, step)
        if below is None:
            break
        nearer, kind = below
        found = nearer or found
    if found is None:
        raise KeyError(path)
    return found


def json_schema() -> dict[str, Any]:
    """Return the protocol's JSON Schema (2020-12) with each field's facts under `x-zonelab` and the sections beside them.

    >>> json_schema()["properties"]["outcomes"]["x-zonelab"]["locked_from"]
    't2'
    """
    schema = Protocol.model_json_schema()
    schema["properties"] = {item.name: schema["properties"][item.name] for item in fields()}
    schema["x-zonelab-sections"] = [
        {"key": section.key, "title": section.title.model_dump(), "fields": [item.name for item in section.fields]}
        for section in sections()
    ]
    return schema


def _facts(info: FieldInfo) -> Facts | None:
    return next((item for item in info.metadata if isinstance(item, Facts)), None)


def _below(path: str, kind: Any) -> Iterator[Declared]:  # noqa: ANN401 - a type expression
    for place, part in _parts(path, kind):
        for name, info in part.model_fields.items():
            here = f"{place}.{name}"
            facts = _facts(info)
            if facts is not None:
                yield Declared(here, facts, info.annotation)
            yield from _below(here, info.annotation)


def _parts(path: str, kind: Any) -> Iterator[tuple[str, type[BaseModel]]]:  # noqa: ANN401
    """Yield the models that a type can hold, with the path at which they stand."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield path, kind
    elif get_origin(kind) in (Union, UnionType, Annotated):
        for option in get_args(kind):
            yield from _parts(path, option)
    elif get_origin(kind) is tuple:
        yield from _parts(f"{path}.{ITEM}", get_args(kind)[0])


def _step(kind: Any, step: str) -> tuple[Facts | None, Any] | None:  # noqa: ANN401
    """Return the own facts and the type one step further down; None where the declarations end."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        info = kind.model_fields.get(step)
        return None if info is None else (_facts(info), info.annotation)
    if get_origin(kind) is Annotated:
        return _step(get_args(kind)[0], step)
    if get_origin(kind) in (Union, UnionType):
        options = [option for option in get_args(kind) if option is not NoneType]
        return next((found for option in options if (found := _step(option, step)) is not None), None)
    if get_origin(kind) is tuple and (step.isdigit() or step == ITEM):
        return None, get_args(kind)[0]
    return None
