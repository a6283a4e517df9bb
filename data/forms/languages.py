"""Labels of a form in its languages: English and Chinese for the contract, every other kept beside them.

Belongs here: which language a header names, plain text out of the mark-up that forms allow. Does not: questions, choices.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

from data.messages import Text

ENGLISH = re.compile(r"^(en|eng|english)\b|\(en([-_]\w+)?\)", re.IGNORECASE)
CHINESE = re.compile(r"^(zh|zho|cmn|chinese|mandarin|中文|汉语|普通话|简体|繁体)|\(zh([-_]\w+)*\)", re.IGNORECASE)
HAN = re.compile("[\u4e00-\u9fff]")
TAG = re.compile(r"<[^<>]{1,200}>")
REFERENCE = re.compile(r"\$\{([^}]+)\}")
LONGEST = 240

Spoken = Mapping[str, str] | str | None


def by_language(label: Spoken) -> dict[str, str]:
    """Return language → plain label: `en`, `zh`, and others as the form calls them.

    A label without a language is Chinese if it holds Chinese characters, else English.

    >>> by_language({"English (en)": "<b>Age</b>", "中文": "年龄", "Twi": "Mfie"})
    {'en': 'Age', 'zh': '年龄', 'Twi': 'Mfie'}
    """
    spoken = {"default": label} if isinstance(label, str) else label or {}
    found: dict[str, str] = {}
    for language, text in spoken.items():
        said = plain(str(text or ""))
        if said:
            found.setdefault(_tag(language, said), said)
    return found


def both(found: Mapping[str, str], otherwise: str) -> Text:
    """Return the pair for a contract; a missing language takes the other's text, a missing label the name."""
    first = next(iter(found.values()), otherwise)
    english = found.get("en", first)
    return Text(en=english, zh=found.get("zh", english))


def plain(text: str) -> str:
    """Return a label without mark-up, references as …, at most 240 characters.

    >>> plain("<b>How old</b> is ${name} &amp; co?")
    'How old is … & co?'
    """
    said = " ".join(html.unescape(REFERENCE.sub("…", TAG.sub(" ", text))).split())
    return re.sub(r" ([?.,;:])", r"\1", said)[:LONGEST]


def _tag(language: str, said: str) -> str:
    if language == "default":
        return "zh" if HAN.search(said) else "en"
    if ENGLISH.search(language.strip()):
        return "en"
    return "zh" if CHINESE.search(language.strip()) else language.strip()
