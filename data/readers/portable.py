"""SPSS portable files (.por): a reader of our own, because pyreadstat returns their user-missing codes as empty.

Belongs here: the records of the format (80-character lines, its own character set, numbers in base 30). Does not: texts of
values (package_table).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from data.readers.package_encoding import recoded
from data.readers.package_table import Value, Variable, package_table
from data.readers.raw import Note, RawTable
from data.readers.refusals import kept_not, unreadable

HEAD = 456
"""Five splash lines of 40 characters and the table of the file's 256 characters; then the mark SPSSPORT."""

MARK = b"SPSSPORT"
DIGITS = {character: value for value, character in enumerate(b"0123456789ABCDEFGHIJKLMNOPQRST")}
STANDARD = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz .<(+|&[]!$*);^-/|,%_>?`:"
FORMATS = {
    1: "A", 2: "AHEX", 3: "COMMA", 4: "DOLLAR", 5: "F", 6: "IB", 7: "PIBHEX", 8: "P", 9: "PIB", 10: "PK", 11: "RB", 12: "RBHEX",
    15: "Z", 16: "N", 17: "E", 20: "DATE", 21: "TIME", 22: "DATETIME", 23: "ADATE", 24: "JDATE", 25: "DTIME", 26: "WKDAY",
    27: "MONTH", 28: "MOYR", 29: "QYR", 30: "WKYR", 31: "PCT", 32: "DOT", 38: "EDATE", 39: "SDATE", 40: "MTIME", 41: "YMDHMS",
}  # fmt: skip
DATES_MOVED = 82
"""SPSS 25 writes dates under numbers that are so much higher than in a system file: 120 for EDATE, which is 38."""

DAMAGED = "SPSS (.por)"


def is_portable(content: bytes) -> bool:
    """Whether bytes are a portable file: the mark stands after the head, in the file's own characters."""
    return b"SPSS PORT FILE" in content[:500] or _unwrapped(content[:1000])[HEAD : HEAD + 8] == MARK


def read_portable(content: bytes) -> RawTable:
    """Read a portable file; user-missing codes stay in the cells, and what is declared about them is in `labels`.

    Raises
    ------
    Refused
        E-FILE-01: damaged, cut, or texts in no certain encoding. E-FILE-02: no variables or no rows.
    """
    try:
        found = _Dictionary()
        cursor = _Cursor(_translated(_unwrapped(content)))
        for _ in range(2):
            cursor.text()  # date and time of creation
        while (tag := cursor.take()) != b"F":
            _read_record(tag, cursor, found)
        columns = _cases(cursor, found)
    except (IndexError, KeyError, ValueError, OverflowError, ZeroDivisionError) as error:
        raise unreadable("damaged", kind=DAMAGED) from error
    variables, decoded = recoded([found.variable(name, values) for name, values in columns.items()])
    return package_table(variables, "spss", "por", found.notes(), decoded.encoding if decoded else None)


@dataclass
class _Dictionary:
    """What the records before the data say."""

    names: list[str] = field(default_factory=list)
    widths: dict[str, int] = field(default_factory=dict)
    formats: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[Value, str]] = field(default_factory=dict)
    missing: dict[str, list[tuple[Value, Value]]] = field(default_factory=dict)
    declared: int = 0
    weight: str = ""
    documents: int = 0

    def variable(self, name: str, values: list[Value]) -> Variable:
        return Variable(
            name=name,
            values=values,
            is_text=self.widths[name] > 0,
            label=self.labels.get(name),
            format=self.formats[name],
            value_labels=self.values.get(name, {}),
            missing=tuple(self.missing.get(name, ())),
        )

    def notes(self) -> list[Note]:
        told = [Note("W-KEEP-01", kept_not("documents", n=self.documents))] if self.documents else []
        return [*told, *([Note("W-KEEP-01", kept_not("weight", name=self.weight))] if self.weight else [])]


class _Cursor:
    """A place in the translated text, and what can be read there."""

    def __init__(self, text: bytes) -> None:
        if text[:8] != MARK or text[8:9] != b"A":
            raise ValueError("no portable file of version A")
        self.data, self.place = text, 9

    def take(self) -> bytes:
        self.place += 1
        if self.place > len(self.data):
            raise IndexError("end of file")
        return self.data[self.place - 1 : self.place]

    def number(self) -> float | None:
        """Return a number in base 30 (`1E.F/`), None for system-missing (`*.`)."""
        while self.data[self.place : self.place + 1] == b" ":
            self.place += 1
        if self.data[self.place : self.place + 2] == b"*.":
            self.place += 2
            return None
        end = self.data.index(b"/", self.place)
        text = self.data[self.place : end]
        self.place = end + 1
        return float(_base30(text))

    def integer(self) -> int:
        number = self.number()
        if number is None or number != int(number):
            raise ValueError("no whole number")
        return int(number)

    def text(self) -> str:
        length = self.integer()
        if length < 0 or self.place + length > len(self.data):
            raise IndexError("end of file")
        self.place += length
        return self.data[self.place - length : self.place].decode("latin-1")


def _base30(text: bytes) -> Fraction:
    """Return the number that digits in base 30 say exactly.

    >>> float(_base30(b"-1.F")), float(_base30(b"2+1"))
    (-1.5, 60.0)
    """
    negative = text[:1] == b"-"
    body = text[negative:]
    mark = max(body.find(b"+"), body.find(b"-"))
    body, exponent = (body, b"") if mark < 0 else (body[:mark], body[mark:])
    whole, _, part = body.partition(b".")
    if not whole + part:
        raise ValueError("no digits")
    value = Fraction(_digits(whole + part), 30 ** len(part))
    power = _digits(exponent[1:])
    if power > 300:  # noqa: PLR2004 - beyond what a double holds
        raise OverflowError("exponent")
    value *= Fraction(30) ** (-power if exponent[:1] == b"-" else power)
    return -value if negative else value


def _digits(text: bytes) -> int:
    number = 0
    for character in text:
        number = number * 30 + DIGITS[character]
    return number


def _unwrapped(content: bytes) -> bytes:
    """Return the text without line ends, lines filled up to their 80 characters."""
    lines = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    return b"".join(line.ljust(80) for line in lines[:-1]) + lines[-1]


def _translated(text: bytes) -> bytes:
    """Return what follows the head in our characters: the head's table says which character stands for which."""
    table = text[200:HEAD]
    theirs = table[64 : 64 + len(STANDARD)]
    pairs: dict[int, int] = {}
    for n, character in enumerate(theirs):
        if n == 0 or character != theirs[0]:  # a nought elsewhere: the file's machine does not have that character
            pairs.setdefault(character, STANDARD[n])
    if all(theirs == ours for theirs, ours in pairs.items()):
        return text[HEAD:]
    return text[HEAD:].translate(bytes(pairs.get(code, code) for code in range(256)))


def _read_record(tag: bytes, cursor: _Cursor, found: _Dictionary) -> None:
    if tag in b"123":  # product, author, extra
        cursor.text()
    elif tag in b"45":  # number of variables; precision
        number = cursor.integer()
        found.declared = number if tag == b"4" else found.declared
    elif tag == b"6":
        found.weight = cursor.text()
    elif tag in b"89AB":
        found.missing.setdefault(found.names[-1], []).append(_missing(tag, cursor, found))
    elif tag == b"C":
        found.labels[found.names[-1]] = cursor.text()
    else:
        {b"7": _read_variable, b"D": _read_value_labels, b"E": _read_documents}[tag](cursor, found)


def _read_documents(cursor: _Cursor, found: _Dictionary) -> None:
    found.documents = cursor.integer()
    for _ in range(found.documents):
        cursor.text()


def _read_variable(cursor: _Cursor, found: _Dictionary) -> None:
    width = cursor.integer()
    name = cursor.text()
    if name in found.widths or width < 0:
        raise ValueError("variable twice")
    kind, columns, decimals = (cursor.integer() for _ in range(3))
    kind -= DATES_MOVED if kind > DATES_MOVED else 0
    for _ in range(3):
        cursor.integer()  # the format for writing
    found.names.append(name)
    found.widths[name] = width
    found.formats[name] = f"{FORMATS.get(kind, 'F')}{columns}" + (f".{decimals}" if FORMATS.get(kind) == "F" else "")


def _missing(tag: bytes, cursor: _Cursor, found: _Dictionary) -> tuple[Value, Value]:
    is_text = found.widths[found.names[-1]] > 0
    first = _value(cursor, is_text=is_text)
    if tag == b"9":
        return float("-inf"), first
    if tag == b"A":
        return first, float("inf")
    return (first, _value(cursor, is_text=is_text)) if tag == b"B" else (first, first)


def _value(cursor: _Cursor, *, is_text: bool) -> Value:
    return cursor.text().rstrip(" ") if is_text else cursor.number()


def _read_value_labels(cursor: _Cursor, found: _Dictionary) -> None:
    names = [cursor.text() for _ in range(cursor.integer())]
    is_text = found.widths[names[0]] > 0
    labels = {}
    for _ in range(cursor.integer()):
        value = _value(cursor, is_text=is_text)
        labels[value] = cursor.text()
    for name in names:
        found.values[name] = {**found.values.get(name, {}), **labels}


def _cases(cursor: _Cursor, found: _Dictionary) -> dict[str, list[Value]]:
    if found.declared != len(found.names) or not found.names:
        raise ValueError("variables are missing")
    columns: dict[str, list[Value]] = {name: [] for name in found.names}
    kinds = [(columns[name], found.widths[name] > 0) for name in found.names]
    while cursor.data[cursor.place : cursor.place + 1] != b"Z":
        for column, is_text in kinds:
            column.append(_value(cursor, is_text=is_text))
    if cursor.data[cursor.place :].strip(b"Z "):
        raise ValueError("text after the end")
    return columns
