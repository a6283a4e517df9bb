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
    "E-ID-04": Text(
        en="Row {row}, {label}: the check digit of the resident id is wrong (GB 11643), so a digit is mistyped or lost."
        " Compare it with the document.",
        zh="第 {row} 行“{label}”：身份证号校验码不符（GB 11643），有数字误填或丢失。请与证件核对。",
    ),
    "W-WITHDRAWN-01": Text(
        en="{n} rows belong to people who withdrew their consent. They were left out and nothing of them was stored; please stop"
        " collecting from these people (the data steward of the zone knows whom).",
        zh="有 {n} 行属于已撤回知情同意者，已略去且未作任何保存；请停止采集其数据（名单请询问本区数据管理员）。",
    ),
    "W-WITHDRAWN-02": Text(
        en="{n} cells name people who withdrew their consent. The names were taken out; the rest of those rows is unchanged.",
        zh="有 {n} 个单元格提到已撤回知情同意者，已将其编号删去；这些行的其他内容未变。",
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
    "E-PII-02": Text(
        en='Column "{col}" looks like bank card numbers ({n} cells). Remove it. Nothing was stored.',
        zh="“{col}”列疑似银行卡号（{n} 格）。请删除该列。文件未被保存。",
    ),
    "E-PII-03": Text(
        en='Column "{col}" looks like names of people ({n} cells). Remove it; if it names something else, say so in its header'
        " (for example place name). Nothing was stored.",
        zh="“{col}”列疑似人员姓名（{n} 格）。请删除该列；若为其他名称，请在表头中写明（如“地名”）。文件未被保存。",
    ),
    "E-PANEL-01": Text(
        en="Row {row}: participant {id} is not on the roster for this zone.",
        zh="第 {row} 行：参与者 {id} 不在本试点区名册中。",
    ),
    "W-PANEL-02": Text(
        en="{n} {units} seen in wave {w} are missing now. Add a reason code or continue.",
        zh="第 {w} 波出现过的 {n} {units}本次缺失。请填写原因代码，或继续提交。",
    ),
    "W-PANEL-03": Text(
        en="Row {row}, {label}: changed from {old} to {new} since wave {w}. Please check.",
        zh="第 {row} 行“{label}”：与第 {w} 波相比由 {old} 变为 {new}，请核对。",
    ),
    "W-ROWS-01": Text(
        en="The file has {n} rows; {expected} are expected ({source}). Check that no row is missing or comes twice, or continue.",
        zh="文件有 {n} 行；预期{expected}（{source}）。请核对是否有缺行或重复，或继续提交。",
    ),
    "I-COL-04": Text(
        en='Column "{col}" was read as {label} ({name}), as was confirmed for this zone.',
        zh="按本试点区此前的确认，“{col}”列读作“{label}”（{name}）。",
    ),
    "I-COL-05": Text(
        en='Column "{col}" may be {label} ({name}). It is not loaded until you confirm the match.',
        zh="“{col}”列可能是“{label}”（{name}）。确认对应之前不会导入。",
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
    "E-INST-01": Text(
        en="{label} ({name}): the codes {codes} do not belong to instrument version {version}, which this wave was asked with"
        " ({expected}); all codes fit version {other}. Nothing was taken in. Send the wave with its own codes, or have a new"
        " instrument version declared in the contract.",
        zh="“{label}”（{name}）：编码 {codes} 不属于本轮所用的问卷版本 {version}（{expected}），而全部符合版本 {other}。"
        "未接收任何数据。请按本轮问卷的编码重新提交，或在数据约定中声明新的问卷版本。",
    ),
    "E-INST-02": Text(
        en="Row {row}, {label}: {value} is not {version}, the instrument version of this wave.",
        zh="第 {row} 行“{label}”：{value}不是本轮的问卷版本 {version}。",
    ),
    "E-INST-03": Text(
        en="Row {row}, {label}: no instrument version is declared for wave {value}. Declared: {waves}.",
        zh="第 {row} 行“{label}”：轮次 {value}没有声明问卷版本。已声明：{waves}。",
    ),
    "E-INST-04": Text(
        en="Row {row}, {label}: instrument version {version} did not ask this, and the cell is filled.",
        zh="第 {row} 行“{label}”：问卷版本 {version} 没有此题，但单元格有值。",
    ),
    "E-INST-05": Text(
        en="{label} ({name}): its codes changed between instrument versions {before} and {after}: {changes}. Appended, the"
        " change of the form would read as a change of the people. Nothing was taken in. Have the contract say under"
        " concordances how each code of {before} reads in {after}, then send the file again.",
        zh="“{label}”（{name}）：问卷版本 {before} 与 {after} 的编码不同：{changes}。若直接追加，问卷的变化会被当成受访者的变化。"
        "未接收任何数据。请在数据约定的 concordances 中说明 {before} 的每个编码在 {after} 中对应什么，然后重新提交。",
    ),
    "E-INST-06": Text(
        en="{label} ({name}): the labels inside the file say that its codes mean something else: {codes}. Nothing was taken in."
        " Recode the file, or have an instrument version with these codes declared in the contract.",
        zh="“{label}”（{name}）：文件内的标签表明编码含义不同：{codes}。未接收任何数据。请重新编码，或在数据约定中声明采用这些编码的问卷版本。",
    ),
    "W-INST-07": Text(
        en="{label} ({name}): the labels inside the file are worded otherwise: {codes}. Look whether they mean the same.",
        zh="“{label}”（{name}）：文件内的标签措辞不同：{codes}。请核对含义是否一致。",
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
NOT_CHECKED_BESIDE = Text(en="whether the answers are true, free text", zh="回答是否属实、自由文本")
"""What is left when the archive of the zone was asked as well."""
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
    return CATALOGUE[code].fill(**(values or {}))


def shown(value: str | None, *, hidden: bool) -> Text:
    """Return a value for display: quoted when it may be shown, otherwise the words "the value".

    >>> shown("abc", hidden=False).en, shown("abc", hidden=True).en
    ('"abc"', 'the value')
    """
    if value is None or hidden or len(value) > LONGEST_SHOWN:
        return Text(en="the value", zh="该值")
    return Text(en=f'"{value}"', zh=f"“{value}”")


def shown_id(value: str | None, *, hidden: bool) -> Text:
    """Return an id or a value for the middle of a sentence: as it is when it may be shown, otherwise "(not shown)".

    >>> shown_id("0107", hidden=False).en, shown_id("0107", hidden=True).zh
    ('0107', '（不显示）')
    """
    if value is None or hidden or len(value) > LONGEST_SHOWN:
        return Text(en="(not shown)", zh="（不显示）")
    return Text(en=value, zh=value)


LONGEST_SHOWN = 40
"""Longer cells are free text more often than not, and free text may name people."""
