"""The glossary: the one list of words with their translation and meaning, for readers and for the test of the catalogue.

Belongs here: reading and searching `glossary.yml`. Does not: sentences of pages (locale).
"""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from data.yaml_text import read_yaml

FILE = Path(__file__).resolve().parent / "glossary.yml"


class Term(BaseModel):
    """One word. `also` are translations that are right in some sentences; `but` are English phrases that are another word."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    en: str
    zh: str
    means_en: str = Field(min_length=10)
    means_zh: str = Field(min_length=5)
    also: tuple[str, ...] = ()
    but: tuple[str, ...] = ()


@cache
def terms() -> tuple[Term, ...]:
    """Return all words, by their English.

    >>> [term.zh for term in terms() if term.en == "attrition"]
    ['流失']
    """
    found = [Term.model_validate(entry) for entry in read_yaml(FILE.read_text(encoding="utf-8"))]
    return tuple(sorted(found, key=lambda term: term.en.casefold()))


def search(words: str) -> tuple[Term, ...]:
    """Return the words that hold all parts of a search, in either language or in what they mean.

    >>> [term.en for term in search("流失")][0]
    'attrition'
    """
    parts = _plain(words).split()
    return tuple(term for term in terms() if all(part in _plain(" ".join(_texts(term))) for part in parts))


def _texts(term: Term) -> tuple[str, ...]:
    return term.en, term.zh, term.means_en, term.means_zh


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
