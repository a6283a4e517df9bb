"""The catalogue: every code has both languages, with the same placeholders, and every code that the gate uses is in it."""

import re
from string import Formatter

import pytest

from data.readers.refusals import REASONS
from data.settings import REPOSITORY
from quality.messages import CATALOGUE, message, shown

GATE = (
    "cells",
    "check",
    "columns",
    "declared",
    "instruments",
    "intake",
    "privacy",
    "problems",
    "reconcile",
    "rules",
    "tagging",
)


def placeholders(text):
    return {field.split(".")[0] for _, field, _, _ in Formatter().parse(text) if field}


@pytest.mark.parametrize("code", [*CATALOGUE, *REASONS])
def test_both_languages_say_the_same_things(code):
    text = CATALOGUE.get(code) or REASONS[code]
    assert placeholders(text.en) == placeholders(text.zh)
    assert re.search("[\u4e00-\u9fff]", text.zh)
    assert not re.search("[\u4e00-\u9fff]", text.en)


def test_every_code_that_the_gate_names_has_a_message():
    sources = [(REPOSITORY / "quality" / f"{name}.py").read_text(encoding="utf-8") for name in GATE]
    used = set(re.findall(r'"([EWI]-[A-Z]+-\d\d)"', "".join(sources)))
    assert len(used) > 20
    assert used - set(CATALOGUE) == {
        "E-ZONE-03",
        "E-LAKE-02",
        "E-LAKE-06",
        "E-SYS-02",
    }  # told by exceptions of their own


def test_braces_in_a_value_are_only_text():
    told = message("W-COL-03", {"n": 1, "cols": "{evil} {0.__class__}"})
    assert "{evil} {0.__class__}" in told.en


def test_what_may_be_shown():
    assert shown("x" * 40, hidden=False).en == f'"{"x" * 40}"'
    assert shown("x" * 41, hidden=False).zh == "该值"
    assert shown("x", hidden=True).zh == "该值"
