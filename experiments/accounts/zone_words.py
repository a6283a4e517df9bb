"""Sentences of the accounts that stand in results.json itself, in both languages.

Belongs here: reasons of a rating, why nothing is told of zones. Does not: words around them (report.wording).
"""

from __future__ import annotations

from data.messages import Text

NO_ZONES = Text(
    en="Estimates that may be shown exist for {n} zones; three are needed to say anything about a new one.",
    zh="可显示估计的试点区为 {n} 个；至少需要三个才能推及新试点区。",
)
REASONS: dict[str, Text] = {
    "not_random": Text(en="who was treated was not drawn by lot", zh="处理对象并非抽签决定"),
    "not_registered": Text(en="the plan was not registered before the results", zh="得出结果之前未登记方案"),
    "deviated": Text(en="the analysis deviates from its registered plan ({status})", zh="分析偏离登记方案（{status}）"),
    "attrition": Text(
        en="leaving the panel depended on the arm: up to {worst} percentage points, joint p {p}",
        zh="离开面板与组别有关：最多相差 {worst} 个百分点，联合检验 p {p}",
    ),
    "lost": Text(en="{share} % of an arm was not seen at a wave", zh="某一波次某组有 {share}% 未见"),
    "imbalance": Text(
        en="the arms differed at baseline by up to {largest} standard deviations",
        zh="基线时两组相差最多 {largest} 个标准差",
    ),
    "unmasked": Text(en="the outcome is reported by people who knew their arm", zh="结果由知晓自身组别的人报告"),
    "few_clusters": Text(en="only {n} clusters carry the comparison", zh="仅 {n} 个聚类支撑比较"),
    "imprecise": Text(
        en="the interval holds both no difference and effects of {sesoi} or more",
        zh="区间既含无差异，也含不小于 {sesoi} 的效应",
    ),
    "very_imprecise": Text(
        en="the interval holds effects of {sesoi} or more in both directions",
        zh="区间在两个方向上都含不小于 {sesoi} 的效应",
    ),
    "no_sesoi": Text(
        en="no smallest effect of interest was registered to judge precision by", zh="未登记用以判断精度的最小重要效应"
    ),
    "inconsistent": Text(
        en="effects differ between zones (I² {i2} %) and a new zone's may be of the other sign",
        zh="试点区之间效应不一（I² {i2}%），新试点区的效应方向可能相反",
    ),
    "few_zones": Text(en="only {n} zones were studied", zh="仅研究了 {n} 个试点区"),
    "selected": Text(en="who took part chose to ({method})", zh="参与者为自愿或便利样本（{method}）"),
    "unreported": Text(en="registered outcomes have no result here", zh="有登记的结果指标在此没有结果"),
}
STATUS: dict[str, Text] = {
    "amended_after_data": Text(en="amended after data", zh="数据产生后修订"),
    "deviated": Text(en="deviated", zh="有偏离"),
    "exploratory": Text(en="exploratory", zh="探索性"),
    "not_reported": Text(en="not reported", zh="未报告"),
}
METHODS: dict[str, Text] = {
    "convenience": Text(en="convenience sample", zh="便利抽样"),
    "volunteer": Text(en="volunteers", zh="自愿参加"),
}
