"""What the one-scan engine refuses and warns about: code → bilingual text.

Belongs here: sentences about cubes. Does not: what every estimator says (experiments.messages). No sentence holds a value.
"""

from __future__ import annotations

from data.messages import Text

REFUSALS: dict[str, Text] = {
    "E-CUBE-01": Text(
        en="{name} is not a cube of the form “{form}”, or it is damaged. Make it again with `zonelab cube export`.",
        zh="{name} 不是“{form}”格式的汇总表，或已损坏。请用 `zonelab cube export` 重新生成。",
    ),
    "E-CUBE-02": Text(
        en="{name} was made for another analysis: {fields} differ. Every zone makes its cube with the same spec.",
        zh="{name} 是为另一分析生成的：{fields} 不同。各试点区须使用同一份分析设定生成汇总表。",
    ),
    "E-CUBE-03": Text(
        en="{estimator} with these fields needs the rows; a cube does not hold enough. A cube answers {known} by unit and time, "
        "without covariates, with CR1 by unit or any clustered variance by coarser clusters, and several treated clusters.",
        zh="{estimator} 的这一设定需要逐行数据，汇总表不足以计算。汇总表可用于 {known}：按单位与时期、无协变量、按单位 CR1 "
        "或按更粗聚类的聚类方差，且须有多个处理聚类。",
    ),
    "E-CUBE-04": Text(
        en="All {n} groups are smaller than {least} units or twice the number of periods: nothing may leave.",
        zh="全部 {n} 个组的单位数都少于 {least} 或时期数的两倍：不得导出任何内容。",
    ),
    "E-CUBE-06": Text(
        en="{n} of the cubes are copies of another one named. A unit may be in one cube only.",
        zh="所列汇总表中有 {n} 份与另一份相同。每个单位只能出现在一份汇总表中。",
    ),
    "E-CURVE-01": Text(
        en="The choices of the curve combine to {n} specifications; at most {limit} are estimated together.",
        zh="各选项组合成 {n} 个设定；最多可一起估计 {limit} 个。",
    ),
    "E-CURVE-02": Text(
        en="A specification curve of {estimator} with these fields is not available. It takes `ols` or `ancova` with a "
        "treatment and one cluster variable (whom the design assigned together), CR1, CR2 or CR3, without products of columns, "
        "unit or time.",
        zh="{estimator} 的这一设定不能做设定曲线。可用于 `ols` 或 `ancova`：有处理变量和一个聚类变量（设计中一起分配的单位），"
        "CR1、CR2 或 CR3，且不含列的乘积、unit 或 time。",
    ),
    "E-CURVE-03": Text(
        en="Clusters, treatment and fixed effects make more than {limit} cells: too many for cross-products. A treatment of many "
        "doses, or a cluster of a row or two each, is estimated by rows, one specification at a time.",
        zh="聚类、处理与固定效应构成超过 {limit} 个单元，无法使用交叉乘积。剂量取值过多或每个聚类仅一两行时，"
        "请逐个设定按行估计。",
    ),
}

WARNINGS: dict[str, Text] = {
    "W-CUBE-01": Text(
        en="{units} units ({rows} rows) in small groups were withheld by their zones: this is the result without them.",
        zh="有 {units} 个单位（{rows} 行）因所在组过小而未由试点区导出：本结果不含这些单位。",
    ),
}
