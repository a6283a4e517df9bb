"""The reporting checklist, filled by machine: items of CONSORT 2025 and of JARS in our own short words, where each is answered.

Belongs here: item → section and what is asked. Does not: judging what a section says.
"""

from __future__ import annotations

from data.messages import Text
from experiments.report.blocks import Column, Paragraph, Row, Section, Table
from experiments.report.sections.source import Source

HEAD = "head"
"""Stands for title, status strip and banners, which every report has."""

ITEMS: tuple[tuple[str, str, Text], ...] = (
    ("1a", HEAD, Text(en="design named in the title block", zh="标题处注明设计")),
    ("1b", "bottom-line", Text(en="structured summary", zh="结构化摘要")),
    ("2", "deviations", Text(en="registration: id, place, time", zh="登记编号、处所与时间")),
    ("3", "versions", Text(en="where plan and analysis plan can be read", zh="方案与分析计划的获取处")),
    ("4", "versions", Text(en="access to data, code, materials", zh="数据、代码与材料的获取")),
    ("5", "ethics", Text(en="funding and conflicts", zh="资助与利益冲突")),
    ("6", "question", Text(en="background and reasons", zh="背景与理由")),
    ("7", "question", Text(en="objectives on benefit and harm", zh="有益与不良影响方面的目标")),
    ("8", "ethics", Text(en="part of participants and the public", zh="参与者与公众的作用")),
    ("9", "design", Text(en="design and allocation ratio", zh="设计与分配比例")),
    ("10", "deviations", Text(en="changes after the start, with reasons", zh="开始后的变更及原因")),
    ("11", "design", Text(en="places of the study", zh="研究地点")),
    ("12", "elsewhere", Text(en="who was eligible", zh="入选标准")),
    ("13", "delivery", Text(en="intervention and comparison, enough to repeat", zh="干预与对照，足以重复")),
    ("14", "summary", Text(en="outcomes as planned, with measures", zh="计划的结果指标及测量")),
    ("15", "harms", Text(en="how harms were defined and looked for", zh="不良影响的定义与考察方式")),
    ("16a", "power", Text(en="how the size was chosen", zh="样本量的确定")),
    ("16b", "harms", Text(en="interim looks and stopping rules", zh="期中分析与停止规则")),
    ("17", "design", Text(en="how the sequence was made", zh="序列的产生")),
    ("18", "design", Text(en="concealment", zh="分配隐藏")),
    ("19", "design", Text(en="who enrolled and who assigned", zh="入组与分配的执行")),
    ("20", "design", Text(en="who was blinded", zh="设盲")),
    ("21a", "results", Text(en="methods for the main outcomes", zh="主要结果的统计方法")),
    ("21b", "flow", Text(en="who is in each analysis", zh="各分析的人群")),
    ("21c", "attrition", Text(en="missing data", zh="缺失数据")),
    ("21d", "heterogeneity", Text(en="further analyses, those of subgroups", zh="其他分析与子群体")),
    ("22a", "flow", Text(en="numbers assigned, treated, analysed", zh="分配、接受与分析人数")),
    ("22b", "flow", Text(en="losses with reasons", zh="失访及原因")),
    ("23a", "design", Text(en="dates of recruitment and follow-up", zh="招募与随访日期")),
    ("23b", "harms", Text(en="whether it was stopped", zh="是否提前停止")),
    ("24a", "delivery", Text(en="what was delivered and used", zh="实际提供与使用情况")),
    ("24b", "delivery", Text(en="what else the arms received", zh="各组同时接受的其他措施")),
    ("25", "baseline", Text(en="baseline by arm", zh="各组基线")),
    ("26", "results", Text(en="numbers, effects, intervals", zh="人数、效应与区间")),
    ("27", "harms", Text(en="harms by arm", zh="各组不良影响")),
    ("28", "exploratory", Text(en="other analyses, marked as such", zh="其他分析及其标注")),
    ("29", "elsewhere", Text(en="reading of results, benefits and harms", zh="结果解读")),
    ("30", "cautions", Text(en="limits: bias, imprecision, many tests", zh="局限：偏倚、不精确与多重检验")),
    ("JARS", "flow", Text(en="flow of clusters as well as people", zh="聚类与人员的流程")),
    ("JARS", "attrition", Text(en="attrition by arm and what was done", zh="各组失访及处理")),
    ("JARS", "certainty", Text(en="threats to validity weighed", zh="对效度威胁的权衡")),
    ("JARS", "delivery", Text(en="changes of context during the study", zh="研究期间背景变化")),
)
"""(number, key of the section, our words). Numbers without a prefix are CONSORT 2025's."""


def checklist(source: Source, sections: tuple[Section, ...]) -> Section:
    """Return each item with the section that answers it, and whether that stands there whole, in part, or not at all."""
    places = {part.key: (n, part) for n, part in enumerate(sections, start=1)}
    columns = (
        Column(source.say("item"), width=1.1),
        Column(source.say("asks"), width=2.6),
        Column(source.say("answered"), width=2.2),
        Column(source.say("state"), width=1.2),
    )
    rows = tuple(_row(source, item, places) for item in ITEMS)
    note = Paragraph(source.say("checklist_note"), "note")
    title = source.say("checklist_title")
    return Section("checklist", title, (note, Table(title, columns, rows)))


def _row(source: Source, item: tuple[str, str, Text], places: dict[str, tuple[int, Section]]) -> Row:
    number, key, asks = item
    name = number if number == "JARS" else f"CONSORT {number}"
    if key == HEAD:
        return Row((name, asks.get(source.language), source.say("status"), source.say("state_reported")))
    n, part = places[key]
    return Row((name, asks.get(source.language), f"{n} {part.title}", source.say(f"state_{part.state}")))
