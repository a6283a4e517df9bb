"""What differs between two versions of a protocol, field by field, items of lists matched by their id.

Belongs here: the typed difference, and applying it. Does not: what a change means after registration (amendments), texts for the
page. Applying the difference to the old version gives the new one, which a property test holds.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from experiments.registry.protocol import Protocol

IDENTITIES = ("id", "zone_id", "arm_id", "wave_id", "practice", "group", "user", "text_id", "variable")
"""Fields that name an item within its list, the first that it has; a list whose items have none, or share one, is one value."""

Kind = Literal["changed", "added", "removed", "order"]


@dataclass(frozen=True)
class Item:
    """A step into a list: the item with this id."""

    id: str


Step: TypeAlias = str | Item


@dataclass(frozen=True)
class Change:
    """One difference. `kind` tells a value that changed, an item or key that came or went, and items in another order.

    `old` and `new` are JSON values; for an added item `old` is None, for a removed one `new`, for an order both are lists of ids.
    """

    steps: tuple[Step, ...]
    old: Any
    new: Any
    kind: Kind = "changed"

    @property
    def path(self) -> str:
        """Where, readable: items by id in brackets.

        >>> Change(("outcomes", Item("wait"), "tier"), "primary", "secondary").path
        'outcomes[wait].tier'
        """
        text = "".join(f"[{step.id}]" if isinstance(step, Item) else f".{step}" for step in self.steps)
        return text.removeprefix(".")

    @property
    def declared(self) -> str:
        """The path as the declarations know it: ``outcomes.*.tier``."""
        return ".".join("*" if isinstance(step, Item) else step for step in self.steps)

    @property
    def field(self) -> str:
        """The top-level field of the protocol that the change is in."""
        return str(self.steps[0])

    @property
    def item(self) -> str | None:
        """The id of the item of the top-level list that the change is in; None where it is not in one."""
        second = self.steps[1] if len(self.steps) > 1 else None
        return second.id if isinstance(second, Item) else None

    def to_dict(self) -> dict[str, Any]:
        """Return the change as JSON values."""
        return {"path": self.path, "kind": self.kind, "old": self.old, "new": self.new}


def diff(old: Protocol, new: Protocol) -> list[Change]:
    """Return every difference between two protocols, in the order of the schema's fields.

    >>> from pathlib import Path
    >>> from experiments.registry.protocol import load_protocol
    >>> one = load_protocol(Path("experiments/registry/demo/SE-2026-0001.yml"))
    >>> [change.path for change in diff(one, one.model_copy(update={"acronym": "AIT"}))]
    ['acronym']
    """
    return list(_mappings((), old.model_dump(mode="json"), new.model_dump(mode="json")))


def diff_values(old: dict[str, Any], new: dict[str, Any]) -> list[Change]:
    """Return the differences between two JSON objects, such as two analysis specs."""
    return list(_mappings((), old, new))


def applied(old: Protocol, changes: list[Change]) -> Protocol:
    """Return the protocol that results from applying `changes` to `old`.

    Raises
    ------
    ValueError
        The changes were not made from this protocol, or the result is no protocol.
    """
    value: Any = old.model_dump(mode="json")
    for change in changes:
        value = _changed(value, change.steps, change)
    return Protocol.model_validate(value)


def items(value: Any) -> dict[str, Any] | None:  # noqa: ANN401 - any JSON value
    """Return the items of a list by id; None when it is no list of distinctly named objects.

    >>> items([{"id": "a"}, {"id": "b"}]) is not None, items([{"id": "a"}, {"id": "a"}]), items(["a"])
    (True, None, None)
    """
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        return None
    names = [_identity(item) for item in value]
    if None in names or len(set(names)) < len(names):
        return None
    return {str(name): item for name, item in zip(names, value, strict=True)}


def _identity(item: dict[str, Any]) -> str | None:
    name = next((str(item[key]) for key in IDENTITIES if item.get(key)), None)
    if name is not None and "text_id" in item:  # one person attests to one text once a version
        return f"{name}:{item['person']}:{item['at']}"
    return name


def _values(steps: tuple[Step, ...], old: Any, new: Any) -> Iterator[Change]:  # noqa: ANN401
    if json.dumps(old, sort_keys=True) == json.dumps(new, sort_keys=True):  # by text: in Python, 1 == True
        return
    before, after = items(old), items(new)
    if isinstance(old, dict) and isinstance(new, dict):
        yield from _mappings(steps, old, new)
    elif before is not None and after is not None:
        yield from _lists(steps, before, after)
    else:
        yield Change(steps, old, new)


def _mappings(steps: tuple[Step, ...], old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
    for name in dict.fromkeys([*old, *new]):
        here = (*steps, name)
        if name not in new:
            yield Change(here, old[name], None, "removed")
        elif name not in old:
            yield Change(here, None, new[name], "added")
        else:
            yield from _values(here, old[name], new[name])


def _lists(steps: tuple[Step, ...], old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
    for name, item in old.items():
        if name not in new:
            yield Change((*steps, Item(name)), item, None, "removed")
        else:
            yield from _values((*steps, Item(name)), item, new[name])
    for name, item in new.items():
        if name not in old:
            yield Change((*steps, Item(name)), None, item, "added")
    kept = [name for name in old if name in new]
    natural = [*kept, *(name for name in new if name not in old)]
    if natural != list(new):
        yield Change(steps, natural, list(new), "order")


def _changed(value: Any, steps: tuple[Step, ...], change: Change) -> Any:  # noqa: ANN401
    if not steps:
        return _ordered(value, change.new) if change.kind == "order" else change.new
    first, *rest = steps
    if isinstance(first, Item):
        return _with_item(value, first.id, tuple(rest), change)
    if not isinstance(value, dict) or (first not in value and (rest or change.kind != "added")):
        raise ValueError(f"{change.path} is not in this protocol")
    if not rest and change.kind == "removed":
        return {name: inner for name, inner in value.items() if name != first}
    return {**value, first: _changed(value.get(first), tuple(rest), change)}


def _with_item(value: Any, name: str, rest: tuple[Step, ...], change: Change) -> list[Any]:  # noqa: ANN401
    known = items(value)
    if known is None or (name not in known and (rest or change.kind != "added")):
        raise ValueError(f"{change.path} is not in this protocol")
    if not rest and change.kind == "removed":
        return [item for key, item in known.items() if key != name]
    return list({**known, name: _changed(known.get(name), rest, change)}.values())


def _ordered(value: Any, names: list[str]) -> list[Any]:  # noqa: ANN401
    known = items(value)
    if known is None or set(known) != set(names):
        raise ValueError("the items to put in order are not in this protocol")
    return [known[name] for name in names]
