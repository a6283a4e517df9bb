"""Whatever the table: it reads back as it was written, and every row is accounted for."""

import codecs
import csv
import io

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from data.contracts import Contract
from data.messages import Refused
from data.readers import read_content, staged_bytes
from data.readers.header import tidy
from quality.cells import Context
from quality.check import check_content
from quality.reconcile import Archive, reconcile

QUIET = settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])

# What both encodings and XML can carry, without the characters that mean structure to a line-oriented reader.
LETTERS = st.characters(codec="gb18030", exclude_categories=["Cc", "Cs", "Co", "Cn"], exclude_characters="\u2028\u2029")
CELL = st.text(LETTERS, max_size=8).filter(lambda text: text == text.strip())
HARD_CELL = CELL | st.sampled_from(['"', 'a"b', "a,b", "a\nb", "007", "1.10101E+17", "=1+1", "é", "\u3000x".strip()])
HEADERS = ["编号", "name", "Wait (min)", "备注"]


@st.composite
def tables(draw):
    width = draw(st.integers(2, 4))
    rows = draw(st.lists(st.lists(HARD_CELL, min_size=width, max_size=width), min_size=1, max_size=8))
    return HEADERS[:width], rows


def expected(rows):
    kept = [(number, row) for number, row in enumerate(rows, start=2) if any(cell.strip() for cell in row)]
    return [(*(cell or None for cell in row), number) for number, row in kept]


def outcome(content):
    """Return the table or the code of the refusal."""
    try:
        return read_content(content), None
    except Refused as refusal:
        return None, refusal.code


def assert_reads_back(content, headers, rows):
    wanted = expected(rows)
    assume(wanted)
    raw = read_content(content)
    assert raw.columns == tuple(map(tidy, headers))
    assert raw.ragged == ()
    assert [tuple(row.values()) for row in raw.table.to_pylist()] == wanted


def csv_text(headers, rows, quoting=csv.QUOTE_MINIMAL):
    stream = io.StringIO(newline="")
    csv.writer(stream, quoting=quoting).writerows([headers, *rows])
    return stream.getvalue()


@QUIET
@given(tables(), st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
def test_csv_reads_back_in_utf8(table, quoting):
    text = csv_text(*table, quoting)
    assert_reads_back(codecs.BOM_UTF8 + text.encode(), *table)
    assert_reads_back(codecs.BOM_UTF16_LE + text.encode("utf-16-le"), *table)


@QUIET
@given(tables())
def test_gb18030_reads_back_or_is_refused_and_is_never_read_as_something_else(table):
    headers, rows = table
    content = csv_text(headers, rows).encode("gb18030")
    try:
        content.decode()
    except UnicodeDecodeError:
        pass
    else:
        assume(False)  # noqa: FBT003 - bytes that are UTF-8 as well cannot be told apart by anyone
    raw, code = outcome(content)
    assert code in (None, "E-FILE-01", "E-FILE-02")
    assert raw is None or [tuple(row.values()) for row in raw.table.to_pylist()] == expected(rows)


@QUIET
@given(tables())
def test_workbooks_read_back(table):
    headers, rows = table
    assume(not any("_x" in cell for row in rows for cell in row))  # an escape in Excel's own format
    book = openpyxl.Workbook()
    for number, row in enumerate([headers, *rows], start=1):
        for place, text in enumerate(row, start=1):
            if text:
                cell = book.active.cell(number, place)
                cell.value, cell.data_type = text, "s"
    stream = io.BytesIO()
    book.save(stream)
    assert_reads_back(stream.getvalue(), headers, rows)


@QUIET
@given(tables())
def test_parquet_reads_back(table):
    headers, rows = table
    stream = io.BytesIO()
    columns = [pa.array(column, pa.string()) for column in zip(*rows, strict=True)]
    pq.write_table(pa.table(columns, names=headers), stream)
    raw = read_content(stream.getvalue())
    assert [tuple(row.values()) for row in raw.table.to_pylist()] == [
        (*(cell or None for cell in row), number) for number, row in enumerate(rows, start=2)
    ]


@QUIET
@given(st.binary(min_size=1, max_size=400))
def test_any_bytes_are_read_or_refused(content):
    for start in (b"", b"PK\x03\x04", b"PAR1", codecs.BOM_UTF8, codecs.BOM_UTF16_BE, b'a,b\n"'):
        raw, code = outcome(start + content)
        assert code.startswith("E-FILE-") if raw is None else raw.table.num_rows > 0


CONTRACT = Contract.model_validate(
    yaml.safe_load(
        r"""
name: property_try
version: "1.0"
title: {en: Try, zh: 试}
description: {en: Try, zh: 试}
unit: person
grain: one row per id
source_kind: survey
key: [person_id]
columns:
  - {name: person_id, type: string, label: {en: Person, zh: 编号}, required: true, pattern: '^\d{1,3}$'}
  - {name: age, type: integer, label: {en: Age, zh: 年龄}, minimum: 0, maximum: 120, missing_codes: {"-9": refused}}
  - {name: seen, type: date, label: {en: Seen, zh: 日期}}
"""
    )
)
IDS = st.sampled_from(["1", "01", "001", "2", "12", "", "x", "1.10101E+17", "１", " 3 "])
AGES = st.sampled_from(["0", "120", "121", "-9", "-9.0", "3.5", "", "forty", "４０", "7"])
DATES = st.sampled_from(["2026-03-04", "2026/3/4", "03/04/26", "", "2026-02-30"])
ROWS = st.lists(
    st.tuples(IDS, AGES, DATES) | st.tuples(IDS) | st.tuples(IDS, AGES, DATES, IDS), min_size=1, max_size=12
).filter(lambda rows: 2 * sum(len(row) != 3 for row in rows) <= len(rows))
"""Most rows have as many cells as the header: else the file is taken for running text and refused as a whole (E-FILE-05)."""


def checked(rows):
    text = "\n".join(["person_id,age,seen", *(",".join(row) for row in rows)])
    with staged_bytes(text.encode(), "f.csv") as opened:
        return check_content(opened, CONTRACT, Context("deqing"))


@QUIET
@given(ROWS)
def test_every_row_is_good_or_bad_and_never_both(rows):
    filled = [number for number, row in enumerate(rows, start=2) if any(cell.strip() for cell in row)]
    assume(filled)
    report = checked(rows)
    good, bad = report.good["_row"].to_pylist(), report.bad["_row"].to_pylist()
    assert sorted(good + bad) == filled
    assert (report.rows_read, report.rows_good, report.rows_bad) == (len(filled), len(good), len(bad))
    told = {p.row for p in report.problems if p.severity == "error"}
    assert told == set(bad)
    assert len(set(report.good["rec_key"].to_pylist())) == len(good)


@QUIET
@given(ROWS)
def test_no_id_changes_except_by_the_stated_normalisation(rows):
    assume(any(cell.strip() for row in rows for cell in row))
    report = checked(rows)
    written = {number: row[0].strip().replace("１", "1") for number, row in enumerate(rows, start=2)}
    for row in report.good.to_pylist():
        assert row["person_id"] == written[row["_row"]]


@QUIET
@given(ROWS, st.booleans())
def test_reconciling_with_the_archive_accounts_for_every_good_row(rows, is_correction):
    assume(any(cell.strip() for row in rows for cell in row))
    good = checked(rows).good
    archive = (
        "select '1' as person_id, 7::bigint as age, 0::bigint as age__st, null::date as seen, "
        "unhex(left(sha256('1'), 32)) as rec_key, 'I' as _op, 'SUB-2026-0001' as submission_id union all "
        "select '12', 0, 0, date '2026-03-04', unhex(left(sha256('12'), 32)), 'I', 'SUB-2026-0001'"
    )
    split = reconcile(good, CONTRACT, Archive(archive), is_correction=is_correction)
    assert split.rows.num_rows + split.unchanged + len(split.conflicts) == good.num_rows
    fresh = {"01", "001", "2", "3"} & set(good["person_id"].to_pylist())
    operations = {row["person_id"]: row["_op"] for row in split.rows.to_pylist()}
    assert {person for person, op in operations.items() if op == "I"} == fresh
    assert ("C" in operations.values()) <= is_correction
    assert not (split.conflicts and is_correction)
