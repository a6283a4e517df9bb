"""What is cached is shared by all sessions: no cached function of the pages reads who asks, where, or in which language.

It takes what it needs as arguments, which are then part of the key. The search follows calls within the pages' own modules.
"""

from __future__ import annotations

import ast

import pytest

from data.settings import REPOSITORY

VIEWER = REPOSITORY / "apps" / "viewer"
CACHES = {"cache", "lru_cache", "cache_data", "cache_resource"}
IDENTITY = {"user", "context", "session_state", "query_params"}
"""What Streamlit knows of a session: `st.user`, `st.context`, …"""
ASKERS = {"apps.viewer.acting.acting", "apps.viewer.components.address.code", "apps.viewer.language.spoken"}
"""Our own functions that answer differently for another session; whatever calls them does too."""


def modules(folder=VIEWER):
    return {
        ".".join(path.relative_to(REPOSITORY).with_suffix("").parts): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(folder.rglob("*.py"))
    }


def named(tree):
    """Return what each imported name of a module stands for."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {item.asname or item.name: f"{node.module}.{item.name}" for item in node.names}
        elif isinstance(node, ast.Import):
            found |= {item.asname or item.name: item.name for item in node.names}
    return found


def calls(module, tree, function):
    """Yield the full names of what a function mentions."""
    known = {**{item.name: f"{module}.{item.name}" for item in tree.body if hasattr(item, "name")}, **named(tree)}
    for node in ast.walk(function):
        if isinstance(node, ast.Name):
            yield known.get(node.id, node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield f"{known.get(node.value.id, node.value.id)}.{node.attr}"


def is_cached(function):
    decorators = [item.func if isinstance(item, ast.Call) else item for item in function.decorator_list]
    return bool(CACHES & {getattr(item, "attr", getattr(item, "id", "")) for item in decorators})


def asking(found):
    """Return the functions that read who asks, and the cached ones among them."""
    functions = {
        f"{module}.{item.name}": (item, set(calls(module, tree, item)))
        for module, tree in found.items()
        for item in tree.body
        if isinstance(item, ast.FunctionDef)
    }
    told = {
        name for name, (_, said) in functions.items() if said & ({f"streamlit.{word}" for word in IDENTITY} | ASKERS)
    }
    told |= ASKERS & functions.keys()
    while more := {name for name, (_, said) in functions.items() if said & told} - told:
        told |= more
    return told, {name for name in told if is_cached(functions[name][0])}


@pytest.mark.parametrize(
    "body",
    [
        "return st.session_state['zone']",
        "return st.user.email",
        "return st.query_params['zone']",
        "return acting.acting(home).user",
        "return own_step()",
        "return code('zone')",
    ],
)
def test_the_search_finds_what_it_looks_for(body):
    source = (
        "import streamlit as st\nfrom apps.viewer import acting\nfrom apps.viewer.components.address import code\n"
        "def own_step():\n    return st.context.cookies\n"
        f"@st.cache_data(ttl=3)\ndef kept(home):\n    {body}\n"
    )
    assert asking({"apps.viewer.sample": ast.parse(source)})[1] == {"apps.viewer.sample.kept"}


def test_no_cached_function_asks_who_asks():
    told, cached = asking(modules())
    assert "apps.viewer.acting.acting" in told
    assert cached == set()
