"""Fixed words of the sections that tell of people, delivery, power, harm, certainty, money and ethics, in both languages.

Belongs here: those words. Does not: words of estimates (wording, wording_sections), of the plain page (wording_plain).
"""

from __future__ import annotations

from data.messages import Text

ACCOUNTS: dict[str, Text] = {
    "arm": Text(en="Arm", zh="组别"),
    "assigned_units": Text(en="Units", zh="单位数"),
    "planned_size": Text(
        en="Planned: {units} units, {clusters} clusters.", zh="计划：{units} 个单位，{clusters} 个聚类。"
    ),
    "wave": Text(en="Wave", zh="波次"),
    "seen": Text(en="Seen", zh="观测到"),
    "refused": Text(en="Refused", zh="拒绝"),
    "ineligible": Text(en="No longer eligible", zh="不再符合条件"),
    "unseen": Text(en="Not seen, other reason", zh="其他原因未见"),
    "with_outcome": Text(en="With {name}", zh="有 {name}"),
    "flow_assigned": Text(en="Assigned, by arm ({name})", zh="各组分配（{name}）"),
    "flow_waves": Text(en="What became of them, by wave and arm ({name})", zh="各波次各组去向（{name}）"),
    "withheld_note": Text(
        en="Counts of people and organisations are rounded to 5; 'held back' stands where fewer than 10 could be told.",
        zh="个人与组织的计数按 5 取整；“不予显示”表示可能涉及不足 10 个单位。",
    ),
    "held": Text(en="held back", zh="不予显示"),
    "variable": Text(en="Variable", zh="变量"),
    "mean_sd": Text(en="{arm}: mean (SD)", zh="{arm}：均值（标准差）"),
    "difference_sd": Text(en="Difference, in SD", zh="标准化差异"),
    "baseline_note": Text(
        en="Units seen at {wave}. The difference is of the means, in pooled standard deviations. No tests: a draw that "
        "was right "
        "leaves chance alone. Larger than 0.25 is marked ▲.",
        zh="在 {wave} 观测到的单位。差异为均值之差除以合并标准差。不作检验：抽取无误则差异只是偶然。大于 0.25 的以 ▲ 标出。",
    ),
    "about_assigned": Text(en="of what was assigned", zh="分配单位"),
    "ai_system": Text(en="AI system as registered", zh="登记的 AI 系统"),
    "provider": Text(en="Provider", zh="提供方"),
    "model": Text(en="Model", zh="模型"),
    "update_policy": Text(en="Updates", zh="更新方式"),
    "decision_role": Text(en="Part in decisions", zh="决策中的角色"),
    "override": Text(en="A person can override it", zh="可由人推翻"),
    "alternative": Text(en="Alternative offered", zh="替代方式"),
    "yes": Text(en="yes", zh="是"),
    "no": Text(en="no", zh="否"),
    "use_caption": Text(
        en="On record: {name}, {first} to {last}, versions {versions}",
        zh="记录：{name}，{first} 至 {last}，版本 {versions}",
    ),
    "offered_share": Text(en="Ever offered", zh="曾被提供"),
    "used_share": Text(en="Ever used", zh="曾经使用"),
    "no_use": Text(
        en="No record of use of an AI system by these units is in the release.",
        zh="发布数据中没有这些单位使用 AI 系统的记录。",
    ),
    "dose_caption": Text(en="Treatment over time: mean of {name} by arm", zh="处理随时间变化：各组 {name} 均值"),
    "epochs": Text(en="Changes of the system while it ran", zh="运行期间系统的变更"),
    "no_epoch": Text(en="No change of the system was recorded.", zh="未记录系统变更。"),
    "power_note": Text(
        en="Planned: from the diagnosis on record ({sims} simulated experiments). Achieved: the smallest effect that "
        "the study could "
        "find with a power of 80 % at 5 %, which is 2.8 standard errors; it is no 'observed power'.",
        zh="计划值来自备案的设计诊断（{sims} 次模拟实验）。实现值：以 80% 功效、5% 水平可检出的最小效应，即标准误的 "
        "2.8 倍；并非“事后功效”。",
    ),
    "power_note_bare": Text(
        en="No diagnosis is on record. Achieved: the smallest effect that the study could find with a power of 80 % at "
        "5 %, which is "
        "2.8 standard errors; it is no 'observed power'.",
        zh="没有备案的设计诊断。实现值：以 80% 功效、5% 水平可检出的最小效应，即标准误的 2.8 倍；并非“事后功效”。",
    ),
    "planned_power": Text(en="Planned power", zh="计划功效"),
    "planned_mde": Text(en="Planned smallest detectable", zh="计划最小可检出"),
    "achieved_mde": Text(en="Achieved smallest detectable", zh="实现的最小可检出"),
    "sees_sesoi": Text(en="Could see the smallest that matters", zh="能否看到最小重要效应"),
    "attrition_note": Text(
        en="Difference between the arms in the share not seen (experimental less comparison), in percentage points. "
        "All waves together: "
        "p {p}{clusters}.",
        zh="未观测比例的组间差（实验组减对照组），百分点。各波次联合检验：p {p}{clusters}。",
    ),
    "with_clusters": Text(en=", {n} clusters", zh="，{n} 个聚类"),
    "difference_points": Text(en="Difference, points", zh="差异（百分点）"),
    "differential": Text(en="Differential attrition ({name})", zh="组间失访差异（{name}）"),
    "no_bounds": Text(en="No bounds for attrition were registered.", zh="未登记失访边界分析。"),
    "bound": Text(en="{id}: bounds {low} to {high}.", zh="{id}：边界 {low} 至 {high}。"),
    "no_followed": Text(
        en="The units of this table cannot leave it, or change their treatment within it: attrition by arm has no "
        "meaning here.",
        zh="该表的单位不会离开，或其处理在表内变化：各组失访在此没有意义。",
    ),
    "without_zones": Text(
        en="without each zone ({n} zones): {low} to {high}; {most} moves it most.",
        zh="逐一剔除试点区（{n} 个）：{low} 至 {high}；影响最大的是 {most}。",
    ),
    "changes_sign": Text(en=" The sign changes without one of them.", zh=" 剔除其中一个后符号改变。"),
    "means_note": Text(
        en="Means of the units seen at each wave, by arm: description, not an effect; who is seen may change from wave "
        "to wave.",
        zh="各波次观测到的单位按组均值：仅为描述，并非效应；各波次观测到的单位可能不同。",
    ),
    "means_caption": Text(en="Mean by wave and arm: {name}", zh="各波次各组均值：{name}"),
    "varies_unsaid": Text(en="what it varies was not registered", zh="未登记所改变的内容"),
    "robust_line": Text(
        en="{name}: {estimate} ({conf_low} … {conf_high}), p {p}. Varied: {varies}",
        zh="{name}：{estimate}（{conf_low} … {conf_high}），p {p}。改变：{varies}",
    ),
    "robust_refused": Text(
        en="{name}: no result. {reason} Varied: {varies}", zh="{name}：没有结果。{reason} 改变：{varies}"
    ),
    "curve_line": Text(
        en="{specifications} specifications ({refused} could not be estimated); the registered one is number {rank} "
        "from the lowest. "
        "Median {median} (p {median_p}); {same_sign} have the same sign (p {same_sign_p}); {significant} are "
        "significant that way (p "
        "{significant_p}). p from {draws} worlds without an effect.",
        zh="共 {specifications} 种设定（{refused} 种无法估计）；登记的设定由低到高位列第 {rank}。中位数 {median}（p "
        "{median_p}）；同号占 {same_sign}"
        "（p {same_sign_p}）；该方向显著者占 {significant}（p {significant_p}）。p 值来自 {draws} 个无效应世界。",
    ),
    "curve_refused": Text(en="the registered curve has no result. {reason}", zh="登记的曲线没有结果。{reason}"),
    "no_curve": Text(en="No specification curve was registered.", zh="未登记设定曲线。"),
    "harm_definitions": Text(en="What was watched, and how", zh="监测内容与方式"),
    "harm_defined": Text(
        en="{name}: {definition} Looked for in: {source}; {waves}.", zh="{name}：{definition} 来源：{source}；{waves}。"
    ),
    "harm_undefined": Text(en="no definition beyond its name was registered.", zh="除名称外未登记定义。"),
    "harm_rules": Text(en="Stopping rules", zh="停止规则"),
    "harm_rule": Text(
        en="{id} (threshold {threshold}): crossed in {crossed} zones, within bounds in {quiet}, unable to speak in {silent}.",
        zh="{id}（阈值 {threshold}）：{crossed} 个试点区触发，{quiet} 个在界限内，{silent} 个无法判断。",
    ),
    "no_rule": Text(en="No stopping rule was registered.", zh="未登记停止规则。"),
    "harm_events": Text(
        en="Grave events on record since {since}, by arm (units)", zh="自 {since} 起记录的严重事件（各组单位数）"
    ),
    "event": Text(en="Event", zh="事件"),
    "event_note": Text(
        en="Events of any cause in the units' records. Zero is zero; 'held back' is 1 to 9.",
        zh="单位记录中任何原因的事件。零即为零；“不予显示”为 1 至 9。",
    ),
    "no_events": Text(
        en="No record of grave events is kept for these units (districts, devices).",
        zh="此类单位（城区、设备）没有严重事件记录。",
    ),
    "certainty_note": Text(
        en="Proposed by machine from the facts of this report: a lottery starts high, anything else low; each reason "
        "takes the rating "
        "down by the levels given. A reviewer's rating, where there is one, stands instead.",
        zh="由系统根据本报告事实提出：随机抽签从“高”起，其他从“低”起；每条理由按所列级数下调。有评审人评定时以其为准。",
    ),
    "starts": Text(en="Starts", zh="起点"),
    "rated_as": Text(en="Certainty", zh="确定性"),
    "reasons": Text(en="Why", zh="理由"),
    "by_machine": Text(en="{level} (proposed)", zh="{level}（系统建议）"),
    "by_reviewer": Text(en="{level} (reviewer)", zh="{level}（评审人）"),
    "reason_levels": Text(en="−{n}: {text}", zh="−{n}：{text}"),
    "reason_none": Text(en="noted: {text}", zh="注意：{text}"),
    "no_reason": Text(en="nothing takes it down", zh="无下调理由"),
    "high": Text(en="High", zh="高"),
    "moderate": Text(en="Moderate", zh="中"),
    "low": Text(en="Low", zh="低"),
    "very_low": Text(en="Very low", zh="很低"),
    "bias_caption": Text(en="Risk of bias by domain", zh="各领域偏倚风险"),
    "randomisation_domain": Text(en="Assignment", zh="分配"),
    "deviations_domain": Text(en="Deviations", zh="偏离"),
    "missing_data_domain": Text(en="Missing data", zh="缺失数据"),
    "measurement_domain": Text(en="Measurement", zh="测量"),
    "selection_domain": Text(en="Selected results", zh="选择性报告"),
    "bias_good": Text(en="low", zh="低"),
    "bias_some": Text(en="some concern", zh="有顾虑"),
    "bias_serious": Text(en="serious", zh="严重"),
    "elsewhere_note": Text(
        en="Each analysis estimated zone by zone and pooled by random effects (REML; Hartung–Knapp interval). The "
        "prediction interval is "
        "where the effect of one further zone of this kind is expected; standard errors of single zones rest on few "
        "clusters, so it is "
        "rough. Zones are not ranked.",
        zh="各分析逐区估计后以随机效应合并（REML；Hartung–Knapp 区间）。"
        "预测区间为再增加一个同类试点区时其效应的预期范围；单个试点区的标准误"
        "基于少量聚类，因此较为粗略。不对试点区排名。",
    ),
    "zones_pooled": Text(en="Zones", zh="试点区数"),
    "pooled": Text(en="Pooled effect", zh="合并效应"),
    "between": Text(en="I²", zh="I²"),
    "prediction_interval": Text(en="A new zone", zh="新试点区"),
    "population_of": Text(en="Studied in: {text}", zh="研究对象：{text}"),
    "sampling_of": Text(en="Sampling: {text}", zh="抽样方式：{text}"),
    "abstract": Text(en="Summary of the plan", zh="方案摘要"),
    "theory_of": Text(en="How it is thought to work", zh="作用机制"),
    "assumed": Text(en="Assumed: {text}", zh="前提假设：{text}"),
    "prior_none": Text(
        en="No earlier study was named that this one extends or repeats.", zh="未注明本研究延续或重复的早期研究。"
    ),
    "prior": Text(en="Earlier work: {text}", zh="已有研究：{text}"),
    "concealed": Text(
        en="The sequence was drawn by the registry from a seed committed beforehand and was hidden until it was revealed.",
        zh="序列由登记系统按事先承诺的种子抽取，揭示之前不可见。",
    ),
    "not_concealed": Text(
        en="There was no sequence to conceal: treatment was not drawn by lot.",
        zh="不存在需隐藏的序列：处理并非抽签决定。",
    ),
    "masking": Text(en="Blinded", zh="设盲对象"),
    "dates": Text(en="Dates", zh="日期"),
    "study_start": Text(en="Study began", zh="研究开始"),
    "intervention_start": Text(en="Intervention began", zh="干预开始"),
    "intervention_end": Text(en="Intervention ended", zh="干预结束"),
    "primary_completion": Text(en="Primary data complete", zh="主要数据完成"),
    "study_end": Text(en="Study ended", zh="研究结束"),
    "ethics": Text(en="Ethics", zh="伦理"),
    "ethics_line": Text(
        en="{board}, no. {number}: {decision} on {date}, until {until}, {zones} zones.",
        zh="{board}，编号 {number}：{decision}，{date}，有效期至 {until}，{zones} 个试点区。",
    ),
    "consent": Text(en="Consent", zh="知情同意"),
    "consent_line": Text(en="{mode}; on withdrawal: {policy}.", zh="{mode}；撤回时：{policy}。"),
    "protection": Text(en="Personal information", zh="个人信息"),
    "kept_until": Text(en="{note} Kept until {until}.", zh="{note} 保存至 {until}。"),
    "sponsor": Text(en="Sponsor", zh="发起方"),
    "funders": Text(en="Funders", zh="资助方"),
    "implementer": Text(en="Implementer", zh="实施方"),
    "sells": Text(en="sells the technology", zh="为技术供应商"),
    "remuneration": Text(en="Implementer pays the team", zh="实施方向团队付酬"),
    "publication": Text(en="Right to publish", zh="发表权"),
    "conflicts": Text(en="Conflicts of interest", zh="利益冲突"),
    "no_conflict": Text(en="declared: none", zh="声明：无"),
    "access": Text(en="Data and code", zh="数据与代码"),
    "access_line": Text(en="data {data}, code {code}", zh="数据{data}，代码{code}"),
    "risks": Text(en="Risks foreseen", zh="预见的风险"),
    "risk_line": Text(en="{risk} ({who}). {what}", zh="{risk}（{who}）。{what}"),
    "alternatives": Text(en="Alternatives kept for", zh="保留替代方式的群体"),
    "participants_part": Text(
        en="part of participants and residents in planning and in reading the results",
        zh="参与者与居民在规划与解读结果中的作用",
    ),
    "earlier_line": Text(
        en="{id}: first analysed {at} UTC, {n} analyses.", zh="{id}：首次分析于 {at}（UTC），{n} 项分析。"
    ),
    "first_report": Text(
        en="No earlier release was analysed: this is the first report.", zh="此前没有分析过其他发布版本：这是首份报告。"
    ),
    "proposed_levels": Text(en="{levels} (proposed by machine)", zh="{levels}（系统建议）"),
    "checks": Text(en="Checks", zh="检查"),
    "check_line": Text(en="{role}: {vote}, {at} UTC", zh="{role}：{vote}，{at}（UTC）"),
    "role_output_checker": Text(en="Output checker", zh="输出检查员"),
    "role_ethics_reviewer": Text(en="Ethics reviewer", zh="伦理评审"),
    "role_methods_reviewer": Text(en="Methods reviewer", zh="方法评审"),
    "role_other": Text(en="Reviewer", zh="评审人"),
    "vote_approve": Text(en="approved", zh="通过"),
    "vote_changes": Text(en="asked for changes", zh="要求修改"),
    "vote_reject": Text(en="rejected", zh="否决"),
    "review_comments": Text(en="Comments", zh="意见"),
    "no_comment": Text(en="The checkers left no comment.", zh="检查人没有留下意见。"),
    "unanswered": Text(en="not answered yet", zh="尚未回复"),
    "comment_line": Text(en="[{section}] {text} — Answer: {answer}", zh="[{section}] {text} —— 答复：{answer}"),
    "reviewed_by": Text(en="{n} checks in, {approved} approve", zh="{n} 份检查，{approved} 份通过"),
    "item": Text(en="Item", zh="条目"),
    "asks": Text(en="What is asked", zh="要求"),
    "answered": Text(en="Answered in", zh="对应章节"),
}
