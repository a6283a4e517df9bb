"""What assignment refuses and warns about: code → bilingual text.

Belongs here: every sentence that a draw, its commitment and its verification say to a user. Does not: wording of the registry's
life cycle, of analyses (experiments.messages). No sentence holds a unit's values; columns, counts and row numbers only.
"""

from __future__ import annotations

from data.messages import NotFound, Refused, Text

REFUSALS: dict[str, Text] = {
    "E-ASSIGN-01": Text(
        en="The frame has no rows: there is nobody to assign. Give a list with one row a unit.",
        zh="抽样框没有任何行：没有可分配的单位。请提供每单位一行的名单。",
    ),
    "E-ASSIGN-02": Text(
        en="The frame has no column {columns}, which the assignment names ({role}). Columns: {known}.",
        zh="抽样框中没有分配方案所用的列 {columns}（{role}）。现有列：{known}。",
    ),
    "E-ASSIGN-03": Text(
        en="{n} rows of the frame repeat the id of an earlier row in {column} (rows {rows}). Each unit stands once; if ids "
        "repeat between zones, name the pair, such as zone_id:{column}.",
        zh="抽样框中有 {n} 行的 {column} 与前面的行重复（第 {rows} 行）。每个单位只能出现一次；若编号在不同试点区重复，"
        "请写成组合，如 zone_id:{column}。",
    ),
    "E-ASSIGN-04": Text(
        en="{n} rows of the frame have no value in {column} ({role}; rows {rows}). Complete them, or leave the units out of the "
        "frame before the draw.",
        zh="抽样框中有 {n} 行的 {column}（{role}）缺失（第 {rows} 行）。请补齐，或在抽取前将这些单位移出抽样框。",
    ),
    "E-ASSIGN-05": Text(
        en="Method {method} needs {field} in assignment_spec.",
        zh="分配方法 {method} 需要在 assignment_spec 中填写 {field}。",
    ),
    "E-ASSIGN-06": Text(
        en="assignment_spec.ratio cannot be used: {reason}. It may name: {known}; each weight must be above 0.",
        zh="assignment_spec.ratio 无法使用：{reason_zh}。可用名称：{known}；权重必须大于 0。",
    ),
    "E-ASSIGN-07": Text(
        en="{n} {what} cannot fill {k} arms. Enlarge the frame or drop an arm before registration.",
        zh="{n} 个{what_zh}不足以分配到 {k} 个组。请扩大抽样框，或在登记前减少组数。",
    ),
    "E-ASSIGN-08": Text(
        en="{n} clusters of {cluster} lie in more than one {what}. A cluster is drawn as a whole: put each into one.",
        zh="{cluster} 中有 {n} 个群组跨越多个{what_zh}。群组须整体抽取：请使每个群组只属于一个。",
    ),
    "E-ASSIGN-09": Text(
        en="Column {column} must hold finite numbers ({role}).",
        zh="列 {column} 必须为有限的数字（{role}）。",
    ),
    "E-ASSIGN-10": Text(
        en="None of {n} draws met the balance criterion (distance at most {threshold:.3f}; the best had {best:.3f}). Raise "
        "accept_probability or max_draws, or take fewer covariates, by an amendment before anything is drawn.",
        zh="{n} 次抽取均未满足平衡准则（距离不超过 {threshold:.3f}；最好为 {best:.3f}）。请在抽取前通过修订提高 "
        "accept_probability 或 max_draws，或减少协变量。",
    ),
    "E-ASSIGN-11": Text(
        en="{n} rows of {column} name no arm of the protocol (rows {rows}). Known: {known}.",
        zh="{column} 中有 {n} 行不是方案中的组（第 {rows} 行）。可用：{known}。",
    ),
    "E-ASSIGN-12": Text(
        en="The arms cannot be used: {reason}.",
        zh="各组无法使用：{reason_zh}。",
    ),
    "E-ASSIGN-13": Text(
        en="A seed is a whole number of 0 or more.",
        zh="种子必须是非负整数。",
    ),
    "E-ASSIGN-14": Text(
        en="{columns}: no unit differs from another, so balance on it means nothing. Take it out of the covariates.",
        zh="{columns}：所有单位取值相同，对其求平衡没有意义。请从协变量中去掉。",
    ),
    "E-ASSIGN-15": Text(
        en="The frame document cannot be understood: {problem}.",
        zh="抽样框文档无法解析：{problem}。",
    ),
    "E-ASSIGN-16": Text(
        en="{n} cells of {column} hold a colon (rows {rows}), and {pair} joins columns by colons: two different pairs could read "
        "the same. Write these names without a colon.",
        zh="{column} 中有 {n} 个单元格含冒号（第 {rows} 行），而 {pair} 用冒号连接各列：不同的组合可能混为一谈。"
        "请改用不含冒号的名称。",
    ),
    "E-ASSIGN-17": Text(
        en="Method {method} does not use {field}, so a draw would pass it over. Leave it out of assignment_spec, or take a "
        "method that uses it: {others}.",
        zh="分配方法 {method} 不使用 {field}，抽取时会被忽略。请从 assignment_spec 中删去，或改用支持它的方法：{others}。",
    ),
    "E-ASSIGN-20": Text(
        en="{experiment} has no registered version: the plan is registered before anything is drawn. It is {state} now.",
        zh="{experiment} 没有已登记的版本：须先登记方案，再进行抽取。目前状态：{state}。",
    ),
    "E-ASSIGN-21": Text(
        en="{experiment} {version} says nothing of how units are assigned (assignment_spec). Amend it first.",
        zh="{experiment} {version} 未说明如何分配单位（assignment_spec）。请先修订。",
    ),
    "E-ASSIGN-22": Text(
        en="The assignment of {what} was drawn on {at}; a draw is made once. Only zones that were added since can be drawn: give "
        "a frame of theirs alone. Nobody's arm changes, whatever was amended.",
        zh="{what} 的分配已于 {at} 抽取，抽取只进行一次。只有此后新增的试点区可以再抽：请提供仅含这些试点区的抽样框。"
        "无论方案如何修订，已有单位的组别不变。",
    ),
    "E-ASSIGN-23": Text(
        en="A frame of {experiment} is committed and waits for its draw (commitment {commitment}). Draw it first.",
        zh="{experiment} 已有一份承诺在等待抽取（承诺值 {commitment}）。请先完成抽取。",
    ),
    "E-ASSIGN-24": Text(
        en="Nothing of {experiment} is committed: commit a frame before the draw (zonelab assign {experiment} --frame FILE).",
        zh="{experiment} 没有待抽取的承诺：请先提交抽样框（zonelab assign {experiment} --frame FILE）。",
    ),
    "E-ASSIGN-25": Text(
        en="The seed of {experiment} (commitment {commitment}) is not in this workspace: the file {path} is missing or does not "
        "match. Restore it from a copy. {advice}",
        zh="工作区中没有 {experiment} 的种子（承诺值 {commitment}）：文件 {path} 缺失或不符。请从备份恢复。{advice_zh}",
    ),
    "E-ASSIGN-26": Text(
        en="The frame names zones that are not in {experiment} {version}: {zones}. Add them by an amendment first.",
        zh="抽样框含有 {experiment} {version} 中没有的试点区：{zones}。请先通过修订加入。",
    ),
    "E-ASSIGN-27": Text(
        en="Nothing of {experiment} waits to be revealed: {reason}.",
        zh="{experiment} 没有待公开的种子：{reason_zh}。",
    ),
    "E-ASSIGN-28": Text(
        en="{actor} may not assign {experiment}: an investigator of its team does, or a registrar who neither is of the team nor "
        "reviews it. Ask one of them, or an administrator for the role.",
        zh="{actor} 无权为 {experiment} 进行分配：仅限本团队的 investigator，或既非团队成员也非评审人的 registrar。"
        "请由其操作，或向管理员申请角色。",
    ),
    "E-ASSIGN-29": Text(
        en="The commitment of {experiment} can still be kept: its seed is here. Draw it (zonelab assign {experiment}).",
        zh="{experiment} 的承诺仍可履行：种子就在此处。请进行抽取（zonelab assign {experiment}）。",
    ),
}

WARNINGS: dict[str, Text] = {
    "W-ASSIGN-01": Text(
        en="{n} blocks have fewer units than there are arms: their units keep the declared probabilities, but such a block adds "
        "little or nothing to a comparison within blocks.",
        zh="有 {n} 个区组的单位数少于组数：这些单位仍按规定概率分配，但对区组内比较贡献很小或没有。",
    ),
    "W-ASSIGN-02": Text(
        en="No unit was drawn into {arms}.",
        zh="没有单位被分到 {arms}。",
    ),
    "W-ASSIGN-03": Text(
        en="{n} of {total} blocks are not divisible by the ratio: which arms get their odd units was drawn too, so that every "
        "probability is exactly the declared one.",
        zh="{total} 个区组中有 {n} 个不能按比例整除：多余单位归入哪一组也由抽取决定，因此每个概率与规定完全一致。",
    ),
}


def refusal(code: str, **values: object) -> Refused:
    """Return the refusal `code` with its placeholders filled; the caller raises it.

    >>> refusal("E-ASSIGN-13").code
    'E-ASSIGN-13'
    """
    return Refused(code, REFUSALS[code].fill(**values))


def not_found(code: str, **values: object) -> NotFound:
    """Return the not-found error `code` with its placeholders filled; the caller raises it."""
    return NotFound(code, REFUSALS[code].fill(**values))


def warning(code: str, **values: object) -> dict[str, object]:
    """Return a warning as it stands beside a draw: ``{"code", "message": {"en", "zh"}}``."""
    return {"code": code, "message": WARNINGS[code].fill(**values).model_dump()}
