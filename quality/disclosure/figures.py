"""Figures (R10): drawn from a released table only; whatever numbers a file of one holds must be that table's.

Belongs here: which kinds of figures there are, reading the numbers of SVG and JSON back. Does not: drawing (the viewer), other
files (files).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import defusedxml.ElementTree as SafeTree  # type: ignore[import-untyped] # its stubs are a package apart
import numpy as np

from quality.disclosure.messages import WHY
from quality.disclosure.outputs import FigureOf
from quality.disclosure.policy import Policy
from quality.disclosure.verdict import Decision, Released, accepted, refused

KINDS = frozenset({"bar", "line", "forest", "heat", "map", "histogram", "step", "table"})
"""What may be drawn; scatter, rug, spaghetti, residual, box plots with outliers and single trajectories show units."""
DRAWING = frozenset(
    {"g", "svg", "rect", "line", "path", "polyline", "polygon", "circle", "text", "tspan", "defs", "clipPath"}
)
DRAWING_WORDS = frozenset({"title", "desc", "use", "symbol", "linearGradient", "stop", "style"})
NUMBER = re.compile(r"[-−]?\d[\d,]*\.?\d*(?:[eE][-+]?\d+)?")
DATA_NAMES = frozenset(
    {"x", "y", "z", "value", "values", "data", "datasets", "text", "customdata", "n", "count", "mean"}
)
RELATIVE = 1e-9


def judge_figure(output: FigureOf, policy: Policy, is_released: Callable[[object], bool]) -> Decision:
    """Judge a figure; a file of it is read back."""
    del policy
    table = output.table
    if not is_released(table):
        return _no("unreleased")
    if output.kind not in KINDS:
        return _no("kind")
    if output.content is not None and output.form != "png":
        numbers = svg_numbers(output.content) if output.form == "svg" else json_numbers(output.content)
        if numbers is None:
            return _no("script")
        if not numbers_of(numbers, [table]):
            return _no("numbers")
    return accepted(Released("figure", output.about, dict(table.values), dict(table.held)), {"table": table.digest})


def _no(reason: str) -> Decision:
    return refused("R10", "E-SDC-10", evidence={"why": reason}, why=WHY[reason])


def numbers_of(numbers: Sequence[float], tables: Sequence[Released]) -> bool:
    """Whether each number is one of the tables' (shares also as percent), or stands in the name of a level."""
    known = [float(value) for table in tables for value in table.values.values() if isinstance(value, int | float)]
    labels = [number for table in tables for key in table.values for name in key for number in numbers_in(name)]
    wanted = np.array(sorted([*known, *(100 * value for value in known), *labels]))
    if not numbers or not len(wanted):
        return not numbers
    asked = np.asarray(numbers, dtype=float)
    right = (
        np.clip(np.searchsorted(wanted, asked), 1, len(wanted) - 1) if len(wanted) > 1 else np.zeros(len(asked), int)
    )
    near = np.minimum(np.abs(wanted[right] - asked), np.abs(wanted[np.maximum(right - 1, 0)] - asked))
    return bool((near <= RELATIVE * np.maximum(1.0, np.abs(asked))).all())


def svg_numbers(content: bytes) -> list[float] | None:
    """Return the numbers that an SVG tells: those of its texts, titles and data attributes; None where it holds anything else.

    Positions are not read: they say of a bar what its label says. Labels of an axis are texts too.

    >>> svg_numbers(b'<svg xmlns="http://www.w3.org/2000/svg"><text>n = 45</text></svg>')
    [45.0]
    >>> svg_numbers(b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>') is None
    True
    """
    root = SafeTree.fromstring(content, forbid_dtd=True)
    found: list[float] = []
    for node in root.iter():
        name = str(node.tag).rsplit("}", 1)[-1]
        if name not in DRAWING | DRAWING_WORDS or any(_strange(key, value) for key, value in node.attrib.items()):
            return None
        texts = [node.text or "", node.tail or ""] if name != "style" else []
        texts += [value for key, value in node.attrib.items() if key.startswith(("data-", "aria-"))]
        found += [number for text in texts for number in numbers_in(text)]
    return found


def _strange(name: str, value: str) -> bool:
    plain = name.rsplit("}", 1)[-1].lower()
    return plain.startswith("on") or (plain in ("href", "src") and not value.startswith("#"))


def numbers_in(text: str) -> list[float]:
    """Return the numbers in a text.

    >>> numbers_in("1,205 of 3 000, −4.5%")
    [1205.0, 3.0, 0.0, -4.5]
    """
    return [float(found.replace(",", "").replace("−", "-")) for found in NUMBER.findall(text)]


def json_numbers(content: bytes) -> list[float] | None:
    """Return the data numbers of a Plotly or Vega-Lite document; None where it holds hover data or asks for a remote address."""
    document = json.loads(content)
    text = content.decode("utf-8", "replace")
    if "customdata" in text or "hovertext" in text or "http://" in text or re.search(r'"(url|src)"\s*:', text):
        return None
    return list(_numbers(document, data=False))


def _numbers(node: Any, *, data: bool) -> Iterator[float]:  # noqa: ANN401 - any JSON
    if isinstance(node, dict):
        for name, value in node.items():
            yield from _numbers(value, data=data or name in DATA_NAMES)
    elif isinstance(node, list):
        for value in node:
            yield from _numbers(value, data=data or isinstance(value, dict | list | float))
    elif data and isinstance(node, int | float) and not isinstance(node, bool):
        yield float(node)
    elif data and isinstance(node, str):
        yield from numbers_in(node)
