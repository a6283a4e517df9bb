"""What a file holds, read as its kind: texts, numbers, size as a table, and reasons why such a file is never released.

Belongs here: text formats (CSV, JSON, SVG, HTML) and pictures. Does not: containers (containers), judging (files). A file that
cannot be read as what its name says raises.
"""

from __future__ import annotations

import csv
import io
import json
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from quality.disclosure.figures import NUMBER, numbers_in, svg_numbers
from quality.disclosure.identifiers import INVISIBLE

TRIGGERS = ("=", "+", "-", "@", "\t", "\r", "\0", "＝", "＋", "－", "＠")
HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*[:=]\s*[\"']?0(?:\.0*)?(?![.\d])|font-size\s*[:=]\s*[\"']?0(?![.\d])",
    re.IGNORECASE,
)
REMOTE = re.compile(r"(?:https?|ftp|file|javascript|vbscript|wss?):|^//", re.IGNORECASE)
PICTURE_PARTS = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"sRGB", b"pHYs", b"cHRM", b"sBIT", b"bKGD"}
PNG = b"\x89PNG\r\n\x1a\n"
ACTIVE = {
    "script",
    "iframe",
    "object",
    "embed",
    "form",
    "base",
    "applet",
    "frame",
    "input",
    "template",
    "noscript",
    "canvas",
}


@dataclass
class Contents:
    """What was found. `faults` are keys of `messages.WHY`; `numbers` must be of released tables, where they can be read."""

    texts: list[str] = field(default_factory=list)
    numbers: list[float] = field(default_factory=list)
    rows: int = 0
    columns: int = 0
    faults: list[str] = field(default_factory=list)


def read_csv(content: bytes) -> Contents:
    r"""Read a CSV file in UTF-8.

    >>> read_csv(b"arm,people\na,55\n").numbers
    [55.0]
    """
    text = content.decode("utf-8-sig")
    found = Contents([text])
    if "\0" in text or INVISIBLE.search(text):
        found.faults.append("hidden")
    for row in csv.reader(io.StringIO(text), strict=True):
        found.rows, found.columns = found.rows + 1, max(found.columns, len(row))
        for cell in row:
            number = _number(cell)
            found.numbers += [] if number is None else [number]
            if number is None and cell.lstrip(" ").startswith(TRIGGERS):
                found.faults.append("formula")
    return found


def _number(cell: str) -> float | None:
    plain = cell.strip().rstrip("%").replace(",", "").replace("−", "-")
    return float(plain) if NUMBER.fullmatch(plain) else None


def read_json(content: bytes) -> Contents:
    """Read a JSON document: every text and number in it, its longest list as rows."""
    text = content.decode("utf-8")
    found = Contents([text])
    for node in _nodes(json.loads(text)):
        if isinstance(node, str):
            found.texts.append(node)
            if REMOTE.search(node):
                found.faults.append("script")
        elif isinstance(node, list):
            found.rows = max(found.rows, len(node))
        elif isinstance(node, dict):
            found.columns = max(found.columns, len(node))
        elif isinstance(node, int | float) and not isinstance(node, bool):
            found.numbers.append(float(node))
    return found


def _nodes(node: Any) -> Iterator[Any]:  # noqa: ANN401 - any JSON
    yield node
    for part in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _nodes(part)
    yield from node if isinstance(node, dict) else ()


def read_svg(content: bytes) -> Contents:
    """Read an SVG: drawing only; comments and hidden parts are faults."""
    text = content.decode("utf-8")
    numbers = svg_numbers(content)
    found = Contents([text], numbers or [])
    if numbers is None or REMOTE.search(text.replace("http://www.w3.org/", "")):
        found.faults.append("script")
    if "<!--" in text or "<![CDATA[" in text or HIDING.search(text) or INVISIBLE.search(text):
        found.faults.append("hidden")
    return found


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found = Contents()
        self.styled = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        self.found.texts += list(named.values())
        self.found.rows += tag == "tr"
        self.styled += tag == "style"
        links = [value for name, value in named.items() if name in ("href", "src", "action", "data", "xlink:href")]
        refreshes = tag == "meta" and named.get("http-equiv", "").lower() == "refresh"
        runs = tag in ACTIVE or any(name.startswith("on") for name in named) or refreshes
        if runs or any(REMOTE.search(link.strip()) for link in links):
            self.found.faults.append("script")
        if any(link.strip().lower().startswith("data:") for link in links):
            self.found.faults.append("hidden")
        if "hidden" in named or HIDING.search(named.get("style", "")) or named.get("type") == "hidden":
            self.found.faults.append("hidden")
        for name, value in named.items():
            if name.startswith("data-"):
                self.found.numbers += numbers_in(value)

    def handle_endtag(self, tag: str) -> None:
        self.styled -= tag == "style"

    def handle_data(self, data: str) -> None:
        if self.styled > 0:
            remote = REMOTE.search(data) or "@import" in data or "url(" in data
            self.found.faults += ["script"] if remote else []
        else:
            self.found.texts.append(data)

    def handle_comment(self, data: str) -> None:
        self.found.texts.append(data)
        self.found.faults.append("hidden")


def read_html(content: bytes) -> Contents:
    """Read a page: no script, no remote link, no comment, nothing hidden."""
    text = content.decode("utf-8")
    page = _Page()
    page.feed(text)
    page.close()
    page.found.texts.append(text)
    if INVISIBLE.search(text):
        page.found.faults.append("hidden")
    return page.found


def read_png(content: bytes) -> Contents:
    """Read a picture's parts: image data only, nothing after the end.

    Raises
    ------
    ValueError
        It is no PNG, or is cut.
    """
    if not content.startswith(PNG):
        raise ValueError
    found, place = Contents(), len(PNG)
    while place < len(content):
        length, kind = struct.unpack_from(">I4s", content, place)
        if place + 12 + length > len(content):
            raise ValueError
        if kind not in PICTURE_PARTS:
            found.faults.append("metadata")
            found.texts.append(content[place + 8 : place + 8 + length].decode("utf-8", "replace"))
        place += 12 + length
        if kind == b"IEND":
            break
    if place != len(content):
        found.faults.append("hidden")
    return found
