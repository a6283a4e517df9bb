"""Typed parts of a protocol as plain text, for forms that have only text boxes.

Belongs here: text that leaves no filled field of a part out. Does not: which text goes where (aea, osf, ctgov), pages for
readers (outline, html, markdown).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pydantic import BaseModel

from data.messages import Text

HEADS = ("id", "arm_id", "zone_id", "wave_id", "user")
"""Fields that name an item of a list: the item's line starts with them."""


def both(text: Text | None) -> str:
    r"""Return a bilingual text as one: English, then Chinese on the next line; either alone where the other is missing.

    >>> both(Text(en="Waiting time", zh="等候时间"))
    'Waiting time\n等候时间'
    """
    return "" if text is None else "\n".join(part for part in (text.en.strip(), text.zh.strip()) if part)


def inline(text: Text | None) -> str:
    """Return a bilingual text on one line.

    >>> inline(Text(en="Waiting time", zh="等候时间"))
    'Waiting time / 等候时间'
    """
    return both(text).replace("\n", " / ")


def spaced(code: object) -> str:
    """Return a code as words.

    >>> spaced("usual_practice")
    'usual practice'
    """
    return str(code).replace("_", " ")


def told(value: object) -> str:
    """Return any value of a protocol on one line, every filled field of it named.

    >>> told(("a", "b")), told(True), told({"ai": 2})
    ('a, b', 'yes', 'ai: 2')
    """
    if isinstance(value, Text):
        return inline(value)
    if isinstance(value, BaseModel):
        return "; ".join(f"{spaced(name)}: {told(inner)}" for name, inner in given(value))
    if isinstance(value, dict):
        return ", ".join(f"{name}: {told(inner)}" for name, inner in value.items())
    if isinstance(value, list | tuple):
        bracket = any(isinstance(item, BaseModel) and not isinstance(item, Text) for item in value)
        return ", ".join(f"({told(item)})" if bracket else told(item) for item in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def given(part: BaseModel) -> list[tuple[str, object]]:
    """Return the filled fields of a part by name, in the order of its declaration."""
    pairs = [(name, getattr(part, name)) for name in type(part).model_fields]
    return [(name, value) for name, value in pairs if value is not None and value not in ((), {}, "")]


def itemised(parts: Iterable[BaseModel]) -> str:
    """Return a list of parts, one line each, its name first.

    >>> from experiments.registry.protocol import Arm
    >>> itemised([Arm(arm_id="ai", label={"en": "AI triage"}, type="experimental")])
    '- ai: label: AI triage; type: experimental'
    """
    return "\n".join(f"- {_item(part)}" for part in parts)


def _item(part: BaseModel) -> str:
    fields = given(part)
    head = next((name for name, _ in fields if name in HEADS), None)
    rest = "; ".join(f"{spaced(name)}: {told(value)}" for name, value in fields if name != head)
    if head is None:
        return rest
    return f"{getattr(part, head)}: {rest}" if rest else str(getattr(part, head))


def paragraphs(*texts: str) -> str:
    r"""Return the texts that say something, with an empty line between them.

    >>> paragraphs("a", "", "b")
    'a\n\nb'
    """
    return "\n\n".join(text for text in texts if text)


def labelled(label: str, value: object) -> str:
    """Return ``label: value``, or nothing for nothing.

    >>> labelled("Unit", "school"), labelled("Unit", None)
    ('Unit: school', '')
    """
    if value is None or value in ((), {}, ""):
        return ""
    if isinstance(value, tuple) and all(isinstance(item, BaseModel) and not isinstance(item, Text) for item in value):
        return f"{label}:\n{itemised(value)}"
    return f"{label}: {told(value)}"


def listed(*names: str) -> Callable[..., str]:
    r"""Return a function that writes its values one under another, each with its name.

    >>> listed("Unit", "Arms")("school", ("a", "b"))
    'Unit: school\n\nArms: a, b'
    """

    def write(*values: object) -> str:
        return paragraphs(*(labelled(name, value) for name, value in zip(names, values, strict=True)))

    return write
