"""What weights and surveys refuse: code → bilingual text.

Belongs here: the sentences of this package. Does not: those of specs and estimators (experiments.messages).
"""

from __future__ import annotations

from data.messages import Refused, Text

REFUSALS: dict[str, Text] = {
    "E-AAPOR-01": Text(
        en="Outcome rates need counts of 0 or more of the classes {known}, and e from 0 to 1; not known: {classes}.",
        zh="计算结果率需要以下各类的非负计数：{known}，且 e 在 0 与 1 之间；未知类别：{classes}。",
    ),
    "E-WGT-01": Text(
        en="The declaration of the weight is not valid. {problems}",
        zh="权重声明无效。{problems}",
    ),
    "E-WGT-02": Text(
        en="Wave {wave} has {n} rows; {twice} units stand twice and {apart} units are in one wave asked for and not in the "
        "other. A weight needs a row per unit and wave, also for those not seen.",
        zh="第 {wave} 轮有 {n} 行；{twice} 个单位重复，{apart} 个单位只出现在所需轮次之一。"
        "权重需要每单位每轮一行，未访到者亦然。",
    ),
    "E-WGT-03": Text(
        en="{n} units in scope have no design weight above zero; columns that must be known of everybody lack values: {columns}.",
        zh="{n} 个在范围内的单位没有大于零的设计权重；须人人已知的列缺值：{columns}。",
    ),
    "E-WGT-04": Text(
        en="At wave {wave} none of {n} units (of all, or of a class) responded: no weight can stand for them. Leave the wave "
        "out, or take fewer classes.",
        zh="第 {wave} 轮的 {n} 个单位（全体或某一类）均未响应，无法由他人代表。请去掉该轮或减少类数。",
    ),
    "E-WGT-05": Text(
        en="At wave {wave} the response model cannot be used: {columns} cannot be told apart, or tell (nearly) exactly who "
        "responded. Take fewer columns, or join rare levels.",
        zh="第 {wave} 轮的响应模型不可用：{columns} 彼此共线，或（几乎）完全决定谁响应。请减少列或合并稀有取值。",
    ),
    "E-SVY-01": Text(
        en="{n} weights are not numbers above zero. Leave rows without a weight out of the data.",
        zh="{n} 个权重不是大于零的数。请将没有权重的行排除在数据之外。",
    ),
    "E-SVY-02": Text(
        en="{n} strata have a single cluster, from which no variance can be told. Join them with a neighbouring stratum.",
        zh="{n} 个层只有一个群，无法估计方差。请与相邻的层合并。",
    ),
    "E-SVY-03": Text(
        en="The design contradicts itself: {clusters} clusters lie in two strata; {strata} strata have fewer clusters in the "
        "population than in the sample.",
        zh="抽样设计自相矛盾：{clusters} 个群跨两个层；{strata} 个层的总体群数少于样本群数。",
    ),
    "E-SVY-04": Text(
        en="Nobody is in the domain of {term}.",
        zh="{term} 的子总体中没有任何单位。",
    ),
    "E-RAKE-01": Text(
        en="Margin {margin} does not fit the rows: {n} rows have a level without a total above zero, and no row has the levels "
        "{levels}. Join levels, or leave such rows out.",
        zh="边际 {margin} 与数据不符：{n} 行的取值没有大于零的总数，以下取值没有任何行：{levels}。请合并取值或排除这些行。",
    ),
    "E-RAKE-02": Text(
        en="The margins' totals are of different populations ({margins}). Give totals that add up to one number.",
        zh="各边际的总数属于不同的总体（{margins}）。请给出合计一致的总数。",
    ),
    "E-RAKE-03": Text(
        en="Raking did not reach the totals in {rounds} rounds (still {distance} away, relatively): they contradict each other "
        "in this sample. Use fewer margins, or join levels.",
        zh="迭代 {rounds} 轮后仍未达到总数（相对差 {distance}）：在此样本中这些总数相互矛盾。请减少边际或合并取值。",
    ),
}


def refusal(code: str, **values: object) -> Refused:
    """Return the refusal `code` with its placeholders filled; the caller raises it.

    >>> refusal("E-SVY-01", n=3).code
    'E-SVY-01'
    """
    return Refused(code, REFUSALS[code].fill(**values))
