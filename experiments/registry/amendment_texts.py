"""What the amendment acts refuse, in both languages.

Belongs here: code → text. Does not: when it is refused (amendments, amending).
"""

from __future__ import annotations

from data.messages import Refused, Text

TEXTS: dict[str, Text] = {
    "E-AMD-01": Text(
        en="The proposal is the registered version {version}: nothing changes that an amendment could change. Ethics decisions "
        "and new AI versions are recorded by acts of their own.",
        zh="提交内容与已登记的 {version} 版相同：没有可修订之处。伦理决定与人工智能新版本请用各自的操作登记。",
    ),
    "E-AMD-02": Text(
        en="{n} changes touch what is locked since {points}: {paths}. Still possible: register a new "
        "hypothesis of tier exploratory with its analysis, or note a deviation from the plan.",
        zh="{n} 处修改涉及自 {points} 起锁定的内容：{paths}。仍可：登记新的探索性假设及其分析，或登记一项方案偏离。",
    ),
    "E-AMD-03": Text(en="{given} is no reason code. Use one of {known}.", zh="{given} 不是原因代码。可用：{known}。"),
    "E-AMD-04": Text(
        en="The justification has {n} characters; at least {least} are needed: what happened, when it was known, what it means.",
        zh="理由只有 {n} 个字符，至少需要 {least} 个：发生了什么、何时得知、意味着什么。",
    ),
    "E-AMD-05": Text(
        en="Declared is knowledge of results {declared}, but the access log holds {n} readings of outcome tables, the first on "
        "{when} UTC: declare {least}.",
        zh="申报的结果知情程度为 {declared}，但访问日志有 {n} 次读取结局数据的记录，最早为 {when}（UTC）：请申报 {least}。",
    ),
    "E-AMD-07": Text(
        en="{id} has no AI system called {intervention}. It has: {known}.",
        zh="{id} 没有名为 {intervention} 的人工智能系统。现有：{known}。",
    ),
    "E-AMD-06": Text(en="Hypotheses {ids} are in neither version.", zh="两个版本中都没有假设 {ids}。"),
    "E-AMD-08": Text(
        en="The decision covers {zones}, which {id} does not name. Zones of the protocol: {known}.",
        zh="该决定涉及 {zones}，但 {id} 未包含。方案中的试点区：{known}。",
    ),
    "E-AMD-09": Text(
        en="The decision expires on {expires}, before its date {date}.",
        zh="该决定的到期日 {expires} 早于其日期 {date}。",
    ),
    "E-AMD-10": Text(
        en="No deviation {deviation} is on record for {id}. On record: {known}.",
        zh="{id} 没有编号为 {deviation} 的偏离。现有：{known}。",
    ),
}


def refused(code: str, **values: object) -> Refused:
    """Return the refusal `code` with its placeholders filled; the caller raises it."""
    return Refused(code, TEXTS[code].fill(**values))
