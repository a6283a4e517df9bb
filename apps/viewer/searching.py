"""Finding variables by words in either language, forgiving of full-width letters, case and order; and what was perhaps meant.

Belongs here: text and ranks, without Streamlit or data. Does not: what a variable is (codebook_reads), the field (components).
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

LONGEST = 120
"""Characters of a query that count."""
_SUGGESTED = 3


@dataclass(frozen=True)
class Findable:
    """What can be found: `names` weigh most (name, labels), then `words` (concept, codes), then `text` (questions)."""

    names: tuple[str, ...]
    words: str = ""
    text: str = ""


T = TypeVar("T")


def plain(text: str) -> str:
    """Return a text as it is compared: full-width as half-width, small letters, single spaces, no underscores.

    >>> plain("ＷＡＩＴ_min　等候")
    'wait min 等候'
    """
    return " ".join(unicodedata.normalize("NFKC", text).casefold().replace("_", " ").split())


def found(query: str, items: Iterable[tuple[T, Findable]]) -> list[T]:
    """Return what holds every word of the query, the best first; all of it for an empty query.

    >>> things = [("a", Findable(("wait_min", "等候时间"))), ("b", Findable(("age",), text="no wait"))]
    >>> found("Wait", things), found("ｗａｉｔ 等候", things), found("", things)
    (['a', 'b'], ['a'], ['a', 'b'])
    >>> found("ai", [("waiting", Findable(("waiting time",))), ("epoch", Findable(("ai epoch",)))])
    ['epoch', 'waiting']
    """
    asked = plain(query[:LONGEST]).split()
    ranked = [(_rank(asked, each), place, item) for place, (item, each) in enumerate(items)]
    return [item for rank, _, item in sorted((r for r in ranked if r[0] is not None), key=lambda r: (r[0], r[1]))]


def meant(query: str, items: Iterable[Findable]) -> list[str]:
    """Return names that are nearly the query, for whoever found nothing; those with the most letters in common first.

    >>> meant("waitmin", [Findable(("wait_min", "等候时间"))]), meant("等侯时间", [Findable(("wait_min", "等候时间"))])
    (['wait_min'], ['等候时间'])
    """
    names = {plain(name).replace(" ", ""): name for item in items for name in item.names}
    asked = plain(query[:LONGEST]).replace(" ", "")
    return [names[each] for each in difflib.get_close_matches(asked, names, n=_SUGGESTED, cutoff=0.6)]


def _rank(asked: Sequence[str], item: Findable) -> int | None:
    """Return how well an item answers, 0 best; None where a word of the query is nowhere in it.

    A word counts for more in a name than in a text, and for more at the beginning of a word than inside one.
    """
    names = [plain(name) for name in item.names]
    layers = (" ".join(names), plain(item.words), plain(item.text))
    worst = 0
    for word in asked:
        places = [2 * place + (f" {word}" not in f" {layer}") for place, layer in enumerate(layers) if word in layer]
        if not places:
            return None
        worst = max(worst, min(places))
    return 0 if " ".join(asked) in names else worst + 1
