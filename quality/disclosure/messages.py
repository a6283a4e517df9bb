"""What disclosure control says: code → bilingual text. The number of a code is that of its rule (domain/trust.md section 5).

Belongs here: sentences about rules, cells and thresholds. Does not: a number of the output itself; nothing that a refused output
would have printed is ever filled in.
"""

from __future__ import annotations

from data.messages import Refused, Text

CATALOGUE: dict[str, Text] = {
    "E-SDC-00": Text(
        en="Only typed outputs are released (tables, models, quantiles, survival curves, histograms, figures of a released table,"
        " texts). This is {kind}. Make it from the panel with one of these types.",
        zh="只发布有类型的输出（表、模型、分位数、生存曲线、直方图、已发布表的图、文本）。当前对象为 {kind}。"
        "请用上述类型从面板数据生成。",
    ),
    "E-SDC-01": Text(
        en="{what}: {n} of its numbers rest on too few ({threshold} distinct persons or organisations are needed).",
        zh="{what}：有 {n} 个数字所依据的单位过少（至少需要 {threshold} 个不同的人或机构）。",
    ),
    "E-SDC-02": Text(
        en="{what}: {n} lines would tell the same of (nearly) everybody in them. Only their totals may be shown.",
        zh="{what}：有 {n} 行或列几乎每个单位答案相同，等于透露每个人的情况。只能显示其合计。",
    ),
    "E-SDC-03": Text(
        en="{what}: {n} sums are dominated by one or two contributors.",
        zh="{what}：有 {n} 个合计由一两个单位主导。",
    ),
    "E-SDC-04": Text(
        en="{what}: what is held back could be worked out from the rest, and no other cells can cover it. Combine categories.",
        zh="{what}：隐去的数字可由其余数字推算，且无法用其他单元格遮蔽。请合并类别。",
    ),
    "E-SDC-05": Text(
        en="{what}: it differs from an earlier release by fewer than {threshold} units, who would be told by the difference."
        " It stays as released before until at least {threshold} units have changed.",
        zh="{what}：与先前发布的版本相差不足 {threshold} 个单位，两者相减会暴露这些单位。"
        "在至少 {threshold} 个单位变动之前沿用先前版本。",
    ),
    "E-SDC-07": Text(
        en="Model {what} is not released: {why}.",
        zh="模型 {what} 不予发布：{why}。",
    ),
    "E-SDC-08": Text(
        en="{what}: {n} positions are not shown: smallest and greatest values never, a quantile needs {threshold} units on either"
        " side and three within its rounding.",
        zh="{what}：有 {n} 个位置不予显示：最小值和最大值一律不显示；分位数两侧各需 {threshold} 个单位，"
        "其取整范围内至少三个单位。",
    ),
    "E-SDC-09": Text(
        en="{what}: no step of the curve has {threshold} units at risk and {threshold} events.",
        zh="{what}：曲线上没有任何一步达到 {threshold} 个在险单位和 {threshold} 个事件。",
    ),
    "E-SDC-10": Text(
        en="The figure is not released: {why}. Draw it from the released table.",
        zh="图不予发布：{why}。请由已发布的表绘制。",
    ),
    "E-SDC-11": Text(
        en="{what} is not released: {why}.",
        zh="{what} 不予发布：{why}。",
    ),
    "E-SDC-13": Text(
        en="{what}: {n} numbers rest on fewer than {threshold} persons in one of their waves.",
        zh="{what}：有 {n} 个数字在其中某一轮次不足 {threshold} 人。",
    ),
    "E-SDC-17": Text(
        en="{what} could not be judged ({kind}), so nothing is released. Tell the operators.",
        zh="{what} 无法判定（{kind}），因此不发布任何内容。请告知运维人员。",
    ),
    "R-SDC-03": Text(
        en="{what}: sums of positive and negative amounts are looked at by a person before they are released.",
        zh="{what}：正负混合的合计须经人工审核后方可发布。",
    ),
    "OK-SDC": Text(
        en="{what}: released; {n} numbers are held back.",
        zh="{what}：已发布；隐去 {n} 个数字。",
    ),
}

WHY: dict[str, Text] = {
    "rows": Text(en="it has no distinct units", zh="没有可区分的单位"),
    "few_units": Text(en="too few distinct units", zh="不同单位过少"),
    "few_organisations": Text(en="too few distinct organisations", zh="不同机构过少"),
    "residual_df": Text(en="too many coefficients for its clusters or units", zh="相对于聚类数或单位数，系数过多"),
    "term": Text(
        en="a category, effect or interaction has too few units on or off",
        zh="某个类别、效应或交互项取值内外的单位过少",
    ),
    "leverage": Text(en="single rows determine a coefficient", zh="个别行决定了某个系数"),
    "fit": Text(en="it reproduces the data (nearly) exactly", zh="（几乎）完全重现了数据"),
    "separation": Text(en="a group has only one outcome", zh="某组只有一种结果"),
    "saturated": Text(
        en="it is saturated in categories, so it is a table; release the table of means",
        zh="模型在类别上饱和，实为一张表；请发布均值表",
    ),
    "covariance": Text(en="a covariance matrix of too many terms", zh="协方差矩阵项数过多"),
    "part": Text(
        en="it holds a part that is not released (residuals, fitted values, influence, effects of units)",
        zh="含有不予发布的部分（残差、拟合值、影响值、单位效应）",
    ),
    "names": Text(en="a coefficient names a unit", zh="系数名称中含有单位编号"),
    "kind": Text(en="this kind of figure or file shows single units", zh="此类图或文件会显示个别单位"),
    "numbers": Text(en="it holds numbers that are not in the released table", zh="含有已发布表之外的数字"),
    "unreleased": Text(en="it is not made from a released table", zh="不是由已发布的表生成"),
    "placeholder": Text(en="a placeholder is bound to no released number", zh="占位符未绑定到已发布的数字"),
    "free_number": Text(en="it holds numbers that are bound to no released table", zh="含有未绑定到已发布表的数字"),
    "size": Text(en="it is too large", zh="文件过大"),
    "rows_many": Text(en="it holds too many rows or columns", zh="行或列过多"),
    "personal": Text(en="it holds identifiers of people or organisations", zh="含有个人或机构标识"),
    "script": Text(en="it holds code, links or embedded files", zh="含有代码、链接或嵌入文件"),
    "formula": Text(en="a text cell would run as a formula", zh="文本单元格会被当作公式执行"),
    "hidden": Text(en="it holds parts that a reader does not see", zh="含有读者看不到的部分"),
    "metadata": Text(en="it carries metadata that are not allowed", zh="带有不允许的元数据"),
    "unreadable": Text(en="it cannot be read as what its name says", zh="无法按其扩展名读取"),
}


def said(code: str, **values: object) -> Text:
    """Return a message with its words filled in.

    >>> said("E-SDC-09", what="Curve", threshold=10).zh
    'Curve：曲线上没有任何一步达到 10 个在险单位和 10 个事件。'
    """
    return CATALOGUE[code].fill(**values)


def refusal(code: str, **values: object) -> Refused:
    """Return the error to raise where a setting or a call is wrong."""
    return Refused(code, said(code, **values))
