"""What estimators of regressions, durations, bounds and mechanisms refuse and warn about: code → bilingual text.

Belongs here: the sentences of these methods. Does not: those of specs and samples (messages, which looks here too).
"""

from __future__ import annotations

from data.messages import Text

REFUSALS: dict[str, Text] = {
    "E-SPEC-13": Text(
        en="inference.method {method} of {estimator} needs one cluster variable: name it in cluster.",
        zh="{estimator} 的推断方法 {method} 需要一个聚类变量：请在 cluster 中指定。",
    ),
    "E-EST-15": Text(
        en="{n} periods do not carry a HAC variance with {lags} lags. Take fewer lags.",
        zh="{n} 个时期不足以估计滞后 {lags} 期的 HAC 方差。请减少滞后期数。",
    ),
    "E-EST-16": Text(
        en="random_effects needs exactly one entry in fixed_effects, no weights, and more units than columns (found {n}).",
        zh="random_effects 要求 fixed_effects 恰有一项、没有权重，且单位数多于列数（现有 {n}）。",
    ),
    "E-IV-01": Text(
        en="The instrument {columns} does not move {treatment} beyond what the covariates and fixed effects explain.",
        zh="在协变量与固定效应之外，工具变量 {columns} 对 {treatment} 没有影响。",
    ),
    "E-MIX-01": Text(
        en="{column} makes {n} groups of the rows: a random effect needs more than one group, and groups of several rows.",
        zh="{column} 将各行分为 {n} 组：随机效应需要多于一个组，且组内须有多行。",
    ),
    "E-EST-17": Text(
        en="{estimator} did not converge in {rounds} rounds. Scale the columns, or take fewer.",
        zh="{estimator} 在 {rounds} 轮内未收敛。请缩放变量或减少变量。",
    ),
    "E-COX-01": Text(
        en="{n} durations in {column} are not above 0.",
        zh="{column} 中有 {n} 个持续时间不大于 0。",
    ),
    "E-COX-02": Text(
        en="None of the {n} rows has the event {column}.",
        zh="{n} 行中没有任何一行发生事件 {column}。",
    ),
    "E-COX-03": Text(
        en="These columns tell exactly who has the event; no finite effect fits: {columns}.",
        zh="以下各列完全决定谁发生事件，不存在有限的效应：{columns}。",
    ),
    "E-GLM-01": Text(
        en="The outcome is told exactly by the columns (perfect separation): no finite effect fits. Look at: {columns}.",
        zh="结果完全由各列决定（完全分离），不存在有限的效应。请检查：{columns}。",
    ),
    "E-GLM-02": Text(
        en="{estimator} does not take the outcome {column}: {n} rows are out of its range (0 or 1 for logit, "
        "0 and more for poisson).",
        zh="{estimator} 不接受结果 {column}：{n} 行超出取值范围（logit 为 0 或 1，poisson 为非负）。",
    ),
    "E-ITS-01": Text(
        en="{n} rows share a {column} with another: an interrupted series has one row per period. Aggregate first.",
        zh="有 {n} 行与其他行的 {column} 相同：中断时间序列每期一行，请先汇总。",
    ),
    "E-ITS-02": Text(
        en="Autoregressive errors go with family gaussian; for counts take errors: {{hac_lags: …}}.",
        zh="自回归误差只用于 gaussian；计数请用 errors: {{hac_lags: …}}。",
    ),
    "E-ITS-03": Text(
        en="{before} periods before the interruption and {after} from it on: at least two of each are needed.",
        zh="中断前有 {before} 期，中断起有 {after} 期：各需至少两期。",
    ),
    "E-IPW-01": Text(
        en="Some rows have no chance of one arm (fitted chances reach {low:.2g} and {high:.2g}): nobody like them can be "
        "compared. Narrow the filter, or take fewer columns.",
        zh="部分行没有进入某一组的机会（拟合概率达到 {low:.2g} 和 {high:.2g}），无可比较者。请缩小筛选范围或减少列。",
    ),
    "E-LEE-01": Text(
        en="{n} rows count as seen but have no value of {column}.",
        zh="{n} 行标记为已观测，但没有 {column} 的值。",
    ),
    "E-LEE-02": Text(
        en="An arm has {n} rows with an outcome; bounds need more than one in each arm.",
        zh="某一组只有 {n} 行有结果；界的估计要求每组多于一行。",
    ),
    "E-LEE-03": Text(
        en="{n} outcomes lie outside the support that was given.",
        zh="有 {n} 个结果超出所给的取值范围。",
    ),
    "E-RDD-01": Text(
        en="A side of the cutoff has {n} different values of the running variable; at least {least} are needed. Widen the "
        "bandwidth.",
        zh="断点一侧的驱动变量只有 {n} 个不同取值；至少需要 {least} 个。请加宽带宽。",
    ),
    "E-RDD-02": Text(
        en="In {n} rows {column} is not what the threshold says: compliance is partial. Use iv_2sls with the side of the "
        "threshold as the instrument.",
        zh="有 {n} 行的 {column} 与断点规则不一致：属不完全依从。请用 iv_2sls，以断点一侧为工具变量。",
    ),
    "E-RI-01": Text(
        en="{n} of {total} units of {column} have rows in both arms or in two blocks: they cannot be what was randomised.",
        zh="{column} 的 {total} 个单位中有 {n} 个的行同时出现在两组或两个区组：它们不可能是随机化单位。",
    ),
    "E-RI-02": Text(
        en="No block has units of {column} in both arms, so another draw could not have been different.",
        zh="没有任何区组同时含有两组的 {column} 单位，重新抽取也不会有不同的结果。",
    ),
}

WARNINGS: dict[str, Text] = {
    "W-SDC-01": Text(
        en="{n} estimates are not shown: fewer than {least} distinct units stand behind each of them.",
        zh="有 {n} 个估计值不予显示：每个所依据的不同单位少于 {least} 个。",
    ),
    "W-IV-01": Text(
        en="The first-stage F is {f:.1f}, below 10: the instrument is weak, intervals of 2SLS are misleading. Read the "
        "Anderson-Rubin test and set in diagnostics.",
        zh="第一阶段 F 为 {f:.1f}，低于 10：工具变量较弱，2SLS 区间不可靠。请看诊断信息中的 Anderson-Rubin 检验与集合。",
    ),
    "W-MIX-01": Text(
        en="The variance of a random effect of {column} is estimated as zero (or its correlation as one): the data do not carry "
        "this random part.",
        zh="{column} 的某个随机效应方差估计为零（或相关为一）：数据不足以支持该随机部分。",
    ),
    "W-MIX-02": Text(
        en="The likelihood was not maximised: a gradient of {gradient:.2g} is left. Scale the columns, or "
        "take fewer random terms.",
        zh="似然未达到最大：剩余梯度 {gradient:.2g}。请缩放变量或减少随机项。",
    ),
    "W-MIX-03": Text(
        en="Labels of {column} occur in several groups of {outer}; they were read as different groups (nested).",
        zh="{column} 的标签出现在 {outer} 的多个组中，已视为不同的组（嵌套）。",
    ),
    "W-QR-01": Text(
        en="Many rows have one value of {column} at quantile {q}: the quantile regression is hardly unique there.",
        zh="{column} 在分位点 {q} 处有许多相同的值：该处的分位数回归几乎不唯一。",
    ),
    "W-COX-01": Text(
        en="Hazards are not proportional (global test p = {p:.3g}): a hazard ratio averages an effect that changes. Read "
        "diagnostics.rmst.",
        zh="风险不成比例（总体检验 p = {p:.3g}）：风险比是对变化效应的平均。请看诊断信息中的限制平均生存时间。",
    ),
    "W-EST-05": Text(
        en="Only {n} clusters in {column}: below 40 this variance is too small. Read a linear model with CR2 or a wild bootstrap "
        "beside it.",
        zh="{column} 只有 {n} 个聚类：少于 40 个时该方差偏小。请同时查看使用 CR2 或野聚类自助法的线性模型。",
    ),
    "W-IPW-01": Text(
        en="{n} rows have a fitted chance of treatment below 0.05 or above 0.95: a few weights carry the estimate (see "
        "diagnostics.weights).",
        zh="有 {n} 行的处理概率拟合值低于 0.05 或高于 0.95：估计依赖少数权重（见诊断信息中的权重）。",
    ),
    "W-MED-01": Text(
        en="Exploratory: the mediator was not randomised. With a correlation of {rho:.2f} between the errors of mediator "
        "and outcome the mediated effect would be zero.",
        zh="探索性结果：中介变量并非随机分配。若中介与结果的误差相关为 {rho:.2f}，中介效应即为零。",
    ),
    "W-RDD-01": Text(
        en="Rows crowd on one side of the cutoff (p = {p:.3g}): people may have placed themselves there.",
        zh="断点一侧的行明显偏多（p = {p:.3g}）：可能存在人为操纵。",
    ),
    "W-LEE-01": Text(
        en="Many outcomes tie at the cut: splitting them (ties: split) moves a bound by {moved:.4g}. See diagnostics.split_ties.",
        zh="截断处有许多相同的结果：拆分它们（ties: split）会使界移动 {moved:.4g}。见诊断信息。",
    ),
    "W-META-01": Text(
        en="Only {n} estimates are pooled: take hartung_knapp: true, the normal interval is too narrow.",
        zh="仅合并 {n} 个估计：请使用 hartung_knapp: true，正态区间过窄。",
    ),
    "W-EST-04": Text(
        en="The Satterthwaite degrees of freedom fall to {df:.1f} in {column}: below 4 the t approximation is poor. Read a wild "
        "bootstrap or randomisation inference beside it.",
        zh="{column} 的 Satterthwaite 自由度低至 {df:.1f}：低于 4 时 t 近似不可靠，请同时查看野聚类自助法或随机化推断。",
    ),
}
