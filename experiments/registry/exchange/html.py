"""The outline of a protocol as one self-contained HTML page in both languages: no script, no font, no request to anywhere.

Belongs here: rendering the page. Does not: what it holds (outline), its looks (templates/protocol.css).
"""

from __future__ import annotations

from pathlib import Path

from data.messages import Text
from experiments.registry.exchange.cover import AUDIENCE, SIMULATED, Cover
from experiments.registry.exchange.outline import outline
from experiments.registry.protocol import Protocol

TEMPLATES = Path(__file__).resolve().parent / "templates"

WORDS = {
    "registered_plan": Text(en="Protocol of a social experiment", zh="社会实验方案"),
    "version": Text(en="Version", zh="版本"),
    "state": Text(en="State", zh="状态"),
    "registered_at": Text(en="Registered (UTC)", zh="注册时间（UTC）"),
    "pid": Text(en="Persistent id", zh="永久标识"),
    "hash": Text(en="sha256 of the canonical document", zh="规范文档的 sha256"),
    "shown": Text(en="Shown", zh="显示"),
    "contents": Text(en="Contents", zh="目录"),
    "empty": Text(en="Not filled in", zh="未填写"),
    "withheld": Text(en="Withheld", zh="不公开"),
    "nothing": Text(en="Nothing here yet.", zh="暂无内容。"),
    "file": Text(en="from a file; not registered", zh="来自文件，未注册"),
}


def to_html(protocol: Protocol, visible: frozenset[str], cover: Cover) -> str:
    """Return the readable page of one version; fields that are not in `visible` are named as withheld."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("protocol.html.j2").render(
        protocol=protocol,
        cover=cover,
        chapters=outline(protocol, visible),
        words=WORDS,
        audience=AUDIENCE[cover.audience],
        simulated=SIMULATED,
    )
