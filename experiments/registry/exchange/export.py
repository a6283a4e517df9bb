"""One protocol version in one of the formats.

Belongs here: choosing the form, putting cover and account around it. Does not: who may see what (the caller passes the visible
fields), writing files, the whole registry as a bundle (data.bundle).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Literal, get_args

from data.messages import Text, WrongUsage
from experiments.registry.exchange import aea, ctgov, osf
from experiments.registry.exchange.cover import Cover
from experiments.registry.exchange.html import to_html
from experiments.registry.exchange.markdown import to_markdown
from experiments.registry.exchange.target import Account
from experiments.registry.protocol import Protocol, canonical_json

Format = Literal["aea", "osf", "ctgov", "html", "markdown", "json"]
FORMATS: tuple[Format, ...] = get_args(Format)
SUFFIX: dict[Format, str] = {
    "aea": ".aea.json",
    "osf": ".osf.json",
    "ctgov": ".ctgov.json",
    "html": ".html",
    "markdown": ".md",
    "json": ".json",
}

_FORMS: dict[str, tuple[dict[str, Any], Callable[[Protocol, frozenset[str]], tuple[dict[str, Any], Account]]]] = {
    "aea": (aea.SCHEMA, aea.to_aea),
    "osf": (osf.SCHEMA, osf.to_osf),
    "ctgov": (ctgov.SCHEMA, ctgov.to_ctgov),
}


def known_format(name: str) -> Format:
    """Return `name` if it is a format.

    Raises
    ------
    WrongUsage
        E-EXCH-01: it is none; the message lists them.
    """
    for known in FORMATS:
        if name == known:
            return known
    listed = ", ".join(FORMATS)
    raise WrongUsage(
        "E-EXCH-01",
        Text(en=f"No format is called {name}. Known: {listed}.", zh=f"没有名为 {name} 的格式。可用：{listed}。"),
    )


def exported(protocol: Protocol, form: Format, *, visible: frozenset[str], cover: Cover) -> str:
    """Return a protocol version as text in one format.

    Parameters
    ----------
    protocol
        The version.
    form
        ``aea``, ``osf``, ``ctgov``: another registry's form, with the account of our fields under `zonelab`. ``html`` and
        ``markdown``: for readers, in both languages. ``json``: the document itself; complete, it is the canonical text whose
        sha256 the registry keeps.
    visible
        The top-level fields that may be shown; the others are named as withheld, their content left out.
    cover
        Identity and state.
    """
    if form == "html":
        return to_html(protocol, visible, cover)
    if form == "markdown":
        return to_markdown(protocol, visible, cover)
    if form == "json":
        return document(protocol, visible)
    schema, make = _FORMS[form]
    content, account = make(protocol, visible)
    envelope = {"schema": schema, **content, "zonelab": {**cover.document(), **account.document()}}
    return json.dumps(envelope, ensure_ascii=False, indent=2) + "\n"


def document(protocol: Protocol, visible: frozenset[str]) -> str:
    """Return the canonical text of a protocol; with hidden fields, what is visible of it and the names of the rest."""
    hidden = [name for name in Protocol.model_fields if name not in visible]
    if not hidden:
        return canonical_json(protocol)
    shown = {name: value for name, value in json.loads(canonical_json(protocol)).items() if name in visible}
    return json.dumps({**shown, "withheld": hidden}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
