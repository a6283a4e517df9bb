"""What a feed tells: refusals and progress, English and Chinese; never an address with a password, never a value of a message.

Belongs here: code → text. Does not: when it is said.
"""

from __future__ import annotations

from data.messages import NotPermitted, PlatformFailed, Refused, Text, ZonelabError

CATALOGUE: dict[str, Text] = {
    "E-FEED-01": Text(
        en="The configuration of the feed is not valid: {problems}. See data/feeds/README.md for every field.",
        zh="数据源配置无效：{problems}。各字段见 data/feeds/README.md。",
    ),
    "E-FEED-02": Text(
        en="Set the environment variable {variable}: {what} of the feed {feed} stands there and never in a file.",
        zh="请设置环境变量 {variable}：数据源 {feed} 的{what_zh}只放在环境变量中，不写入文件。",
    ),
    "E-FEED-03": Text(
        en="The feed {feed} would send its password without encryption to {host}. Set tls: true.",
        zh="数据源 {feed} 会把密码不加密地发送到 {host}。请设置 tls: true。",
    ),
    "E-FEED-04": Text(
        en="The broker {host} refused the feed {feed}: {reason}. Check its user and password, and that it may read the topics.",
        zh="消息服务器 {host} 拒绝了数据源 {feed}：{reason}。请检查用户名、密码以及对这些主题的读取权限。",
    ),
    "E-FEED-05": Text(
        en="The feed {feed} could not write to the disk ({reason}). Nothing is lost: what is not written was not acknowledged"
        " and comes again. Free some space and start it again.",
        zh="数据源 {feed} 无法写入磁盘（{reason}）。没有数据丢失：未写入的内容未被确认，会再次送达。请腾出空间后重新启动。",
    ),
    "E-FEED-06": Text(
        en="The file of certificates in {variable} cannot be used ({reason}).",
        zh="{variable} 指定的证书文件无法使用（{reason}）。",
    ),
    "E-FEED-10": Text(
        en="The database of the feed {feed} could not be reached or refused the query ({reason}). Nothing was moved; the next run"
        " begins where the last one ended.",
        zh="数据源 {feed} 的数据库无法访问或拒绝了查询（{reason}）。水位未移动，下次从上次结束处继续。",
    ),
    "E-FEED-11": Text(
        en="The query of the feed {feed} does not give the columns {columns}, by which its rows are ordered.",
        zh="数据源 {feed} 的查询结果缺少用于排序的列：{columns}。",
    ),
    "E-FEED-13": Text(
        en="{n} rows of the feed {feed} stand at the same place of {columns}: one could be passed over between two queries."
        " Name in `key` what tells rows of one watermark apart.",
        zh="数据源 {feed} 有 {n} 行的 {columns} 与另一行相同：两次查询之间可能漏掉其中一行。请在 `key` 中写明能区分它们的列。",
    ),
    "E-FEED-14": Text(
        en="The query or the columns of the feed {feed} changed since its watermark was kept. Give the feed another name,"
        " or remove {place} to fetch everything anew.",
        zh="数据源 {feed} 的查询或列在保存水位之后已改变。请改用新的名称，或删除 {place} 以重新取数。",
    ),
    "E-FEED-15": Text(
        en="The column {column} of the feed {feed} holds {kind}, which no file of ours keeps. Cast it in the query.",
        zh="数据源 {feed} 的列 {column} 为 {kind} 类型，无法保存。请在查询中转换类型。",
    ),
    "E-FEED-16": Text(
        en="The overlap of the feed {feed} needs a watermark that is a time or a number; {watermark} is another text.",
        zh="数据源 {feed} 使用 overlap 时，水位列须为时间或数值；{watermark} 是其他文本。",
    ),
    "W-FEED-12": Text(
        en="{feed}: {n} rows (counted up to 1,000) have an empty {columns}: they have no place in the order and are not"
        " fetched. Fill it, or choose another watermark.",
        zh="{feed}：有 {n} 行（最多计到 1,000）的 {columns} 为空，无法排序，不会取出。请填写，或改用其他水位列。",
    ),
    "I-FEED-01": Text(en="{feed}: connected to {host}.", zh="{feed}：已连接 {host}。"),
    "I-FEED-02": Text(
        en="{feed}: no connection to {host} ({reason}); trying again.",
        zh="{feed}：无法连接 {host}（{reason}），正在重试。",
    ),
    "I-FEED-03": Text(
        en="{feed}: {file} is in the drop folder ({rows} rows).", zh="{feed}：{file} 已放入投递文件夹（{rows} 行）。"
    ),
    "W-FEED-04": Text(
        en="{feed}: {n} messages are no JSON objects and were kept aside in {place} ({reasons}).",
        zh="{feed}：{n} 条消息不是 JSON 对象，已另存于 {place}（{reasons}）。",
    ),
    "W-FEED-05": Text(
        en="{feed}: {n} messages were published with QoS 0. Such a message is lost if this program stops at the wrong moment:"
        " let the devices publish with QoS 1.",
        zh="{feed}：{n} 条消息以 QoS 0 发布。若程序恰在此时停止，此类消息会丢失：请让设备使用 QoS 1。",
    ),
}


def said(code: str, **values: object) -> Text:
    """Return a text of the catalogue, filled."""
    return CATALOGUE[code].fill(**values)


def refused(code: str, **values: object) -> Refused:
    """Return (not raise) a refusal: what was asked for cannot be done as it is."""
    return Refused(code, said(code, **values))


def failed(code: str, **values: object) -> PlatformFailed:
    """Return (not raise) a failure of a machine: the same may work later."""
    return PlatformFailed(code, said(code, **values))


def denied(code: str, **values: object) -> ZonelabError:
    """Return (not raise) that somebody else does not permit it."""
    return NotPermitted(code, said(code, **values))
