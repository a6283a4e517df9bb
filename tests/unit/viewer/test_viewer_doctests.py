"""The examples in the viewer's docstrings run."""

from __future__ import annotations

import doctest
import importlib

import pytest

MODULES = [
    "language",
    "launch",
    "measures",
    "components.labels",
    "components.markup",
    "components.shares",
    "components.spread",
    "cart",
    "extracting",
    "searching",
    "glossary",
]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    found = doctest.testmod(importlib.import_module(f"apps.viewer.{name}"))
    assert found.attempted > 0
    assert found.failed == 0
