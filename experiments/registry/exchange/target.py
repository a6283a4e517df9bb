"""A foreign form as a table of targets: which field of theirs is made from which fields of ours.

Belongs here: applying such a table, and the account of what it took along, left behind and may not show. Does not: any
particular form (aea, osf, ctgov).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from experiments.registry.protocol import Protocol

EMPTY: tuple[object, ...] = (None, "", (), [], {})


@dataclass(frozen=True)
class Target:
    """One field of a foreign form.

    Parameters
    ----------
    address
        Where it stands there, such as ``designModule.designInfo.allocation`` or ``q11``.
    title
        What it is called there.
    sources
        Our fields that it is made from: exactly these are handed to `make`, in this order, and nothing else.
    make
        Returns their value; called only when at least one source is filled. An empty result leaves the field out.
    omits
        What of the sources does not come along, as dotted paths (``investigators.orcid``): it stands under `unmapped`.
    """

    address: str
    title: str
    sources: tuple[str, ...]
    make: Callable[..., object]
    omits: tuple[str, ...] = ()


def row(address: str, sources: str, make: Callable[..., object], *, title: str = "", omits: str = "") -> Target:
    """Return a target with its sources and omissions written as words with blanks between; the title is the address's end.

    >>> row("Dates|Trial End Date", "dates", str).title
    'Trial End Date'
    """
    return Target(address, title or address.rpartition("|")[2], tuple(sources.split()), make, tuple(omits.split()))


@dataclass(frozen=True)
class Account:
    """What became of every field of the protocol: the three lists of names together are all fields.

    `mapped` went into the form, `unmapped` did not (its values stand in `left`, by path, together with the omitted parts of
    mapped fields), `withheld` may not be shown.
    """

    mapped: tuple[str, ...]
    unmapped: tuple[str, ...]
    withheld: tuple[str, ...]
    left: dict[str, Any]

    def document(self) -> dict[str, Any]:
        """Return the account as it stands in an export."""
        return {
            "mapped": list(self.mapped),
            "unmapped": list(self.unmapped),
            "withheld": list(self.withheld),
            "unmapped_values": self.left,
        }


def filled(targets: Iterable[Target], protocol: Protocol, visible: frozenset[str]) -> dict[str, object]:
    """Return the foreign form by address; a field whose sources are all empty or hidden is left out."""
    made = {target.address: _made(target, protocol, visible) for target in targets}
    return {address: value for address, value in made.items() if value not in EMPTY}


def _made(target: Target, protocol: Protocol, visible: frozenset[str]) -> object:
    values = [_seen(protocol, name, visible) for name in target.sources]
    return None if all(value in EMPTY for value in values) else target.make(*values)


def _seen(protocol: Protocol, name: str, visible: frozenset[str]) -> object:
    if name in visible:
        return getattr(protocol, name)
    default = Protocol.model_fields[name].default
    return default if isinstance(default, tuple) else None


def account(targets: Sequence[Target], protocol: Protocol, visible: frozenset[str]) -> Account:
    """Return what became of every field of the protocol under a table of targets."""
    sources = {name for target in targets for name in target.sources}
    names = tuple(Protocol.model_fields)
    unmapped = tuple(name for name in names if name in visible and name not in sources)
    omitted = sorted({path for target in targets for path in target.omits if path.split(".")[0] in visible})
    values = {path: found(protocol, path) for path in (*unmapped, *omitted)}
    return Account(
        mapped=tuple(name for name in names if name in visible and name in sources),
        unmapped=unmapped,
        withheld=tuple(name for name in names if name not in visible),
        left={path: value for path, value in values.items() if value not in EMPTY},
    )


def found(protocol: Protocol, path: str) -> object:
    """Return what stands at a dotted path as JSON values; through a list it is the list of what its items hold there."""
    name, *steps = path.split(".")
    values = list(_walked([getattr(protocol, name)], steps))
    plain = [_plain(value) for value in values if value not in EMPTY]
    through_list = bool(steps) and isinstance(getattr(protocol, name), tuple)
    return plain if through_list else (plain[0] if plain else None)


def _walked(values: Iterable[object], steps: Sequence[str]) -> Iterator[object]:
    for value in values:
        if isinstance(value, tuple) and steps:
            yield from _walked(value, steps)
        elif not steps:
            yield value
        elif value is not None:
            yield from _walked([getattr(value, steps[0])], steps[1:])


def _plain(value: object) -> object:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", exclude_defaults=True)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value


def nested(flat: dict[str, object], separator: str) -> dict[str, Any]:
    """Return addresses as nested objects, in the order of the table.

    >>> nested({"a.b": 1, "a.c": 2, "d": 3}, ".")
    {'a': {'b': 1, 'c': 2}, 'd': 3}
    """
    tree: dict[str, Any] = {}
    for address, value in flat.items():
        *branch, leaf = address.split(separator)
        here = tree
        for step in branch:
            here = here.setdefault(step, {})
        here[leaf] = value
    return tree
