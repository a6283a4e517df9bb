"""Both languages are whole: every string of the code is in the Chinese catalogue, and nothing else is."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from string import Formatter

import pytest

from apps.viewer import language

pytestmark = pytest.mark.archive

VIEWER = Path(language.__file__).parent
# Latin words that Chinese text keeps: names of formats and products
KEPT = {"HTML", "JSON", "Word", "XLSX", "YAML"}


def messages() -> set[str]:
    """Return every literal that `t`, `tn` or `N_` receives; the tree sees into f-strings, which gettext extractors do not."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in VIEWER.rglob("*.py")]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    named = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id in ("t", "N_")]
    plural = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "tn"]
    literals = [call.args[0] for call in named] + [form for call in plural for form in call.args[:2]]
    return {literal.value for literal in literals if isinstance(literal, ast.Constant)}


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_no_chinese_string_is_missing():
    assert messages() - language.catalogue("zh").keys() == set()


def test_catalogue_holds_nothing_that_the_code_does_not_say():
    assert language.catalogue("zh").keys() - messages() == set()


def test_translations_keep_the_placeholders():
    wrong = [en for en, zh in language.catalogue("zh").items() if fields(en) != fields(zh)]
    assert wrong == []


def test_chinese_strings_hold_no_english_word():
    words = {
        word
        for zh in language.catalogue("zh").values()
        for word in re.findall(r"[A-Za-z]{4,}", re.sub(r"{\w+}", "", zh))
    }
    assert words <= KEPT


@pytest.mark.parametrize(
    ("spoken", "expected"),
    [("en", ("1,234.5", "−0.5", "0", "4 Mar 2026")), ("zh", ("1,234.5", "−0.5", "0", "2026年3月4日"))],
)
def test_numbers_and_dates(spoken, expected):
    from datetime import date

    language.use(spoken)
    try:
        said = (
            language.number(1234.5, 1),
            language.number(-0.5, 1),
            language.number(-0.2),
            language.day(date(2026, 3, 4)),
        )
    finally:
        language.use("en")
    assert said == expected
