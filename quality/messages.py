"""The catalogue of what the gate tells a sender, English and Chinese: where, what was found, what is expected, how to fix it.

Belongs here: code → text. Does not: when a message is due (rules, check), texts of the readers (data.readers.refusals, taken in).
"""

from __future__ import annotations

from collections.abc import Mapping

from data.messages import Text
from data.readers.refusals import CATALOGUE as READER_CATALOGUE

CATALOGUE: dict[str, Text] = {
    **READER_CATALOGUE,
    "E-COL-01": Text(
        en='Column "{label}" ({name}) is required and is not in your file.', zh="缺少必填列“{label}”（{name}）。"
    ),
    "E-COL-02": Text(
        en="Two columns have the same name: {cols}. Rename or delete one.",
        zh="有重名的列：{cols}。请改名或删除其中一列。",
    ),
    "W-COL-03": Text(
        en="{n} columns are not in the codebook and will not be loaded: {cols}.",
        zh="有 {n} 列不在编码本中，不会导入：{cols}。",
    ),
    "E-ROW-01": Text(
        en="Row {row} has {found} cells, the header has {width}. Check for a missing or surplus separator.",
        zh="第 {row} 行有 {found} 个单元格，表头有 {width} 个。请检查是否缺少或多出分隔符。",
    ),
    "E-TYPE-01": Text(
        en="Row {row}, {label}: {value} is not a date. Use YYYY-MM-DD, for example 2026-03-04.",
        zh="第 {row} 行“{label}”：{value}不是日期。请用 YYYY-MM-DD，例如 2026-03-04。",
    ),
    "E-TYPE-02": Text(en="Row {row}, {label}: {value} is not a number.", zh="第 {row} 行“{label}”：{value}不是数字。"),
    "W-TYPE-03": Text(
        en="{label}: {n} cells used full-width digits (１２３). We read them as 123.",
        zh="“{label}”：有 {n} 个单元格使用了全角数字（１２３），已按 123 读取。",
    ),
    "E-TYPE-04": Text(
        en="Row {row}, {label}: {value} is not a time. Use YYYY-MM-DD HH:MM:SS, for example 2026-03-04 15:00:00.",
        zh="第 {row} 行“{label}”：{value}不是时间。请用 YYYY-MM-DD HH:MM:SS，例如 2026-03-04 15:00:00。",
    ),
    "E-TYPE-05": Text(
        en="Row {row}, {label}: {value} is not a whole number.", zh="第 {row} 行“{label}”：{value}不是整数。"
    ),
    "E-TYPE-06": Text(
        en="Row {row}, {label}: {value} is not yes or no. Use true or false.",
        zh="第 {row} 行“{label}”：{value}不是“是”或“否”。请用 true 或 false。",
    ),
    "E-TIME-01": Text(
        en="Row {row}, {label}: {value} did not happen, or happened twice, when clocks changed in {timezone}. Add the offset,"
        " for example +08:00.",
        zh="第 {row} 行“{label}”：{value}在 {timezone} 换时时不存在或出现两次。请加上时差，例如 +08:00。",
    ),
    "E-ID-01": Text(
        en="Row {row}, {label}: a spreadsheet has rewritten the id in scientific notation and digits are lost. Format the column"
        " as text and enter the id again.",
        zh="第 {row} 行“{label}”：编号被表格软件改成了科学计数法，已丢失数字。请把该列设为文本格式后重新填写。",
    ),
    "E-ID-02": Text(
        en="Row {row}, {label}: the id holds invisible characters or letters of two alphabets that look alike. Type it again.",
        zh="第 {row} 行“{label}”：编号含有不可见字符，或混用了外形相近的字母。请重新输入。",
    ),
    "W-ID-03": Text(
        en="{label}: {n} ids used full-width or compatibility characters (Ａ). We read them as A.",
        zh="“{label}”：有 {n} 个编号使用了全角或兼容字符（Ａ），已按 A 读取。",
    ),
    "E-CODE-01": Text(
        en="Row {row}, {label}: {value} is not an allowed code. Allowed: {codes}.",
        zh="第 {row} 行“{label}”：{value}不是允许的编码。可用：{codes}。",
    ),
    "E-RANGE-01": Text(
        en="Row {row}, {label}: {value} is outside {min}–{max}.",
        zh="第 {row} 行“{label}”：{value}超出范围 {min}–{max}。",
    ),
    "E-PATT-01": Text(
        en="Row {row}, {label}: {value} is not written as expected. Expected form: {pattern}.",
        zh="第 {row} 行“{label}”：{value}的写法不符合要求。要求的格式：{pattern}。",
    ),
    "E-REQ-01": Text(en="Row {row}, {label} is empty. {advice}", zh="第 {row} 行“{label}”为空。{advice}"),
    "E-KEY-01": Text(
        en="Rows {a} and {b} have the same {columns}{key}. Keep one.",
        zh="第 {a} 行和第 {b} 行的{columns}相同{key}，请保留一行。",
    ),
    "E-KEY-02": Text(
        en="Row {row}: the archive holds other values for the same {columns} (column {label}). Send the file as a correction,"
        " with the reason.",
        zh="第 {row} 行：档案库中相同{columns}已有不同的值（“{label}”列）。如需更正，请以更正方式提交并说明原因。",
    ),
    "W-KEY-03": Text(
        en="{n} rows (first: row {row}) hold another reading of the same {columns} and version than an earlier delivery. Both are"
        " kept and neither stands until a newer version arrives. Ask the operator of the device which is right.",
        zh="{n} 行（首行：第 {row} 行）与先前批次中相同{columns}、相同版本的读数不同。两者均已保存，在更新版本到达前均不生效。"
        "请向设备运维方核实。",
    ),
    "W-KEY-04": Text(
        en="{n} rows (first: row {row}) are older readings than those the archive holds for the same {columns}; those stay.",
        zh="{n} 行（首行：第 {row} 行）的读数早于档案库中相同{columns}的读数，已保留较新的读数。",
    ),
    "E-ZONE-02": Text(
        en="Row {row}, {label}: {value} is not {expected}, the zone of this submission.",
        zh="第 {row} 行“{label}”：{value}与本次提交的试点区 {expected} 不一致。",
    ),
    "E-WAVE-01": Text(
        en="The file has no column for the wave and the submission does not say it. Name the wave when you submit.",
        zh="文件中没有轮次列，提交时也未说明轮次。请在提交时指定轮次。",
    ),
    "E-WAVE-02": Text(
        en="Row {row}, {label}: {value} is not {expected}, the wave of this submission.",
        zh="第 {row} 行“{label}”：{value}与本次提交的轮次 {expected} 不一致。",
    ),
    "E-PII-01": Text(
        en='Column "{col}" looks like ID-card or phone numbers ({n} cells). Remove it. Nothing was stored.',
        zh="“{col}”列疑似身份证号或手机号（{n} 格）。请删除该列。文件未被保存。",
    ),
    "E-ETHICS-01": Text(
        en="{experiment} collects this in {zone}, and its ethics decision ({decision}) ended on {ended}. No row was taken in;"
        " the file is kept unread. {who} asks the committee to renew it; when a registrar has recorded the new decision, send the"
        " file again.",
        zh="{experiment} 在 {zone} 采集此数据，其伦理决定（{decision}）已于 {ended} 到期。未接收任何数据行；文件已封存。"
        "请 {who} 向伦理委员会申请续期；"
        "登记员登记新决定后请重新提交该文件。",
    ),
    "E-ETHICS-02": Text(
        en="{experiment} collects this in {zone}, and no ethics decision for the zone is on record. No row was taken in; the file"
        " is kept unread. {who} asks the committee for one; when a registrar has recorded it, send the file again.",
        zh="{experiment} 在 {zone} 采集此数据，但该区没有已登记的伦理决定。未接收任何数据行；文件已封存。"
        "请 {who} 向伦理委员会申请；登记员登记后请重新提交该文件。",
    ),
    "I-DUP-01": Text(
        en="The same bytes arrived on {when} UTC as {id}; nothing was done again.",
        zh="相同的文件已于 {when}（UTC）以 {id} 提交，未重复处理。",
    ),
    "E-SYS-01": Text(
        en="We could not finish checking. Your file is kept as {id}. Try again, or send this number to the operators.",
        zh="检查未完成。文件已保存为 {id}。请重试，或把编号发给运维人员。",
    ),
    "OK-01": Text(
        en="{n} rows passed {k} checks. This does not prove the answers are true; we did not check: {list}.",
        zh="{n} 行通过了 {k} 项检查。这不代表内容属实；以下内容未检查：{list}。",
    ),
    "MORE-01": Text(
        en="{n} more rows from row {row} on: {code}, {label}.", zh="自第 {row} 行起还有 {n} 行：{code}，“{label}”。"
    ),
}

NOT_CHECKED = Text(
    en="whether the answers are true, free text, other waves and other files",
    zh="回答是否属实、自由文本、其他轮次和其他文件",
)
ADVICE = {
    "missing": Text(
        en="If there is no answer, use {codes}.",
        zh="如无回答，请填 {codes}。",
    ),
    "plain": Text(en="Fill it in.", zh="请填写。"),
}


def message(code: str, values: Mapping[str, object] | None = None) -> Text:
    """Return the message `code` with its placeholders filled; a value that is a `Text` is used in each language.

    >>> message("E-TYPE-02", {"row": 4, "label": Text(en="Wait", zh="等候"), "value": ""}).zh
    '第 4 行“等候”：不是数字。'
    """
    found = CATALOGUE[code]
    given = values or {}
    english = {name: value.en if isinstance(value, Text) else value for name, value in given.items()}
    chinese = {name: value.zh if isinstance(value, Text) else value for name, value in given.items()}
    return Text(en=found.en.format(**english), zh=found.zh.format(**chinese))


def shown(value: str | None, *, hidden: bool) -> Text:
    """Return a value for display: quoted when it may be shown, otherwise the words "the value".

    >>> shown("abc", hidden=False).en, shown("abc", hidden=True).en
    ('"abc"', 'the value')
    """
    if value is None or hidden or len(value) > LONGEST_SHOWN:
        return Text(en="the value", zh="该值")
    return Text(en=f'"{value}"', zh=f"“{value}”")


LONGEST_SHOWN = 40
"""Longer cells are free text more often than not, and free text may name people."""
