"""The encoding of texts in files that do not name one: Stata before 14, SAS transport.

Belongs here: finding it by the same evidence as for text files, and re-reading every text. Does not: files that name theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from data.readers.decode import Decoded, decode
from data.readers.package_table import Variable

BYTES = "ISO-8859-1"
"""Read in this encoding, every byte is one character, and the bytes can be had back."""


def recoded(variables: list[Variable]) -> tuple[list[Variable], Decoded | None]:
    """Return variables that were read as `BYTES` in their own encoding; None when all of it is plain ASCII.

    Raises
    ------
    Refused
        E-FILE-01: no encoding is certain.
    """
    joined = "\n".join(text for variable in variables for text in _texts(variable))
    if joined.isascii():
        return variables, None
    decoded = decode(joined.encode("latin-1"))

    def right(text: str) -> str:
        return text if text.isascii() else text.encode("latin-1").decode(decoded.encoding)

    return [_recoded(variable, right) for variable in variables], decoded


def _texts(variable: Variable) -> Iterable[str]:
    yield variable.name
    yield variable.label or ""
    for value, label in variable.value_labels.items():
        yield label
        if isinstance(value, str):
            yield value
    if variable.is_text:
        yield from (str(value) for value in variable.values if value)


def _recoded(variable: Variable, right: Callable[[str], str]) -> Variable:
    return replace(
        variable,
        name=right(variable.name),
        label=right(variable.label or ""),
        value_labels={
            right(value) if isinstance(value, str) else value: right(label)
            for value, label in variable.value_labels.items()
        },
        values=[right(value) if isinstance(value, str) else value for value in variable.values],
    )
