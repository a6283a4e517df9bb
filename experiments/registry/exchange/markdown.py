"""The outline of a protocol as Markdown, both languages in one text.

Belongs here: drawing outline shapes as Markdown. Does not: what they hold (outline), the page for browsers and paper (html).
"""

from __future__ import annotations

from collections.abc import Iterator

from data.messages import Text
from experiments.registry.exchange.cover import AUDIENCE, SIMULATED, Cover
from experiments.registry.exchange.outline import Chapter, Entry, Grid, Group, Node, Prose, Said, Series, outline
from experiments.registry.protocol import Protocol

STEP = "  "


def to_markdown(protocol: Protocol, visible: frozenset[str], cover: Cover) -> str:
    """Return the readable Markdown of one version; fields that are not in `visible` are named as withheld."""
    lines = [*_head(protocol, cover)]
    for chapter in outline(protocol, visible):
        lines += _chapter(chapter)
    return "\n".join(lines) + "\n"


def _head(protocol: Protocol, cover: Cover) -> Iterator[str]:
    yield f"# {_inline(protocol.title_brief)}"
    yield ""
    if protocol.simulated:
        yield f"> **{SIMULATED.en}** **{SIMULATED.zh}**"
        yield ""
    yield f"- `{cover.experiment_id}` · {_both('version', '版本')} {cover.version}"
    if cover.state is not None:
        at = f" · {cover.registered_at[:19]} UTC" if cover.registered_at else ""
        yield f"- {_both('state', '状态')}: {_pair(cover.state)}{at}"
    if cover.pid:
        yield f"- {_both('persistent id', '永久标识')}: `{cover.pid}`"
    yield f"- sha256: `{cover.sha256}`"
    yield f"- {_both('shown', '显示')}: {_pair(AUDIENCE[cover.audience])}"


def _chapter(chapter: Chapter) -> Iterator[str]:
    yield ""
    yield f"## {chapter.key} · {_pair(chapter.title)}"
    for entry in chapter.filled:
        yield ""
        yield f"### {_pair(entry.label)}"
        yield ""
        if entry.value is not None:
            yield from _block(entry.value, "")
    for entries, words in (
        (chapter.empty, _both("Not filled in", "未填写")),
        (chapter.withheld, _both("Withheld", "不公开")),
    ):
        if entries:
            yield ""
            yield f"*{words}: {_names(entries)}*"


def _names(entries: tuple[Entry, ...]) -> str:
    return "; ".join(_pair(entry.label) for entry in entries)


def _block(node: Node, indent: str) -> Iterator[str]:
    """Yield the lines of a value, below what names it."""
    if isinstance(node, Said | Series):
        yield f"{indent}{_short(node)}"
    elif isinstance(node, Prose):
        for text in filter(None, (node.text.en.strip(), node.text.zh.strip())):
            yield indent + text.replace("\n", f"\n{indent}") + ("" if indent else "\n")
    elif isinstance(node, Grid):
        yield from _grid(node)
    elif isinstance(node, Group):
        yield from _rows(node, indent)
    else:
        for item in node.items:
            yield f"{indent}- **{item.title or '·'}**"
            yield from _rows(item, indent + STEP)


def _rows(group: Group, indent: str) -> Iterator[str]:
    for label, value in group.rows:
        if isinstance(value, Said | Series | Prose):
            yield f"{indent}- {_pair(label)}: {_short(value)}"
        elif isinstance(value, Grid):
            yield f"{indent}- {_pair(label)}:"
            yield from (f"{indent}{STEP}- {_cells(row)}" for row in value.rows)
        else:
            yield f"{indent}- {_pair(label)}:"
            yield from _block(value, indent + STEP)


def _grid(grid: Grid) -> Iterator[str]:
    yield "| " + " | ".join(_cell(_pair(column)) for column in grid.columns) + " |"
    yield "|" + "---|" * len(grid.columns)
    for row in grid.rows:
        yield "| " + " | ".join("" if cell is None else _cell(_short(cell)) for cell in row) + " |"


def _cells(row: tuple[Node | None, ...]) -> str:
    return " · ".join(_short(cell) for cell in row if cell is not None)


def _short(node: Node) -> str:
    """Return a value on one line."""
    if isinstance(node, Said):
        return f"`{node.text.en}`" if node.code else _pair(node.text)
    if isinstance(node, Prose):
        return _inline(node.text)
    if isinstance(node, Series):
        return ", ".join(_short(item) for item in node.items)
    if isinstance(node, Group):
        return "; ".join(f"{_pair(label)}: {_short(value)}" for label, value in node.rows)
    if isinstance(node, Grid):
        return "; ".join(_cells(row) for row in node.rows)
    return "; ".join(_short(item) for item in node.items)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _inline(text: Text) -> str:
    return " / ".join(part.replace("\n", " ") for part in (text.en.strip(), text.zh.strip()) if part)


def _both(en: str, zh: str) -> str:
    return f"{en} {zh}"


def _pair(text: Text) -> str:
    return text.en if text.en == text.zh else f"{text.en} {text.zh}"
