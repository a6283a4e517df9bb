"""Fixed words of annual reports in both languages.

Belongs here: those words. Does not: words that impact reports have too (report.wording*); `Told.say` finds both.
"""

from __future__ import annotations

from data.messages import Text

WORDS: dict[str, Text] = {
    "zone_report": Text(en="Annual report of a pilot zone", zh="试点区年度报告"),
    "programme_report": Text(en="Annual report of the programme", zh="项目年度报告"),
    "zone_title": Text(en="{name}: report of {year}", zh="{name}：{year} 年度报告"),
    "programme_title": Text(en="AI pilot zones: report of {year}", zh="人工智能试点区：{year} 年度报告"),
    "lead": Text(
        en="As of {as_of}, by data release {release}. Draft made by machine from what stands in the archive.",
        zh="截至 {as_of}，依据发布版本 {release}。由系统根据存档内容生成的草稿。",
    ),
    "year": Text(en="Year", zh="年度"),
    "as_of_day": Text(en="As of", zh="截至"),
    "scope": Text(en="Scope", zh="范围"),
    "all_zones": Text(en="{n} zones", zh="{n} 个试点区"),
    "first_title": Text(en="On one page", zh="一页概览"),
    "five": Text(en="Five numbers", zh="五个数字"),
    "three": Text(en="Three findings", zh="三项发现"),
    "one_worry": Text(en="One worry", zh="一项隐忧"),
    "one_decision": Text(en="One decision needed", zh="一项待决事项"),
    "n_studies": Text(en="Experiments with results", zh="有结果的实验"),
    "n_followed": Text(en="Units issued at the first wave", zh="首轮发放样本数"),
    "n_seen": Text(en="Seen at the last wave, of those issued", zh="末轮观测比例（占发放）"),
    "n_seen_each": Text(en="Seen at each wave, of those issued", zh="各波次观测比例（占发放）"),
    "n_files": Text(en="Files in this release", zh="本发布版本的文件数"),
    "n_conditions": Text(en="Conditions met ({year})", zh="已具备条件（{year} 年）"),
    "n_zones": Text(en="Zones", zh="试点区"),
    "n_overdue": Text(en="Annual reports overdue", zh="逾期年度报告"),
    "n_candidates": Text(en="Practices proposed with evidence", zh="有证据的推广候选"),
    "ratio": Text(en="{n} of {total}", zh="{n} / {total}"),
    "no_finding": Text(en="No confirmatory result includes this scope yet.", zh="尚无涉及本范围的确证性结果。"),
    "worry_harm": Text(en="A stopping rule for harm was crossed.", zh="触发了不良影响停止规则。"),
    "worry_overdue": Text(en="Annual reports are overdue: {what}.", zh="年度报告逾期：{what}。"),
    "worry_documents": Text(
        en="Documents are missing from the file of approved zones: {what}.",
        zh="已批复试点区的档案缺少文件：{what}。",
    ),
    "worry_conditions": Text(en="Conditions are not met: {what}.", zh="未具备条件：{what}。"),
    "worry_retention": Text(
        en="At one wave fewer than 70 % of those issued were seen.", zh="某一波次观测比例不足 70%。"
    ),
    "worry_quarantine": Text(
        en="More than 5 % of the rows sent were held back by the checks.",
        zh="超过 5% 的报送行被检查隔离。",
    ),
    "worry_none": Text(
        en="None of the things that are watched by rule is out of bounds.", zh="按规则监测的事项均在界限内。"
    ),
    "decide_harm": Text(en="Whether the experiment goes on where the rule was crossed.", zh="触发规则的实验是否继续。"),
    "decide_overdue": Text(en="Who sends the overdue reports, and by when.", zh="由谁、何时补交逾期报告。"),
    "decide_documents": Text(en="Who supplies the missing documents, and by when.", zh="由谁、何时补齐缺少的文件。"),
    "decide_conditions": Text(en="What is done about the conditions that are not met.", zh="如何处理未具备的条件。"),
    "decide_retention": Text(en="How people are kept in the panel at the next wave.", zh="下一轮如何留住样本。"),
    "decide_quarantine": Text(en="How the files are put right before they are sent.", zh="报送前如何修正文件。"),
    "decide_none": Text(
        en="Whether the practices of the year are proposed for replication elsewhere.",
        zh="是否将本年做法提出推广。",
    ),
    "running_title": Text(en="What runs here", zh="开展的实验"),
    "experiment": Text(en="Experiment", zh="实验"),
    "systems": Text(en="AI service", zh="AI 服务"),
    "from_to": Text(en="From, to", zh="起止"),
    "zones_n": Text(en="Zones", zh="试点区数"),
    "is_published": Text(en="published", zh="已发布"),
    "is_draft": Text(en="not published", zh="未发布"),
    "no_study": Text(
        en="No experiment with results on this release includes this scope.",
        zh="本发布版本中没有涉及本范围且有结果的实验。",
    ),
    "people_title": Text(en="Who takes part", zh="参与情况"),
    "zone": Text(en="Zone", zh="试点区"),
    "issued": Text(en="Issued", zh="发放"),
    "seen_share": Text(en="Seen", zh="观测到"),
    "no_waves": Text(en="waves of a survey", zh="调查波次"),
    "under_represented": Text(en="who is under-represented against the register", zh="与名册相比代表性不足的群体"),
    "quality_title": Text(en="Data quality", zh="数据质量"),
    "files": Text(en="Files", zh="文件"),
    "read": Text(en="Rows read", zh="读取行"),
    "accepted": Text(en="Accepted", zh="接收"),
    "quarantined": Text(en="Held back", zh="隔离"),
    "corrected": Text(en="Corrections", zh="更正"),
    "why_held": Text(en="Why rows were held back: {what}.", zh="隔离原因：{what}。"),
    "trends_title": Text(en="Trends", zh="趋势"),
    "trend_note": Text(
        en="Description, not an effect: zones differ in more than AI. Intervals are over clusters (clinics, "
        "organisations, districts) of "
        "this zone, at 95 %; beside them the mean of all other zones.",
        zh="仅为描述，并非效应：各试点区的差别不止于 AI。区间为本试点区内聚类（诊所、组织、城区）的 95% 区间；"
        "旁列其他试点区均值。",
    ),
    "here": Text(en="Here", zh="本试点区"),
    "others": Text(en="Other zones", zh="其他试点区"),
    "no_trend": Text(en="outcomes over time", zh="结果指标的时间变化"),
    "results_title": Text(en="Results of experiments", zh="实验结果"),
    "results_note": Text(
        en="Word for word as in the impact reports, over all zones of each experiment; no zone has a result of its own.",
        zh="与影响评估报告逐字一致，为各实验全部试点区的结果；不单列某一试点区的结果。",
    ),
    "synthesis_title": Text(en="Across zones", zh="跨试点区综合"),
    "synthesis_note": Text(
        en="Each result pooled over zones by random effects, and where the effect in one further zone is expected.",
        zh="各结果按随机效应跨试点区合并，并给出新增试点区效应的预期范围。",
    ),
    "harms_title_annual": Text(en="Incidents and harms", zh="事件与不良影响"),
    "rules_of": Text(
        en="{id}: stopping rules crossed in {crossed} zones, within bounds in {quiet}, unable to speak in {silent}.",
        zh="{id}：停止规则在 {crossed} 个试点区触发，{quiet} 个在界限内，{silent} 个无法判断。",
    ),
    "platform_down": Text(
        en="{name}: shut down on {date}, reason: {reason}{by}.",
        zh="{name}：{date} 关闭，原因：{reason}{by}。",
    ),
    "platform_by": Text(en="; cited: {id}", zh="；依据：{id}"),
    "no_platform": Text(en="No open innovation platform was shut down.", zh="没有开放创新平台被关闭。"),
    "no_rules": Text(en="No experiment here has a stopping rule.", zh="此处没有设停止规则的实验。"),
    "context_title": Text(en="Context of the year", zh="本年背景"),
    "context_lacks": Text(
        en="a log of policies, outages and other events of the year", zh="本年政策、中断及其他事件的日志"
    ),
    "use_title": Text(en="Use of data", zh="数据使用"),
    "use_line": Text(
        en="{analyses} registered analyses have results; {exports} exports are on record.",
        zh="{analyses} 项登记分析有结果；记录在案的导出 {exports} 次。",
    ),
    "next_title": Text(en="Next year", zh="下一年"),
    "due_wave": Text(en="{date}: wave {id}.", zh="{date}：波次 {id}。"),
    "due_report": Text(en="{date}: annual report.", zh="{date}：年度报告。"),
    "standing_title": Text(en="Life cycle and documents", zh="生命周期与文件"),
    "stage": Text(en="State", zh="阶段"),
    "since": Text(en="Since", zh="自"),
    "missing_documents": Text(en="Missing documents", zh="缺少文件"),
    "overdue": Text(en="Overdue reports", zh="逾期报告"),
    "conditions_title": Text(en="Application conditions", zh="申报条件"),
    "conditions_note": Text(en="Of {year}, the last year that was over.", zh="为 {year} 年，即最近一个已结束年度。"),
    "met": Text(en="Met", zh="已具备"),
    "not_met": Text(en="Not met", zh="未具备"),
    "no_data": Text(en="No data", zh="无数据"),
    "indicators_title": Text(en="Indicators", zh="指标"),
    "indicator": Text(en="Indicator", zh="指标"),
    "value_year": Text(en="{year}", zh="{year} 年"),
    "indicator_note": Text(
        en="As the zone reported them; money in 100 million RMB ({basis}). What was not reported is not there.",
        zh="按试点区上报；金额单位为亿元（{basis}）。未上报者不列。",
    ),
    "current": Text(en="current prices", zh="当年价"),
    "no_indicator": Text(en="indicators of the year", zh="本年指标"),
    "targets_title": Text(en="National targets", zh="国家目标"),
    "targets_note": Text(
        en="The targets of 2017 are the nation's; the zones' sum is a lower bound of progress, in the last reported "
        "year before {year}.",
        zh="2017 年目标属全国；试点区合计仅为进展下限，取 {year} 年以前最近的上报年度。",
    ),
    "target": Text(en="Target", zh="目标"),
    "by_year": Text(en="By", zh="期限"),
    "bn": Text(en="Zones, bn RMB", zh="试点区合计（十亿元）"),
    "of_target": Text(en="Target, bn RMB", zh="目标（十亿元）"),
    "share_of": Text(en="Share", zh="比例"),
    "reporting": Text(en="Zones reporting", zh="上报试点区"),
    "practices_title": Text(en="Candidates for replication", zh="推广候选"),
    "practice": Text(en="{id} ({zone}, {date}): {title}{by}", zh="{id}（{zone}，{date}）：{title}{by}"),
    "practice_by": Text(en="; evidence: {id}", zh="；证据：{id}"),
    "practice_claim": Text(en=" · a claim without documents", zh=" · 无文件佐证"),
    "no_practice": Text(en="No practice had been proposed by the end of the year.", zh="截至年末没有提出推广的做法。"),
    "annex_title": Text(en="Definitions, versions, how to correct an error", zh="定义、版本与更正方式"),
    "annex_seen": Text(
        en="Seen: at least a part of the interview or return is there. Issued: sent into the field.",
        zh="观测到：至少完成部分访问或填报。发放：已进入实地。",
    ),
    "annex_round": Text(
        en="Counts of people and organisations are rounded to 5; fewer than 10 are not told.",
        zh="个人与组织计数按 5 取整；不足 10 的不予显示。",
    ),
    "annex_correct": Text(
        en="To correct an error, send a correction of the file behind it with its reason; the next release carries it.",
        zh="如需更正，请附原因提交相应文件的更正；下一发布版本将予体现。",
    ),
}
