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
    "E-IPW-02": Text(
        en="{n} of {total} rows are seen: weights for response need some who are not, and some who are in each arm.",
        zh="{total} 行中有 {n} 行被观测：应答权重要求有未观测者，且每组都有被观测者。",
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
        en="In {n} rows {column} is not what the threshold says: compliance is partial. Set the option fuzzy: true.",
        zh="有 {n} 行的 {column} 与断点规则不一致：属不完全依从。请设置选项 fuzzy: true。",
    ),
    "E-RI-01": Text(
        en="{n} of {total} units of {column} have rows in both arms or in two blocks: they cannot be what was randomised.",
        zh="{column} 的 {total} 个单位中有 {n} 个的行同时出现在两组或两个区组：它们不可能是随机化单位。",
    ),
    "E-FEW-01": Text(
        en="{estimator} ({analysis}) has {n} clusters and no answer but CR1, whose intervals are too narrow below 40: nothing "
        "confirmatory rests on it. Use ols, ancova, lin, twfe or difference_in_means with CR2 or one cluster variable, "
        "inference wild_bootstrap or randomisation, or make the hypothesis exploratory.",
        zh="{estimator}（{analysis}）只有 {n} 个聚类且只有 CR1 结果，少于 40 个时其区间过窄：确证性结论不能以此为据。"
        "请用 ols、ancova、lin、twfe 或 difference_in_means 并配以 CR2 或单一聚类变量，"
        "或使用 wild_bootstrap、randomisation 推断，或将假设改为探索性。",
    ),
    "E-LEAVE-01": Text(
        en="{column} makes {n} groups; leave_one_out needs from {least} to {most}.",
        zh="{column} 分为 {n} 组；leave_one_out 要求 {least} 至 {most} 组。",
    ),
    "E-LEAVE-02": Text(
        en="Without this group there is no {term}.",
        zh="去掉该组后没有 {term}。",
    ),
    "E-GROUP-01": Text(
        en="{column} makes {n} groups (at most {most}), or is the treatment itself: effects cannot be told apart along it.",
        zh="{column} 分为 {n} 组（最多 {most} 组），或即为处理变量：无法据此区分效应。",
    ),
    "E-GROUP-02": Text(
        en="No group of {column} has {least} units in each arm.",
        zh="{column} 没有任何一组在各处理组均达到 {least} 个单位。",
    ),
    "E-FAM-01": Text(
        en="{estimator} ({analysis}) is no least-squares fit that a family could resample jointly. Use difference_in_means "
        "without strata, ols, ancova, lin or twfe, or the correction holm.",
        zh="{estimator}（{analysis}）不是可与同族联合重抽样的最小二乘估计。"
        "请用无 strata 的 difference_in_means、ols、ancova、lin 或 twfe，或改用 holm 校正。",
    ),
    "E-FAM-02": Text(
        en="westfall_young repeats the registered assignment, and none was drawn for {analysis}. Use romano_wolf or holm.",
        zh="westfall_young 须重复已登记的分配，而 {analysis} 没有抽取记录。请用 romano_wolf 或 holm。",
    ),
    "E-FAM-03": Text(
        en="romano_wolf needs one and the same cluster (or unit) in all analyses of the family: {analyses}.",
        zh="romano_wolf 要求同族各分析使用同一聚类（或单位）：{analyses}。",
    ),
    "E-RI-03": Text(
        en="Nothing was drawn ({method}): there is no other draw to compare with. Use another inference.method.",
        zh="没有随机抽取（{method}），不存在可比较的其他抽取结果。请改用其他 inference.method。",
    ),
    "E-RI-04": Text(
        en="{n} of {total} rows are of units that were not drawn: narrow the filter to the units of the sealed assignment.",
        zh="{total} 行中有 {n} 行的单位未参加抽取：请用 filter 限定为封存分配中的单位。",
    ),
    "E-RI-05": Text(
        en="The {n} draws on record do not have the same arms or periods, so they cannot be repeated together.",
        zh="记录在案的 {n} 次抽取的组别或时期不一致，无法一并重复。",
    ),
    "E-RI-06": Text(
        en="{column} is not what was drawn: rows of one option ({options}) hold several values, or an option has no row. Use the "
        "assigned treatment; where it changes over time, name the period in time.",
        zh="{column} 不是抽取所得：同一选项（{options}）的行有多个取值，或某选项没有行。"
        "请使用分配的处理；若其随时间变化，请在 time 中指明时期。",
    ),
    "E-RI-07": Text(
        en="The columns {columns} are made of the treatment and would have to be drawn anew with it: leave them out.",
        zh="列 {columns} 由处理变量构成，须随之重新抽取：请去掉。",
    ),
    "E-RI-08": Text(
        en="{estimator} takes randomisation inference only with a registered assignment, whose draws it repeats: here is none.",
        zh="{estimator} 的随机化推断须重复已登记的分配，而此处没有。",
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
    "W-FEW-01": Text(
        en="Registered with CR1, and {n} clusters are too few for it: the interval is CR2's. The wild bootstrap beside it gives "
        "p = {p:.3f}.",
        zh="登记为 CR1，但只有 {n} 个聚类，不足以使用：区间取自 CR2。与其并列的野聚类自助法 p = {p:.3f}。",
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
    "W-IPW-02": Text(
        en="{n} rows that are seen had a fitted chance of it below 0.05: a few weights carry the estimate.",
        zh="有 {n} 行被观测但其拟合概率低于 0.05：估计依赖少数权重。",
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
    "W-RDD-02": Text(
        en="The threshold moves take-up little (F = {f:.1f}, below 10): the ratio of jumps is not to be trusted. The test of no "
        "effect in diagnostics.reduced_form holds.",
        zh="断点对接受处理的影响较弱（F = {f:.1f}，低于 10）：跳跃之比不可靠。diagnostics.reduced_form 中的无效应检验仍然有效。",
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
