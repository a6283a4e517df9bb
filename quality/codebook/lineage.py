"""Where a panel comes from, read from dbt's manifest: models and sources behind it, the longest way through them, the level.

Belongs here: the graph. Does not: running dbt (dbt_runner), which column of a source a variable is (describe).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Level = Literal["reference", "collected", "harmonised", "derived"]


@dataclass(frozen=True)
class Way:
    """The way from the archive to a panel: its sources (contracts), seeds, models in the order in which they are built.

    `steps` is the longest chain from a source to the panel: 1 for a panel that reads a source at once.
    """

    sources: tuple[str, ...]
    seeds: tuple[str, ...]
    models: tuple[str, ...]
    steps: int


def way_of(manifest: Mapping[str, Any], mart: str) -> Way | None:
    """Return the way to a panel; None if the present project makes no such panel.

    Parameters
    ----------
    manifest
        ``nodes`` and ``parent_map`` as dbt writes them.
    """
    found = [key for key, node in manifest["nodes"].items() if node["name"] == mart and key.startswith("model.")]
    if not found:
        return None
    depths: dict[str, int] = {}
    _depth(manifest["parent_map"], found[0], depths)
    named = sorted(depths, key=lambda key: (depths[key], key))
    return Way(
        sources=_names(named, "source."),
        seeds=_names(named, "seed."),
        models=_names(named, "model."),
        steps=depths[found[0]],
    )


def level_of(way: Way | None, *, is_harmonised: bool, is_collected: bool) -> Level:
    """Return how far a variable is from what arrived.

    `reference`: no source is behind its table. `harmonised`: a concordance made it. `collected`: a source has a column of the
    name. `derived`: none has.

    >>> level_of(Way(("clinic_visit",), (), ("stg_clinic__visits",), 4), is_harmonised=False, is_collected=False)
    'derived'
    """
    if way is None or not way.sources:
        return "reference"
    if is_harmonised:
        return "harmonised"
    return "collected" if is_collected else "derived"


def _depth(parents: Mapping[str, Sequence[str]], key: str, depths: dict[str, int]) -> int:
    if key not in depths:
        before = [_depth(parents, parent, depths) for parent in parents.get(key, ())]
        depths[key] = 0 if key.startswith(("source.", "seed.")) else 1 + max(before, default=0)
    return depths[key]


def _names(keys: Sequence[str], kind: str) -> tuple[str, ...]:
    return tuple(key.rsplit(".", 1)[-1] for key in keys if key.startswith(kind))
