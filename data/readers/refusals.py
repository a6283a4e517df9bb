"""Why a file could not be read, in both languages.

Belongs here: the codes E-FILE-.. and the notes of the readers. Does not: problems of rows and columns (quality.messages,
which takes this catalogue in).
"""

from __future__ import annotations

from data.messages import Refused, Text

CATALOGUE: dict[str, Text] = {
    "E-FILE-01": Text(
        en="We could not open this file: {reason.en} Save it as .xlsx or as CSV (UTF-8) and choose it again.",
        zh="无法打开此文件：{reason.zh}请另存为 .xlsx 或 CSV（UTF-8）后重新选择。",
    ),
    "E-FILE-02": Text(en="The file has no data rows below the header.", zh="表头下没有数据行。"),
    "E-FILE-03": Text(
        en='Line {line}: a quotation mark (") is opened and not closed. {n} lines were read as one row.',
        zh='第 {line} 行的引号（"）没有成对，{n} 行被读成了一行。',
    ),
    "E-FILE-04": Text(
        en='Line {line}: text follows a closing quotation mark ("). Put the whole cell in quotation marks, doubled inside.',
        zh='第 {line} 行：引号（"）之后还有文字。请把整个单元格放在引号内，其中的引号写两次。',
    ),
    "W-HEAD-01": Text(
        en="The header was found in row {row}; the {n} rows above it were not read.",
        zh="表头在第 {row} 行；其上的 {n} 行未读取。",
    ),
    "W-SHEET-01": Text(
        en="Only the sheet {sheet} was read; the sheets {others} hold data too.",
        zh="只读取了工作表 {sheet}；工作表 {others} 中也有数据。",
    ),
    "W-TMPL-01": Text(
        en="This file was made with the template of {contract} {old}; the contract is now {new}. What changed: {changes}."
        " Take the present template for the next upload.",
        zh="此文件用 {contract} {old} 的模板填写，现行版本为 {new}。变化：{changes}。下次请使用现行模板。",
    ),
    "W-FORM-01": Text(
        en="The entries of {repeat} are read as rows of their own; rows are counted by entry, from 2.",
        zh="重复组 {repeat} 的每个条目读作一行；行号按条目计，从 2 起。",
    ),
    "W-FORM-02": Text(
        en="Left out because they are no part of this table (repeats, attachments, links): {cols}.",
        zh="以下内容不属于本表（重复组、附件、链接），未读取：{cols}。",
    ),
    "W-CELL-01": Text(
        en="{n} cells hold an Excel error such as #N/A and were read as text: {cells}.",
        zh="{n} 个单元格为 Excel 错误值（如 #N/A），已按文字读取：{cells}。",
    ),
}

REASONS: dict[str, Text] = {
    "empty": Text(en="it is empty (0 bytes).", zh="文件为空（0 字节）。"),
    "irregular": Text(
        en="it is not a regular file (a folder, a link or a device).", zh="它不是普通文件（文件夹、链接或设备）。"
    ),
    "missing": Text(en="there is no such file.", zh="没有这个文件。"),
    "size": Text(en="it is larger than {limit} MB.", zh="文件大于 {limit} MB。"),
    "format": Text(
        en="its content is {kind}, and CSV, XLSX and Parquet are read.",
        zh="其内容是{kind}，只能读取 CSV、XLSX 和 Parquet。",
    ),
    "encoding": Text(en="its text could not be decoded; tried {tried}.", zh="无法解码其中的文字；已尝试 {tried}。"),
    "damaged": Text(en="the {kind} inside is damaged.", zh="其中的 {kind} 内容已损坏。"),
    "sheet": Text(en="the workbook has no visible sheet with cells.", zh="工作簿中没有含数据的可见工作表。"),
    "tables": Text(
        en="it holds several tables and none is plainly the one of this contract: {names}.",
        zh="其中有多个表，无法确定哪个属于此数据约定：{names}。",
    ),
    "macro": Text(en="the workbook carries macros.", zh="工作簿含有宏。"),
    "extent": Text(
        en="a sheet spans more than {limit} million cells; delete stray cells far from the table.",
        zh="工作表跨度超过 {limit} 百万个单元格；请删除远离表格的零散单元格。",
    ),
    "expands": Text(en="it expands to more than {limit} MB.", zh="解压后超过 {limit} MB。"),
    "nested": Text(en="the columns {cols} hold lists or structures.", zh="列 {cols} 含有列表或嵌套结构。"),
    "wide": Text(en="it has more than {limit} columns.", zh="列数超过 {limit}。"),
}


def refuse(code: str, **values: object) -> Refused:
    """Return (not raise) the refusal `code` with its placeholders filled."""
    return Refused(code, CATALOGUE[code].fill(**values))


def unreadable(reason: str, **values: object) -> Refused:
    """Return the refusal E-FILE-01 with one of `REASONS`.

    >>> unreadable("empty").text.en
    'We could not open this file: it is empty (0 bytes). Save it as .xlsx or as CSV (UTF-8) and choose it again.'
    """
    return refuse("E-FILE-01", reason=REASONS[reason].fill(**values))
