"""One word, one translation: the catalogue keeps to the glossary, and the glossary can be searched in both languages."""

from __future__ import annotations

import re

import pytest

from apps.viewer import glossary, language

pytestmark = pytest.mark.archive


def otherwise(term: glossary.Term, catalogue: dict[str, str]) -> list[str]:
    """Return the English sentences that have the word and whose Chinese has none of its translations."""
    word = re.compile(rf"\b{re.escape(term.en)}s?\b", re.IGNORECASE)
    found = []
    for en, zh in catalogue.items():
        left = re.sub(r"{\w+}", "", en)
        for phrase in term.but:
            left = re.sub(rf"\b{re.escape(phrase)}s?\b", "", left, flags=re.IGNORECASE)
        if word.search(left) and not any(said in zh for said in (term.zh, *term.also)):
            found.append(en)
    return found


def test_a_word_is_translated_the_same_everywhere():
    catalogue = language.catalogue("zh")
    wrong = {term.en: found for term in glossary.terms() if (found := otherwise(term, catalogue))}
    assert wrong == {}


def test_another_translation_would_be_found():
    wave = next(term for term in glossary.terms() if term.en == "wave")
    assert otherwise(wave, {"Wave": "波次", "of the latest wave": "最近一轮", "{waves}": "波"}) == ["Wave"]


def test_words_stand_once_and_are_found_in_both_languages():
    every = glossary.terms()
    assert len({term.en for term in every}) == len({term.zh for term in every}) == len(every)
    assert {term.en for term in glossary.search("流失")} & {term.en for term in glossary.search("ATTRITION")} == {
        "attrition"
    }
    assert glossary.search("no such word") == ()
