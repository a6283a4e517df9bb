"""One message → lines of NDJSON, or the reason why it is none; numbers keep their digits.

Belongs here: what counts as a message that can be read. Does not: what its members mean (data.readers, contracts).
"""

from __future__ import annotations

from typing import Any, Literal

from data.messages import Refused
from data.readers.json_values import parsed, written

Reason = Literal["empty", "not UTF-8", "not JSON", "no object", "a name twice", "not a topic"]
LARGEST = 16 << 20


def lines_of(payload: bytes, added: dict[str, str]) -> list[str] | Reason:
    r"""Return a message as lines, one an object; `added` are members of ours, which a message must not have itself.

    >>> lines_of(b'{"a": 1.50}', {"topic": "roof/1"})
    ['{"a": 1.50, "topic": "roof/1"}']
    >>> lines_of(b"21.5", {}), lines_of(b"\xff", {})
    ('no object', 'not UTF-8')
    """
    if not payload.strip():
        return "empty"
    try:
        found = parsed(payload.decode("utf-8"))
    except UnicodeDecodeError:
        return "not UTF-8"
    except Refused:
        return "not JSON"
    objects = found if isinstance(found, list) else [found]
    if not objects or not all(isinstance(each, dict) and each for each in objects):
        return "no object"
    if any(name in each for each in objects for name in added):
        return "a name twice"
    return _encodable([written({**each, **added}) for each in objects])


def _encodable(lines: list[Any]) -> list[str] | Reason:
    try:
        "".join(lines).encode("utf-8")
    except UnicodeEncodeError:
        return "not UTF-8"
    return lines
