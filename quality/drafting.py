"""`zonelab contract infer`: a file → a draft of its contract, which the gate has tried on that file.

Belongs here: the steps' order, giving way where the gate refuses a guess. Does not: a column (guess), the key (draft_keys).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.compute as pc

from data.contracts import Column, Contract
from data.contracts.guess import Guess, guess_column
from data.contracts.personal import guessed_sensitivity
from data.forms.choices import reason_of
from data.forms.draft import Draft, told
from data.forms.questions import column_name
from data.messages import Text
from data.readers import FileContent, RawTable, read_safely, staged
from data.readers.header import fold
from quality.cells import GROUPED, Context
from quality.check import CheckReport, check_content
from quality.draft_keys import find_key

LOOSEN = ("E-TYPE-", "E-CODE-", "E-TIME-", "E-ID-")
ROUNDS = 3
HAN = re.compile("[\u4e00-\u9fff]")
MARK = re.compile(r"[*#†‡]{1,3}|…")
NAMED_ID = re.compile(r"(^|_)(id|code|no|key|uuid|gb|zip|postcode)$|编号|代码|编码|证号|区划")
ZONES = frozenset(map(fold, ("zone_id", "zone", "试点区", "试验区", "Pilot zone")))
UNITS = (("device", r"device|station|sensor|设备|站点|站号"), ("organisation", r"(^|_)org|company|机构|单位编号|企业"))
TEXT = Text(
    en="{c}: kept as text; the gate did not read all its cells as guessed.",
    zh="{c}：按文本保留；并非所有单元格都符合猜测的类型。",
)


@dataclass(frozen=True)
class Found:
    """One column of the file: header, distinct cleaned texts, filled cells, the labels that the file has for it."""

    header: str
    name: str
    values: tuple[str, ...]
    filled: int
    label: str | None
    value_labels: Mapping[str, str]
    declared: tuple[str, ...]


def infer_contract(path: Path, name: str, *, key: Sequence[str] = ()) -> Draft:
    """Draft a contract for the rows of a file and try it on them.

    Parameters
    ----------
    path
        Any file that the gate reads.
    name
        The contract's name.
    key
        Column names or headers that identify a row; none: the fewest columns whose values never repeat.

    Returns
    -------
    Draft
        The contract validates, and the notes say what was guessed and which rows of the file it would not take.

    Raises
    ------
    Refused
        E-FILE-..: the file cannot be read; E-DRAFT-01: no columns identify a row; E-DRAFT-02: `key` names none.
    """
    with staged(Path(path)) as opened:
        return _drafted(opened, name, key)


def _drafted(opened: FileContent, name: str, key: Sequence[str]) -> Draft:
    raw = read_safely(opened.path, folder=opened.folder)
    columns = _columns(raw)
    notes: list[Text] = []
    chosen = find_key(raw, [(each.name, each.header) for each in columns], key)
    drafted = [_column(each, chosen, notes) for each in columns]
    contract = _contract(name, drafted, chosen, columns, opened)
    contract, report = _tried(contract, opened, notes)
    return Draft(contract, (*_leading(contract), *notes, *_standing(report)))


def _columns(raw: RawTable) -> list[Found]:
    labels: Mapping[str, Any] = getattr(raw, "labels", {})  # readers of statistics packages fill it
    taken: set[str] = {"rec_key", "submission_id"}
    found = []
    for place, (header, name) in enumerate(zip(raw.columns, raw.names, strict=True), start=1):
        texts = pc.unique(pc.utf8_trim_whitespace(pc.utf8_normalize(raw.table[name], "NFKC"))).to_pylist()
        filled = raw.table.num_rows - raw.table[name].null_count
        info = labels.get(name)
        found.append(
            Found(
                header=header,
                name=_fresh(header, place, taken),
                values=tuple(sorted(text for text in texts if text)),
                filled=filled,
                label=info.label if info else None,
                value_labels=dict(info.value_labels) if info else {},
                declared=tuple(info.missing_codes) if info else (),
            )
        )
    return found


def _fresh(header: str, place: int, taken: set[str]) -> str:
    plain = unicodedata.normalize("NFKC", header)
    name = column_name(plain)
    if HAN.search(plain) or name == "q":
        name = f"column_{place}"
    while name in taken:
        name = f"{name}_{place}"
    taken.add(name)
    return name


def _column(found: Found, key: Sequence[str], notes: list[Text]) -> Column:
    grouped = [value for value in found.values if re.match(GROUPED, value)]
    values = [value.replace(",", "") if value in grouped else value for value in found.values]
    missing = _missing(found, values, notes)
    said = [value for value in values if value not in missing]
    named = found.name in key or bool(NAMED_ID.search(found.name) or NAMED_ID.search(found.header))
    labelled = bool(found.value_labels) and set(said) <= set(found.value_labels)
    guess = guess_column(said, found.filled, named_id=named and not labelled, labelled=labelled)
    _tell(found, guess, notes)
    return Column(
        name=found.name,
        type=guess.type,
        label=_label(found.label or found.header or found.name),
        aliases=tuple(dict.fromkeys(text for text in (found.header,) if text and text != found.name)),
        required=found.name in key,
        date_order=guess.date_order if guess.type in ("date", "timestamp") else "ymd",
        codes={code: _label(found.value_labels.get(code, code)) for code in guess.codes} or None,
        missing_codes=missing,
        sensitivity=guessed_sensitivity(found.header, found.label or ""),
    )


def _missing(found: Found, values: Sequence[str], notes: list[Text]) -> dict[str, str]:
    """Return the codes that stand for no value: those that the file declares, and marks such as * among numbers."""
    marks = [value for value in values if MARK.fullmatch(value)]
    numbers = [value for value in values if value not in marks]
    if marks and numbers and guess_column(numbers, found.filled, named_id=False).type in ("integer", "number"):
        notes.append(
            told(
                "{c}: {x} stands among numbers; suppressed is a guess.",
                "{c}：数字中出现 {x}；“已隐去”仅为猜测。",
                c=found.name,
                x=", ".join(marks),
            )
        )
        return dict.fromkeys(marks, "suppressed")
    codes = {code: reason_of(found.value_labels.get(code, "")) for code in found.declared}
    silent = [code for code, reason in codes.items() if reason is None]
    if silent:
        notes.append(
            told(
                "{c}: the file declares {x} as missing and does not say why; say it under missing_codes.",
                "{c}：文件声明 {x} 为缺失但未说明原因；请在 missing_codes 中说明。",
                c=found.name,
                x=", ".join(silent),
            )
        )
    return {code: reason or "missing_by_error" for code, reason in codes.items()}


def _tell(found: Found, guess: Guess, notes: list[Text]) -> None:
    if guess.ambiguous:
        notes.append(
            told(
                "{c}: no date shows whether the day or the month comes first; day first was assumed.",
                "{c}：没有日期能说明日与月的先后；假定日在前。",
                c=found.name,
            )
        )
    if not found.values:
        notes.append(
            told("{c}: empty in this file; its type is a guess.", "{c}：本文件中为空，类型仅为猜测。", c=found.name)
        )


def _label(text: str) -> Text:
    return Text(en=text, zh=text)


def _contract(
    name: str, drafted: Sequence[Column], key: Sequence[str], columns: Sequence[Found], opened: FileContent
) -> Contract:
    headers = " ".join(f"{each.name} {each.header}" for each in columns)
    unit = next((unit for unit, pattern in UNITS if re.search(pattern, headers, re.IGNORECASE)), None)
    zone = next((column for column in drafted if {fold(column.name), *map(fold, column.aliases)} & ZONES), None)
    times = any(column.type == "timestamp" and column.name in key for column in drafted)
    direct = any(column.sensitivity != "none" for column in drafted)
    pairs = list(zip(columns, drafted, strict=True))
    empty = sorted({text for each, column in pairs for text in _empty(each, column)})
    zoned = {"source": "zone", "required": True}
    placed = [column.model_copy(update=zoned) if column is zone else column for column in drafted]
    return Contract(
        name=name,
        version="1.0",
        title=_label(name.replace("_", " ")),
        description=Text(
            en=f"One row per {', '.join(key)}. Coverage: the file {opened.name}. Known problems: drafted, to be confirmed.",
            zh=f"每行对应一组 {'、'.join(key)}。覆盖：文件 {opened.name}。已知问题：自动起草，待确认。",
        ),
        unit=unit or ("person" if direct and not times else "area"),
        grain=f"one row per {', '.join(key)}",
        scope="zone" if zone is not None else "programme",
        source_kind="sensor" if times else "survey" if direct else "admin",
        use="archive",
        key=tuple(key),
        na_values=tuple(empty),
        thousands="comma" if any(_is_grouped(each, column) for each, column in pairs) else "none",
        columns=tuple(placed),
    )


def _is_grouped(found: Found, column: Column) -> bool:
    return column.type in ("integer", "number") and any(re.match(GROUPED, value) for value in found.values)


def _empty(found: Found, column: Column) -> tuple[str, ...]:
    if column.type == "string":
        return ()
    return guess_column([value.replace(",", "") for value in found.values], found.filled, named_id=False).empty


def _tried(contract: Contract, opened: FileContent, notes: list[Text]) -> tuple[Contract, CheckReport]:
    """Check the file by the draft; columns that the gate reads in another way than guessed become text without codes."""
    report = check_content(opened, contract, Context())
    for _ in range(ROUNDS):
        wrong = {told.column for told in report.problems if told.code.startswith(LOOSEN) and told.column}
        if not wrong:
            break
        notes.extend(TEXT.fill(c=name) for name in sorted(wrong))
        contract = contract.model_copy(
            update={"columns": tuple(_loose(each) if each.name in wrong else each for each in contract.columns)}
        )
        report = check_content(opened, contract, Context())
    return Contract.model_validate(contract.model_dump()), report


def _loose(column: Column) -> Column:
    plain: dict[str, Any] = {
        "type": "string",
        "codes": None,
        "date_order": "ymd",
        "missing_codes": {},
        "minimum": None,
        "maximum": None,
    }
    return column.model_copy(update=plain)


def _leading(contract: Contract) -> tuple[Text, ...]:
    return (
        told(
            "Drafted from one file, key {k}. Confirm the key, unit, scope and sensitivity; write labels in both languages,"
            " units, ranges and what is known to be wrong.",
            "由一个文件起草，主键为 {k}。请确认主键、单位、范围和敏感性，并补充中英文标签、计量单位、取值范围和已知问题。",
            k=", ".join(contract.key),
        ),
    )


def _standing(report: CheckReport) -> tuple[Text, ...]:
    """Say what the gate would still not take; codes and counts, never a value."""
    counts: Counter[str] = Counter()
    for problem in report.problems:
        if problem.severity == "error":
            counts[f"{problem.code} {problem.column or ''}".strip()] += problem.count
    if not counts:
        return (
            told(
                "All {n} rows of the file pass this contract.",
                "文件的 {n} 行全部通过此约定。",
                n=f"{report.rows_good:,}",
            ),
        )
    listed = ", ".join(f"{what} ({count})" for what, count in sorted(counts.items()))
    return (
        told(
            "{g} of {n} rows pass; the others: {x}.",
            "{n} 行中 {g} 行通过；其余：{x}。",
            g=f"{report.rows_good:,}",
            n=f"{report.rows_read:,}",
            x=listed,
        ),
    )
