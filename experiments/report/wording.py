"""Every fixed word of a report in both languages.

Belongs here: headings, labels, locked sentence templates. Does not: which template applies (sentences), names of outcomes
(they come with the results).
"""

from __future__ import annotations

from data.messages import Language, Text

WORDS: dict[str, Text] = {
    "html_lang": Text(en="en", zh="zh-CN"),
    "other_language": Text(en="中文", zh="English"),
    "simulated_mark": Text(en="SIMULATED", zh="模拟"),
    "simulated": Text(
        en="SIMULATED DATA. Nothing on this page was measured; the effects were put in on purpose to test the platform.",
        zh="模拟数据（SIMULATED）。本页内容均非实测；各项效应是为检验平台而预先设定的。",
    ),
    "report": Text(en="Impact report", zh="影响评估报告"),
    "status": Text(en="Status", zh="状态"),
    "protocol": Text(en="Protocol", zh="方案"),
    "release": Text(en="Data release", zh="数据发布版本"),
    "registered": Text(en="Analyses as registered", zh="按登记执行的分析"),
    "of": Text(en="{n} of {total}", zh="{n} / {total}"),
    "certainty": Text(en="Certainty", zh="证据确定性"),
    "not_rated": Text(en="Not rated yet", zh="尚未评定"),
    "review": Text(en="Review", zh="评审"),
    "not_reviewed": Text(en="Not reviewed yet", zh="尚未评审"),
    "bottom_line": Text(en="Bottom line", zh="主要结论"),
    "summary": Text(en="Summary of findings", zh="结果汇总"),
    "summary_note": Text(
        en="Registered (confirmatory) analyses. Effects are differences between the arms in the outcome's own unit."
        " A p marked § is of the registered test against a margin (equivalence, non-inferiority), not against no difference.",
        zh="登记的（确证性）分析。效应为两组之差，以结果自身单位表示。"
        "标有 § 的 p 值为对登记界值的检验（等效、非劣效），而非对“无差异”的检验。",
    ),
    "individual": Text(en="Individuals", zh="个人"),
    "organisation": Text(en="Organisations", zh="组织"),
    "society": Text(en="Society", zh="社会"),
    "harms": Text(en="Harms", zh="不良影响"),
    "no_harm_outcome": Text(
        en="No harm outcome was registered for this experiment, so harms were not looked for.",
        zh="本实验未登记不良影响指标，因此未考察不良影响。",
    ),
    "harm_not_estimated": Text(
        en="A harm outcome was registered but could not be estimated; see “Registered and done”.",
        zh="登记了不良影响指标，但未能估计；见“登记与执行”。",
    ),
    "level_not_studied": Text(en="Not studied in this experiment.", zh="本实验未涉及。"),
    "level_not_estimated": Text(
        en="Registered at this level, but no result here; see “Registered and done”.",
        zh="登记了此层面，但此处没有结果；见“登记与执行”。",
    ),
    "outcome": Text(en="Outcome", zh="结果指标"),
    "units": Text(en="Units", zh="单位数"),
    "rows": Text(en="Rows", zh="观测数"),
    "clusters": Text(en="Clusters", zh="聚类数"),
    "control_mean": Text(en="Control mean", zh="对照均值"),
    "effect": Text(en="Effect", zh="效应"),
    "interval": Text(en="{level}% interval", zh="{level}% 区间"),
    "intervals": Text(en="Interval", zh="区间"),
    "p": Text(en="p", zh="p 值"),
    "p_adjusted": Text(en="p, corrected", zh="校正 p 值"),
    "beside_few": Text(en="{name}: {low} … {high}, p {p}", zh="{name}：{low} … {high}，p {p}"),
    "few_CR1": Text(en="As registered, CR1", zh="按登记的 CR1"),
    "few_CR2": Text(en="CR2, Satterthwaite", zh="CR2（Satterthwaite 自由度）"),
    "few_wild_bootstrap": Text(en="Wild cluster bootstrap", zh="野聚类自助法"),
    "few_randomisation": Text(en="Randomisation test", zh="随机化检验"),
    "beside_left": Text(
        en="Without each {column} ({n}): {low} to {high}; {most} moves it most, by {moved} when left out",
        zh="逐一去掉 {column}（{n} 个）：{low} 至 {high}；影响最大的是 {most}，去掉后变化 {moved}",
    ),
    "beside_left_none": Text(en="Nothing can be estimated without any one {column}", zh="去掉任一 {column} 均无法估计"),
    "beside_group": Text(
        en="{column} = {group}: {estimate} ({low} … {high})", zh="{column} = {group}：{estimate}（{low} … {high}）"
    ),
    "beside_equal": Text(
        en="{column}: the same in all groups? p {p} ({method})", zh="{column}：各组相同？p {p}（{method}）"
    ),
    "beside_unequal": Text(en="{column}: not tested. {reason}", zh="{column}：未检验。{reason}"),
    "beside_withheld": Text(en="{column} = {group}: withheld, {reason}", zh="{column} = {group}：不予显示，{reason}"),
    "beside_refused": Text(en="{column}: {reason}", zh="{column}：{reason}"),
    "family_corrected": Text(
        en="Family {family}: {correction} over {n} tests.", zh="假设族 {family}：{n} 项检验，{correction}。"
    ),
    "family_every_draw": Text(en="All {n} draws by {by}.", zh="按{by}的全部 {n} 次抽取。"),
    "family_draws": Text(en="{n} draws by {by}.", zh="按{by}抽取 {n} 次。"),
    "family_draw": Text(en="the registered assignment", zh="已登记的分配"),
    "family_gate": Text(en="Tested behind family {keeper} ({rule}).", zh="在假设族 {keeper} 之后检验（{rule}）。"),
    "family_refused": Text(en="Family {family} is not corrected. {reason}", zh="假设族 {family} 未作校正。{reason}"),
    "reading": Text(en="Reading", zh="解读"),
    "higher": Text(en="Higher", zh="升高"),
    "lower": Text(en="Lower", zh="降低"),
    "little": Text(en="Little or no difference", zh="几乎没有影响"),
    "uncertain": Text(en="Uncertain", zh="不确定"),
    "good": Text(en="benefit", zh="有益"),
    "bad": Text(en="harm", zh="有害"),
    "forest": Text(en="Effects and intervals", zh="效应与区间"),
    "forest_note": Text(
        en="Each effect is divided by its registered smallest effect of interest, so that outcomes share one axis. Inside the "
        "band (−1 to 1) an effect is too small to matter.",
        zh="各效应除以其登记的最小重要效应，使不同结果共用一条坐标轴。落在灰带（−1 至 1）内的效应小到可以忽略。",
    ),
    "forest_axis": Text(en="multiples of the smallest effect of interest", zh="最小重要效应的倍数"),
    "forest_alt": Text(
        en="{outcome}, {population}: {estimate} {unit}, {level}% interval {low} to {high}",
        zh="{outcome}，{population}：{estimate} {unit}，{level}% 区间 {low} 至 {high}",
    ),
    "not_drawn": Text(
        en="Not drawn (no smallest effect of interest registered): {ids}", zh="未绘制（未登记最小重要效应）：{ids}"
    ),
    "registered_done": Text(en="Registered and done", zh="登记与执行"),
    "as_registered": Text(en="As registered", zh="与登记一致"),
    "amended_before_data": Text(en="Amended before data", zh="数据产生前修订"),
    "amended_after_data": Text(en="Amended after data", zh="数据产生后修订"),
    "deviated": Text(en="Deviated", zh="有偏离"),
    "not_reported": Text(en="Not reported", zh="未报告"),
    "not_estimated": Text(en="Not reported", zh="未报告"),
    "not_registered": Text(
        en="NOT REGISTERED. No plan was registered before these results: all of them are exploratory, whatever the file says.",
        zh="未登记。得出这些结果之前没有登记方案：无论文件如何标注，全部结果均为探索性。",
    ),
    "timing": Text(en="Timing", zh="登记时间"),
    "timing_level": Text(en="EGAP level {level} of 6: {text}", zh="EGAP 第 {level} 级（共 6 级）：{text}"),
    "timing_declared": Text(
        en="The team's own word on existing data makes this level worse than the record alone.",
        zh="按团队自述的已有数据情况，此级别低于记录所示。",
    ),
    "cited": Text(
        en="Version that counts: {version}, registered {at} UTC", zh="所依据版本：{version}，登记于 {at}（UTC）"
    ),
    "label": Text(en="Label", zh="标签"),
    "no_deviation": Text(en="Deviations found by the {n} checks that ran: none.", zh="已运行的 {n} 项检查未发现偏离。"),
    "deviations": Text(en="Deviations", zh="偏离"),
    "trigger": Text(en="What", zh="事项"),
    "planned": Text(en="Planned", zh="计划"),
    "actual": Text(en="Done", zh="实际"),
    "units_affected": Text(en="Affected", zh="涉及数量"),
    "discovered": Text(en="Found (UTC)", zh="发现时间（UTC）"),
    "not_checked": Text(en="Not checked", zh="未检查"),
    "amendments": Text(en="Amendments", zh="修订"),
    "no_amendment": Text(en="None.", zh="无。"),
    "change_class": Text(en="Class", zh="级别"),
    "major": Text(en="major", zh="重大"),
    "minor": Text(en="minor", zh="次要"),
    "changed": Text(en="Changed", zh="修改内容"),
    "reason": Text(en="Reason", zh="原因"),
    "analysis": Text(en="Analysis", zh="分析"),
    "hypothesis": Text(en="Hypothesis", zh="假设"),
    "method": Text(en="Method", zh="方法"),
    "state": Text(en="State", zh="状态"),
    "details": Text(en="All numbers", zh="全部数值"),
    "std_error": Text(en="Std. error", zh="标准误"),
    "df": Text(en="df", zh="自由度"),
    "confirmatory": Text(en="Confirmatory", zh="确证性"),
    "exploratory": Text(en="Exploratory", zh="探索性"),
    "exploratory_note": Text(
        en="Exploratory: not meant to settle a question. Do not quote without this label.",
        zh="探索性结果：不用于下结论，引用时须注明。",
    ),
    "cautions": Text(en="What limits these results", zh="局限"),
    "no_cautions": Text(en="The estimators raised no warning.", zh="估计过程没有提示。"),
    "dropped": Text(
        en="{n} of {total} rows were left out because a value is missing.", zh="{total} 行中有 {n} 行因缺失值未纳入。"
    ),
    "versions": Text(en="Data, versions, how to verify", zh="数据、版本与核验"),
    "verify_note": Text(
        en="Every number above stands in results.json beside this page. To check the data behind it, run:",
        zh="以上每个数字均见本页旁的 results.json。核验其数据请运行：",
    ),
    "as_of": Text(en="as of sequence number", zh="截至序号"),
    "code": Text(en="Code", zh="代码"),
    "dirty": Text(en="with local changes", zh="含本地改动"),
    "run": Text(en="Run", zh="运行"),
    "digest": Text(en="digest", zh="摘要"),
    "tables": Text(en="Tables read", zh="读取的表"),
    "spec": Text(en="Spec digest", zh="设定摘要"),
    "contents": Text(en="Contents", zh="目录"),
    "zones_arms": Text(
        en="{zones} pilot zones · assigned by {unit} · {arms}", zh="{zones} 个试点区 · 按{unit}分配 · {arms}"
    ),
    "unit_clinic": Text(en="clinic", zh="诊所"),
    "unit_organisation": Text(en="organisation", zh="组织"),
    "unit_district": Text(en="district", zh="城区"),
    "unit_person": Text(en="person", zh="个人"),
    "versus": Text(en=" versus ", zh="与"),
}

SENTENCES: dict[str, Text] = {
    "uncertain": Text(
        en="It is uncertain whether {arm_inner} changed {outcome}: {estimate} {unit} ({level}% interval {low} to {high}; "
        "{population}).",
        zh="不确定{arm}是否改变了{outcome}：{estimate} {unit}（{level}% 区间 {low} 至 {high}；{population}）。",
    ),
}


def word(key: str, language: Language, **values: object) -> str:
    """Return a fixed word or phrase, placeholders filled.

    >>> word("of", "en", n=2, total=3)
    '2 of 3'
    """
    return WORDS[key].fill(**values).get(language) if values else WORDS[key].get(language)
