"""Fixed words of the sections that stand in documents beside those of the page: titles, table heads, what is not reported.

Belongs here: words in both languages. Does not: words that the page has too (wording); `said` finds both.
"""

from __future__ import annotations

from data.messages import Language, Text
from experiments.report.wording import WORDS
from experiments.report.wording_accounts import ACCOUNTS
from experiments.report.wording_plain import PLAIN

TITLES: dict[str, Text] = {
    "deviations_title": Text(en="Deviations from registration", zh="与登记方案的偏离"),
    "question_title": Text(en="Question and what was known before", zh="研究问题与已有认识"),
    "design_title": Text(en="Design, assignment, zones", zh="设计、分配与试点区"),
    "flow_title": Text(en="Participant flow", zh="参与者流程"),
    "baseline_title": Text(en="Baseline", zh="基线"),
    "delivery_title": Text(en="Delivery and context", zh="实施与背景"),
    "power_title": Text(en="Power, planned and achieved", zh="统计功效：计划与实现"),
    "confirmatory_results": Text(en="Confirmatory results", zh="确证性结果"),
    "over_time": Text(en="Over time", zh="随时间变化"),
    "multiplicity": Text(en="Multiplicity", zh="多重检验"),
    "attrition_title": Text(en="Attrition and missing data", zh="失访与缺失数据"),
    "robustness_title": Text(en="Robustness", zh="稳健性"),
    "heterogeneity_title": Text(en="Heterogeneity", zh="异质性"),
    "exploratory_results": Text(en="Exploratory results", zh="探索性结果"),
    "harms_title": Text(en="Harms and unintended effects", zh="不良影响与意外后果"),
    "certainty_title": Text(en="Risk of bias and certainty", zh="偏倚风险与证据确定性"),
    "elsewhere_title": Text(en="Where would this hold?", zh="结论适用于何处？"),
    "limits_title": Text(en="Limits and judgement calls", zh="局限与判断"),
    "plain_title": Text(en="In plain language", zh="通俗说明"),
    "ethics_title": Text(en="Ethics, funding, interests", zh="伦理、资助与利益关系"),
    "checklist_title": Text(en="Reporting checklist", zh="报告清单"),
    "review_title": Text(en="Reviewers' comments and replies", zh="评审意见与回复"),
    "history_title": Text(en="History of this report", zh="本报告的修改历史"),
}

LACKS: dict[str, Text] = {
    "lacks": Text(en="Not reported: {what}.", zh="未报告：{what}。"),
    "a_result": Text(en="results of any analysis", zh="任何分析的结果"),
    "a_confirmed_result": Text(en="a result that was meant to be confirmed", zh="拟确证的结果"),
    "a_confirmatory_result": Text(en="a confirmatory result", zh="确证性结果"),
    "what_is_adjusted_for_take_up": Text(en="effects adjusted for take-up", zh="按实际使用情况调整后的效应"),
    "effects_by_wave": Text(en="effects by wave or period", zh="各波次或各时期的效应"),
    "incidents_by_arm": Text(en="counts of incidents by arm", zh="各组事件次数"),
    "hypotheses": Text(en="hypotheses", zh="研究假设"),
    "theory": Text(en="theory of change, evidence from before", zh="作用机制与已有证据"),
    "sealed_draw": Text(en="a sealed draw of the assignment", zh="封存的分配抽取"),
    "concealment": Text(en="concealment of the sequence, blinding", zh="分配隐藏与设盲"),
    "flow_by_arm": Text(
        en="units and people assessed, assigned, received and lost, by arm and wave",
        zh="各组各波次接受筛选、分配、干预及失访的单位数与人数",
    ),
    "baseline_table": Text(en="baseline table with standardised differences", zh="含标准化差异的基线表"),
    "delivery_log": Text(
        en="AI tool and version, dosage, take-up, outages, changes of context",
        zh="AI 工具及版本、使用量、采用情况、中断与背景变化",
    ),
    "power_achieved": Text(en="planned and achieved minimum detectable effect", zh="计划的与实际达到的最小可检测效应"),
    "attrition_bounds": Text(en="attrition by arm, bounds", zh="各组失访率及其边界"),
    "specification_curve": Text(en="specification curve", zh="设定曲线"),
    "left_out_each": Text(en="effects without each zone", zh="逐一剔除试点区的效应"),
    "randomisation": Text(en="randomisation inference", zh="随机化推断"),
    "subgroups": Text(en="contrasts between subgroups", zh="子群体之间的差异"),
    "ratings": Text(en="ratings with reasons and raters; nobody has rated yet", zh="评级及其理由与评级人；尚无人评定"),
    "prediction": Text(en="prediction interval for a new zone", zh="对新试点区的预测区间"),
    "judgement": Text(en="the authors' judgement calls", zh="作者的判断取舍"),
    "plain_page": Text(en="plain-language page", zh="通俗说明"),
    "ethics_funding": Text(
        en="ethics approval, funding, conflicts of interest, part of participants",
        zh="伦理审批、资助、利益冲突、参与者的作用",
    ),
    "context_log": Text(en="a log of outages and changes of context", zh="中断与背景变化日志"),
    "comments": Text(en="comments; nobody has reviewed yet", zh="评审意见；尚无人评审"),
    "earlier_reports": Text(en="earlier versions of this report", zh="本报告的先前版本"),
}

LABELS: dict[str, Text] = {
    "simulated_file": Text(
        en="SIMULATED DATA. Nothing here was measured; the effects were put in on purpose.",
        zh="模拟数据（SIMULATED）。内容均非实测；各项效应是预先设定的。",
    ),
    "stale": Text(
        en="NOT CURRENT. Since this report was made, people withdrew their consent; its numbers still count them.",
        zh="非最新。本报告生成后有人撤回知情同意；其数字仍包含这些人。",
    ),
    "page": Text(en="Page {n} of {total}", zh="第 {n} 页，共 {total} 页"),
    "figure_alt": Text(en="Forest plot. {effects}.", zh="森林图。{effects}。"),
    "forest_table": Text(en="The values of the plot", zh="图中数值"),
    "sesoi": Text(en="Smallest effect of interest", zh="最小重要效应"),
    "sesoi_long": Text(en="Registered smallest effects of interest", zh="登记的最小重要效应"),
    "multiple": Text(en="Effect in multiples of it", zh="效应为其倍数"),
    "period": Text(en="Period", zh="时期"),
    "family": Text(en="Family", zh="假设族"),
    "tests": Text(en="Tests", zh="检验数"),
    "no_family": Text(en="No tests were corrected together.", zh="没有需要共同校正的检验。"),
    "no_exploratory": Text(en="There are no exploratory results.", zh="没有探索性结果。"),
    "harm_outcomes": Text(en="Outcomes registered as harms", zh="登记为不良影响的指标"),
    "study_type": Text(en="Type of study", zh="研究类型"),
    "evaluation_method": Text(en="Method", zh="评估方法"),
    "unit_of_assignment": Text(en="Unit of assignment", zh="分配单位"),
    "arms": Text(en="Arms", zh="组别"),
    "zones": Text(en="Zones", zh="试点区"),
    "draws": Text(en="Draws of the assignment", zh="分配抽取"),
    "drawn": Text(
        en="Drawn {at} UTC in {zones} zones; digest {digest}.",
        zh="抽取于 {at}（UTC），{zones} 个试点区；摘要 {digest}。",
    ),
    "analysed": Text(en="Analysed", zh="纳入分析"),
    "left_out": Text(en="Rows left out", zh="未纳入行数"),
    "no_row_left_out": Text(en="No row was left out for a missing value.", zh="没有因缺失值而未纳入的行。"),
    "estimators_said": Text(en="What the estimators warned of", zh="估计过程的提示"),
    "not_checked_yet": Text(en="Not checked:", zh="未检查："),
    "section": Text(en="Section", zh="章节"),
    "standard": Text(en="Items it answers", zh="对应条目"),
    "checklist_note": Text(
        en="Filled by machine from what stands in this report (CONSORT 2025, JARS).",
        zh="由系统按本报告内容自动填写（CONSORT 2025、JARS）。",
    ),
    "state_reported": Text(en="Reported", zh="已报告"),
    "state_partly": Text(en="Reported in part", zh="部分报告"),
    "state_not_reported": Text(en="Not reported", zh="未报告"),
    "colon": Text(en=": ", zh="："),
    "sentence": Text(en="{text}. ", zh="{text}。"),
}

ALL = WORDS | TITLES | LACKS | LABELS | ACCOUNTS | PLAIN


def said(key: str, language: Language, **values: object) -> str:
    """Return a fixed word or phrase of page or document, placeholders filled.

    >>> said("lacks", "zh", what="基线"), said("of", "en", n=1, total=2)
    ('未报告：基线。', '1 of 2')
    """
    return ALL[key].fill(**values).get(language) if values else ALL[key].get(language)
