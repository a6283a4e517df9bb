"""What has been answered so far: a plain document that may be incomplete or wrong, and reading and writing it by path.

Belongs here: pure functions on the document. Does not: storing it (apps.viewer.drafting), widgets. What a person typed stays
in the document even where it has the wrong form: the checker says what is wrong, nothing is thrown away.
"""

from __future__ import annotations

from typing import Any

Step = str | int
Place = tuple[Step, ...]
Content = dict[str, Any]


FREE = frozenset({"parameters", "options"})
"""Answers whose inside the schema does not know: nothing in them is taken out."""


def dotted(place: Place) -> str:
    """Return the path as the checker writes it.

    >>> dotted(("outcomes", 0, "name"))
    'outcomes.0.name'
    """
    return ".".join(str(step) for step in place)


def blank(value: object) -> bool:
    """Tell whether a value says nothing: absent, empty text, or only blanks inside. 0 and False say something.

    >>> blank({"en": "", "zh": " "}), blank(False), blank([]), blank([{}])
    (True, False, True, True)
    """
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, dict):
        return all(blank(inner) for inner in value.values())
    if isinstance(value, list):
        return all(blank(inner) for inner in value)
    return value is None


def find(content: Any, place: Place) -> Any:  # noqa: ANN401 -- whatever a protocol may hold
    """Return what stands at `place`; None where the path leads nowhere.

    >>> find({"arms": [{"arm_id": "ai"}]}, ("arms", 0, "arm_id"))
    'ai'
    """
    for step in place:
        if isinstance(content, dict) and isinstance(step, str):
            content = content.get(step)
        elif isinstance(content, list) and isinstance(step, int) and step < len(content):
            content = content[step]
        else:
            return None
    return content


def put(content: Content, place: Place, value: object) -> None:
    """Write `value` at `place`, making the parts on the way; None removes the answer, and a part left empty at the top.

    >>> said = {}
    >>> put(said, ("dates", "study_end", "date"), "2027-01-01"); said
    {'dates': {'study_end': {'date': '2027-01-01'}}}
    """
    *way, last = place
    here: Any = content
    for step, following in zip(way, place[1:], strict=True):
        inner = here[step] if isinstance(step, int) else here.get(step)
        if not isinstance(inner, dict | list):
            inner = [] if isinstance(following, int) else {}
            here[step] = inner
        here = inner
    if value is None and isinstance(here, dict):
        here.pop(last, None)
    else:
        here[last] = value
    if value is None and content.get(str(place[0])) == {}:
        content.pop(str(place[0]))


def add(content: Content, place: Place, items: list[Content]) -> None:
    """Append `items` to the list at `place`."""
    held = find(content, place)
    put(content, place, [*(held if isinstance(held, list) else []), *items])


def remove(content: Content, place: Place, position: int) -> None:
    """Take one item out of the list at `place`; an empty list at the top is no answer."""
    held = find(content, place)
    left = [item for index, item in enumerate(held if isinstance(held, list) else []) if index != position]
    put(content, place, left if left or len(place) > 1 else None)


def pruned(value: Any) -> Any:  # noqa: ANN401 -- whatever a protocol may hold
    """Return the document without answers that say nothing; an explicit empty list is an answer and stays.

    >>> pruned({"acronym": "", "conflicts": {"declared": []}, "abstract": {"en": "x", "zh": ""}})
    {'conflicts': {'declared': []}, 'abstract': {'en': 'x'}}
    """
    if isinstance(value, list):
        return [pruned(inner) for inner in value]
    if isinstance(value, dict):
        made = {name: inner if name in FREE or inner in ([], {}) else pruned(inner) for name, inner in value.items()}
        return {name: inner for name, inner in made.items() if value[name] in ([], {}) or inner not in (None, {}, "")}
    return value.strip() if isinstance(value, str) else value
