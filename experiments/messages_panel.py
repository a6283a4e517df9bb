"""What difference-in-differences and synthetic controls refuse and warn about: code → bilingual text.

Belongs here: sentences about panels, cohorts, comparison groups, donors. Does not: what every estimator says
(experiments.messages). No sentence holds a unit's values; columns, counts and periods only.
"""

from __future__ import annotations

from data.messages import Text

REFUSALS: dict[str, Text] = {
    "E-DID-01": Text(
        en="{n} pairs of {unit} and {time} occur more than once. A panel has one row a unit and period: "
        "aggregate or filter first.",
        zh="有 {n} 个 {unit} 与 {time} 的组合重复出现。面板中每个单位每期只能有一行：请先汇总或筛选。",
    ),
    "E-DID-02": Text(
        en="{column} changes within {n} units. It must be constant in a unit ({role}).",
        zh="{column} 在 {n} 个单位内发生变化。它在单位内必须保持不变（{role}）。",
    ),
    "E-DID-03": Text(
        en="No unit starts treatment after the first period ({first}), so no effect can be estimated.",
        zh="没有单位在首期（{first}）之后开始处理，无法估计效应。",
    ),
    "E-DID-04": Text(
        en="No unit of {column} is never treated. Use control_group: not_yet, or add units that stay untreated.",
        zh="{column} 中没有从未处理的单位。请使用 control_group: not_yet，或加入始终未处理的单位。",
    ),
    "E-DID-05": Text(
        en="No comparison can be made: in no period is there a treated cohort with a base period and an untreated unit.",
        zh="无法进行任何比较：没有任何一期同时具备有基期的处理批次与未处理单位。",
    ),
    "E-DID-06": Text(
        en="The covariates predict treatment perfectly for cohort {cohort} in period {time}: the propensity score has no answer. "
        "Use method: reg, fewer covariates, or a wider comparison group.",
        zh="批次 {cohort} 在第 {time} 期的处理可由协变量完全预测，倾向得分无解。请用 method: reg、减少协变量或扩大对照组。",
    ),
    "E-DID-07": Text(
        en="In the comparison units of cohort {cohort}, period {time}, the covariates cannot be told apart (perfect "
        "collinearity) or are more than the {n} units.",
        zh="批次 {cohort} 第 {time} 期的对照单位中，协变量完全共线，或多于 {n} 个单位。",
    ),
    "E-DID-08": Text(
        en="Time {column} must hold numbers: relative periods and base periods are counted from it.",
        zh="时间列 {column} 必须是数字：相对期与基期由它计算。",
    ),
    "E-DID-09": Text(
        en="The reference period {reference} occurs for no treated unit. Relative periods in the data: {known}.",
        zh="没有处理单位处于参照期 {reference}。数据中的相对期：{known}。",
    ),
    "E-DID-10": Text(
        en="The effect in {n} treated rows cannot be imputed: their unit is never seen untreated, or their period holds no "
        "untreated unit. Filter them out (first: {cohorts}).",
        zh="有 {n} 行处理观测无法插补：其单位从未以未处理状态出现，或该期没有未处理单位。请先筛除（首先是：{cohorts}）。",
    ),
    "E-DID-11": Text(
        en="A window must be two whole numbers around the reference {reference}, lowest first.",
        zh="window 必须是包含参照期 {reference} 的两个整数，小者在前。",
    ),
    "E-DID-12": Text(
        en="All units are incomplete: not one is observed in all {n} periods. Use panel: pairs.",
        zh="所有单位都不完整：没有一个单位在全部 {n} 期都有观测。请使用 panel: pairs。",
    ),
    "E-DID-13": Text(
        en="{column} has one treated cluster and no other cluster to compare it with.",
        zh="{column} 只有一个处理聚类，没有其他聚类可作比较。",
    ),
    "E-DID-14": Text(
        en="Treatment goes down again in {n} units. {estimator} is for treatment that stays once it has started.",
        zh="有 {n} 个单位的处理后来撤销。{estimator} 只适用于一旦开始便持续的处理。",
    ),
    "E-DID-15": Text(
        en="Honest intervals need effects one period apart on both sides of the reference -1 (group_time: "
        "base_period: universal; no window, no gap in time).",
        zh="稳健区间要求效应在参照期 -1 两侧逐期相连（group_time 须用 base_period: universal；"
        "不得使用 window，时间不得有间断）。",
    ),
    "E-SYNTH-01": Text(
        en="A synthetic control needs one start of treatment and its treated unit: {n} treated units, {starts} starts found. "
        "Name treated_unit and treated_from in the options, or give a cohort with one start.",
        zh="合成控制需要唯一的处理开始期及其处理单位：发现 {n} 个处理单位、{starts} 个开始期。请在选项中指定 treated_unit 与 "
        "treated_from，或给出只有一个开始期的批次。",
    ),
    "E-SYNTH-02": Text(
        en="The treated units lack an outcome in {n} periods. Their series must be complete: filter the periods.",
        zh="处理单位有 {n} 期缺少结果变量。其序列必须完整：请筛选时期。",
    ),
    "E-SYNTH-03": Text(
        en="Too little to compare: {donors} complete donors, {past} periods before treatment, {post} under it. At least two, two "
        "and one are needed.",
        zh="可比较的内容不足：完整对照单位 {donors} 个，处理前 {past} 期，处理后 {post} 期。至少需要二、二、一。",
    ),
    "E-SYNTH-04": Text(
        en="Predictor {column} has no value before treatment for {n} units in its periods. Choose other periods, or "
        "filter the units.",
        zh="预测变量 {column} 在所选的处理前时期内有 {n} 个单位没有取值。请更换时期，或筛去这些单位。",
    ),
}

WARNINGS: dict[str, Text] = {
    "W-DID-01": Text(
        en="{n} of {total} units are not observed in all periods and were left out. With panel: pairs each comparison uses the "
        "units that it finds.",
        zh="{total} 个单位中有 {n} 个并非各期都有观测，已略去。使用 panel: pairs 时，每个比较采用其可用的单位。",
    ),
    "W-DID-02": Text(
        en="{n} units are treated from the first period on and were left out: they have no untreated period.",
        zh="有 {n} 个单位自首期起即受处理，已略去：它们没有未处理时期。",
    ),
    "W-DID-03": Text(
        en="{n} units start treatment after the last period; they count as not treated in these data.",
        zh="有 {n} 个单位在末期之后才开始处理；在本数据中视为未处理。",
    ),
    "W-DID-04": Text(
        en="Cohorts of fewer than {least} clusters: {cohorts}. Their standard errors rest on too little.",
        zh="少于 {least} 个聚类的批次：{cohorts}。其标准误依据不足。",
    ),
    "W-DID-05": Text(
        en="{n} comparisons of a cohort with a period had no comparison unit and were left out: {cells}.",
        zh="有 {n} 个批次与时期的比较没有对照单位，已略去：{cells}。",
    ),
    "W-DID-06": Text(
        en="The test of pre-trends would find a linear trend that biases the average effect by one standard error with power "
        "{power:.2f} only: not rejecting says little.",
        zh="对于使平均效应偏离一个标准误的线性趋势，前趋势检验的功效仅为 {power:.2f}：未拒绝说明不了什么。",
    ),
    "W-DID-07": Text(
        en="Only one cluster of {column} is treated: no clustered standard error exists. The p-value and the interval come from "
        "{n} placebo assignments of its treatment to each cluster; none can be below {least:.3g}.",
        zh="{column} 只有一个处理聚类：聚类标准误不存在。p 值与区间来自将其处理依次安慰剂式地分配给各聚类的 {n} 种情形；"
        "p 值不会低于 {least:.3g}。",
    ),
    "W-SYNTH-01": Text(
        en="{n} of {total} donors miss a period and were left out.",
        zh="{total} 个对照单位中有 {n} 个缺少某些时期，已略去。",
    ),
    "W-DID-08": Text(
        en="Before treatment the synthetic unit misses {unit} by {rmse:.3g} on average (root mean square), {share:.0%} of the "
        "outcome's spread: the fit is poor, and so is the comparison.",
        zh="处理前合成单位与 {unit} 的平均偏差（均方根）为 {rmse:.3g}，相当于结果变量离散程度的 {share:.0%}："
        "拟合差，比较也就不可靠。",
    ),
}
