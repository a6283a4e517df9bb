"""What tracing and reproducing say to a user: code → bilingual text.

Belongs here: sentences. Does not: when they are said.
"""

from __future__ import annotations

from data.messages import NotFound, Text

TEXTS: dict[str, Text] = {
    "E-TRACE-01": Text(
        en="There is no report {name}. Reports: {known}. `zonelab run --job analyse` makes one.",
        zh="没有报告 {name}。现有报告：{known}。可用 zonelab run --job analyse 生成。",
    ),
    "E-TRACE-02": Text(
        en="{report} holds no number {number}. Nearest: {near}. `zonelab trace {report}` lists all ids.",
        zh="{report} 中没有编号为 {number} 的数字。相近编号：{near}。可用 zonelab trace {report} 列出全部编号。",
    ),
}
DIFFERS: dict[str, Text] = {
    "unreadable": Text(en="The results file cannot be read as JSON.", zh="结果文件不是可读的 JSON。"),
    "not_recorded": Text(
        en="The results file is not one that was written by a run: its sha256 is not in the ledger.",
        zh="该结果文件并非由运行写出：其 sha256 不在账本中。",
    ),
    "release": Text(en="The release is not as it was recorded: {what}", zh="发布版本与登记不符：{what}"),
    "rewritten": Text(
        en="The table was rewritten since: people withdrew and their data were erased.",
        zh="该表此后被改写：有人撤回同意，其数据已清除。",
    ),
    "protocol": Text(
        en="No version of the protocol on record has the digest {digest}.", zh="登记的方案版本中没有摘要 {digest}。"
    ),
    "number": Text(en="The numbers differ.", zh="数字不同。"),
    "missing": Text(en="It is in the report and was not made again.", zh="报告中有，重算未得出。"),
    "added": Text(en="It was made again and is not in the report.", zh="重算得出，报告中没有。"),
    "text": Text(en="The contents differ.", zh="内容不同。"),
    "file": Text(en="The bytes of the file differ.", zh="文件字节不同。"),
    "failed": Text(en="It could not be made again: {what}", zh="无法重算：{what}"),
    "code": Text(
        en="The report was made by code {made}, this is code {here}: a difference may come from the code. Check out {made} to "
        "leave that out.",
        zh="报告由代码 {made} 生成，当前为 {here}：差异可能源于代码。请检出 {made} 后再试。",
    ),
    "dirty": Text(
        en="The report was made by files that differ from commit {made}, or from an unknown one: the code is not certain.",
        zh="生成报告的文件与提交 {made} 不一致或无从得知，因此无法确定代码版本。",
    ),
}


def not_found(code: str, **values: object) -> NotFound:
    """Return the refusal with its text filled.

    >>> not_found("E-TRACE-01", name="x", known="–").exit_code
    4
    """
    return NotFound(code, TEXTS[code].fill(**values))
