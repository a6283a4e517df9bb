"""The ways of assigning: one module a mechanism, all of one signature.

Belongs here: the table method → mechanism, and which fields of a declaration each looks at. Does not: checking the frame (frame),
the record of a draw (assignment). To add one: a module with `draw(request) -> Drawn`, a line here and in `USED`, its name in the
schema's `Method`.
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
from experiments.registry.schema.design import AssignmentSpec

_FIXED = ("rerandomised", "stepped_wedge", "factorial")
_DRAWING = ("simple", "complete", "block", "cluster", "block_cluster", *_FIXED)
USED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "strata": ("block", "block_cluster", *_FIXED, "threshold", "external"),
        "cluster": ("cluster", "block_cluster", *_FIXED, "threshold", "external"),
        "ratio": _DRAWING,
        "periods": ("stepped_wedge",),
        "factors": ("factorial",),
        "rerandomisation": ("rerandomised",),
        "threshold": ("threshold",),
    }
)
"""Which methods look at which field; for the last two of `strata` and `cluster` they describe what was not drawn."""


def passed_over(spec: AssignmentSpec) -> list[str]:
    """Return the fields that a declaration fills in and its method does not look at.

    >>> passed_over(AssignmentSpec(method="complete", unit_id="clinic_id", cluster="zone_id"))
    ['cluster']
    """
    return [name for name, methods in USED.items() if getattr(spec, name) and spec.method not in methods]


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
