"""The columns of a file in one format: names that fit, codes for absences, and what the format cannot keep, said in notes.

Belongs here: sheet + dialect → fields and notes. Does not: writing (the *_files modules). Every loss has a note.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from data.messages import Language, Text
from quality.exports.facts import Facts
from quality.exports.names import Limits, fitting_names
from quality.exports.sheet import Sheet
from quality.exports.statuses import STATUS_LABELS, spss_codes, stata_letter
from quality.exports.variables import Variable, companion

Absence = Literal["companion", "letters", "numbers"]


@dataclass(frozen=True)
class Dialect:
    """What a format can hold. Lengths of labels are in bytes of UTF-8; None: without limit.

    `absence`: statuses stand in the companion column, in Stata's letters, or in numbers declared missing. `doubles`: every number
    is one. `labels_text`: bytes of the longest text value that may have a label, 0 for none.
    """

    limits: Limits | None
    absence: Absence
    label: int | None = None
    value_label: int | None = None
    text: int | None = None
    doubles: bool = False
    null_text: bool = True
    milliseconds: bool = False
    labels_text: int | None = None
    trims: bool = False
    guards_formulas: bool = False


@dataclass(frozen=True)
class Field:
    """One column of a file. `missing` is status → code where value and status share a cell; `status` is then its source."""

    name: str
    variable: Variable
    label: str
    value_labels: Mapping[str, str]
    missing: Mapping[int, str | float] = field(default_factory=dict)

    @property
    def folds(self) -> bool:
        """Whether the cell also says why the value is absent."""
        return self.variable.status is not None and bool(self.missing)


@dataclass(frozen=True)
class Note:
    """What a file does not keep as it is in the release."""

    table: str
    column: str
    what: Text


@dataclass(frozen=True)
class Layout:
    """The fields of a table's file, in order, and the notes on them."""

    fields: tuple[Field, ...]
    notes: tuple[Note, ...]


def layout(sheet: Sheet, dialect: Dialect, language: Language) -> Layout:
    """Lay a table out for a format."""
    listed = list(_listed(sheet, dialect))
    names = fitting_names([variable.name for variable, _ in listed], dialect.limits)
    fields = tuple(_field(variable, missing, names[variable.name], dialect, language) for variable, missing in listed)
    notes = [*_left_out(sheet), *(note for item in fields for note in _notes(sheet, item, dialect, language))]
    return Layout(fields, tuple(notes))


def _listed(sheet: Sheet, dialect: Dialect) -> Iterator[tuple[Variable, Mapping[int, str | float]]]:
    """Yield each variable with its codes for absences, and the companion of one whose cells cannot say them."""
    for variable in sheet.variables:
        facts = sheet.facts.get(variable.name, Facts())
        held = _as_text(variable, facts) if dialect.doubles and variable.kind == "integer" else variable
        if held.status is None:
            yield held, {}
        elif dialect.absence != "companion" and held.is_numeric and facts.folds:
            yield held, _codes(held, facts, dialect.absence)
        else:
            yield replace(held, status=None), {}
            yield companion(variable), {}


def _as_text(variable: Variable, facts: Facts) -> Variable:
    return replace(variable, kind="string") if facts.beyond else variable


def _codes(variable: Variable, facts: Facts, absence: Absence) -> dict[int, str | float]:
    statuses = sorted({*facts.statuses, *variable.declared})
    if absence == "letters":
        return {status: stata_letter(status) for status in statuses}
    return dict(spss_codes(statuses, variable.declared, facts.least, facts.greatest))


def _field(
    variable: Variable, missing: Mapping[int, str | float], name: str, dialect: Dialect, language: Language
) -> Field:
    codes = {code: text.get(language) for code, text in variable.codes.items() if _labelled(variable, code, dialect)}
    label = cut(variable.heading.get(language), dialect.label)
    return Field(name, variable, label, {code: cut(text, dialect.value_label) for code, text in codes.items()}, missing)


def _labelled(variable: Variable, code: str, dialect: Dialect) -> bool:
    if variable.kind == "string":
        return dialect.labels_text is None or len(code.encode()) <= dialect.labels_text
    return not dialect.doubles or code.lstrip("+-").isdigit()


def cut(text: str, longest: int | None) -> str:
    """Return a text of at most `longest` bytes of UTF-8, cut between characters.

    >>> cut("等候时间", 7), cut("wait", None)
    ('等候', 'wait')
    """
    return text if longest is None else text.encode()[:longest].decode(errors="ignore")


def status_labels(item: Field, language: Language) -> dict[str | float, str]:
    """Return code → meaning for the codes of absences of a field."""
    return {code: STATUS_LABELS[status].get(language) for status, code in item.missing.items()}


def _left_out(sheet: Sheet) -> list[Note]:
    told = Text(en="left out: nobody declared this column", zh="未导出：该列未经声明")
    return [Note(sheet.name, name, told) for name in sheet.left_out]


def _notes(sheet: Sheet, item: Field, dialect: Dialect, language: Language) -> Iterator[Note]:
    variable = item.variable
    facts = sheet.facts.get(variable.name, Facts())
    told = [*_of_names(item, dialect, language), *_of_values(variable, facts, dialect)]
    if variable.is_coded:
        told.append(_CODED)
    unlike = {status: code for status, code in item.missing.items() if code not in (-status, stata_letter(status))}
    if unlike:
        told.append(_MOVED.fill(codes=", ".join(f"{status} → {code:g}" for status, code in unlike.items())))
    for text in told:
        yield Note(sheet.name, variable.name, text)


def _of_names(item: Field, dialect: Dialect, language: Language) -> Iterator[Text]:
    variable = item.variable
    if item.name != variable.name:
        yield _RENAMED.fill(name=item.name)
    if item.label != variable.heading.get(language):
        yield _LABEL_CUT.fill(n=dialect.label)
    lost = sorted(set(variable.codes) - set(item.value_labels))
    if lost:
        yield _UNLABELLED.fill(n=len(lost))
    if any(item.value_labels[code] != variable.codes[code].get(language) for code in item.value_labels):
        yield _VALUE_LABEL_CUT.fill(n=dialect.value_label)


def _of_values(variable: Variable, facts: Facts, dialect: Dialect) -> Iterator[Text]:
    if variable.kind == "string":
        yield from _of_texts(facts, dialect)
    if dialect.doubles and facts.beyond:
        yield (_AS_TEXT if variable.kind == "string" else _NOT_FINITE).fill(n=facts.beyond)
    if dialect.milliseconds and facts.fine:
        yield _ROUNDED.fill(n=facts.fine)


def _of_texts(facts: Facts, dialect: Dialect) -> Iterator[Text]:
    if not dialect.null_text and facts.nulls and facts.empty:
        yield _EMPTY.fill(n=facts.empty)
    elif not dialect.null_text and facts.nulls:
        yield _NULL_TEXT.fill(n=facts.nulls)
    if dialect.text is not None and facts.bytes > dialect.text:
        yield _TEXT_CUT.fill(n=dialect.text)
    if dialect.trims and facts.trailing:
        yield _TRIMMED.fill(n=facts.trailing)
    if dialect.guards_formulas and facts.formulas:
        yield _GUARDED.fill(n=facts.formulas)


def merged(layouts: Sequence[Layout]) -> tuple[Note, ...]:
    """Return the notes of several tables in order."""
    return tuple(note for item in layouts for note in item.notes)


_CODED = Text(
    en="names a unit: a code stands in its place, the same in every table and export of this workspace",
    zh="单位编号：以编码代替，同一工作区各表、各次导出一致",
)
_MOVED = Text(en="codes of missing values (status → code): {codes}", zh="缺失代码（状态 → 代码）：{codes}")
_RENAMED = Text(en="called {name} in the file", zh="在文件中名为 {name}")
_LABEL_CUT = Text(en="label cut to {n} bytes; whole in the codebook", zh="标签截至 {n} 字节；全文见编码本")
_VALUE_LABEL_CUT = Text(
    en="labels of values cut to {n} bytes; whole in the codebook", zh="值标签截至 {n} 字节；全文见编码本"
)
_UNLABELLED = Text(
    en="the format cannot label {n} of its codes; they are in the codebook",
    zh="该格式无法为其 {n} 个代码加标签；见编码本",
)
_AS_TEXT = Text(
    en="text in the file: {n} whole numbers are too large for a double", zh="在文件中为文本：{n} 个整数超出双精度范围"
)
_NOT_FINITE = Text(
    en="{n} values that are no finite numbers are missing in the file", zh="{n} 个非有限数在文件中为缺失"
)
_ROUNDED = Text(en="{n} times are kept to the millisecond only", zh="{n} 个时间仅保留到毫秒")
_EMPTY = Text(en="{n} empty texts cannot be told from absent ones in the file", zh="{n} 个空文本在文件中与缺失无法区分")
_NULL_TEXT = Text(en="absent texts ({n}) are empty texts in the file", zh="{n} 个缺失文本在文件中为空文本")
_TEXT_CUT = Text(en="texts longer than {n} bytes are cut", zh="超过 {n} 字节的文本被截断")
_TRIMMED = Text(en="blanks at the end of {n} texts are lost", zh="{n} 个文本的末尾空格丢失")
_GUARDED = Text(
    en="{n} texts that a spreadsheet would take for formulas begin with an apostrophe",
    zh="{n} 个形似公式的文本以撇号开头",
)
