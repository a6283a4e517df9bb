"""The ways of assigning: one module a mechanism, all of one signature.

Belongs here: the table method → mechanism. Does not: checking the frame (frame), the record of a draw (assignment). To add one:
a module with `draw(request) -> Drawn`, a line here, its name in the schema's `Method`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from experiments.design.mechanisms import (
    block,
    block_cluster,
    cluster,
    complete,
    external,
    factorial,
    rerandomised,
    simple,
    stepped_wedge,
    threshold,
)
from experiments.design.mechanisms.drawn import Drawn, Request

MECHANISMS: Mapping[str, Callable[[Request], Drawn]] = MappingProxyType(
    {
        "simple": simple.draw,
        "complete": complete.draw,
        "block": block.draw,
        "cluster": cluster.draw,
        "block_cluster": block_cluster.draw,
        "rerandomised": rerandomised.draw,
        "stepped_wedge": stepped_wedge.draw,
        "factorial": factorial.draw,
        "threshold": threshold.draw,
        "external": external.draw,
    }
)
