"""Words for what stands inside a protocol: the fields of its parts and the codes of its vocabularies, in both languages.

Belongs here: looking them up. Does not: top-level fields, whose words stand in their `Facts`; the words themselves
(vocabulary.yml). Form, exports and reports read the same words.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

from data.messages import Text
from data.yaml_text import read_yaml

SOURCE = Path(__file__).with_name("vocabulary.yml")


@cache
def entries(table: Literal["names", "values"]) -> dict[str, Text]:
    """Return all entries of one table by their key."""
    content = read_yaml(SOURCE.read_text(encoding="utf-8"))
    return {str(key): Text.model_validate(said) for key, said in content[table].items()}


def field_name(part: str, field: str) -> Text:
    """Return what a field of a part is called; its own name in words where nothing is written down.

    >>> field_name("Outcome", "tier").en, field_name("Person", "name").zh, field_name("X", "not_known").en
    ('Tier', '姓名', 'Not known')
    """
    fallback = field.replace("_", " ").capitalize()
    return _first("names", f"{part}.{field}", field) or Text(en=fallback, zh=fallback)


def value_name(part: str, field: str, code: str) -> Text:
    """Return what a code of a vocabulary means; the code itself where nothing is written down.

    >>> value_name("Screened", "practice", "security").en, value_name("Outcome", "data_source", "survey").zh
    ('endangering security', '调查')
    """
    return _first("values", f"{part}.{field}.{code}", f"{field}.{code}", code) or Text(en=code, zh=code)


def _first(table: Literal["names", "values"], *keys: str) -> Text | None:
    known = entries(table)
    return next((known[key] for key in keys if key in known), None)
