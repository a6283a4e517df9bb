"""The page in plain language and the locked sentences by certainty, in both languages.

Belongs here: sentences for readers without statistics; what probably, may and very uncertain mean. Does not: which applies
(sentences, sections.plain), sentences with intervals and their unrated form (wording).
"""

from __future__ import annotations

from data.messages import Text

BY_CERTAINTY: dict[tuple[str, str], Text] = {
    ("high", "higher"): Text(
        en="{arm} increased {outcome} by {size} {unit} ({level}% interval {low} to {high}; {population}).",
        zh="{arm}使{outcome}增加 {size} {unit}（{level}% 区间 {low} 至 {high}；{population}）。",
    ),
    ("high", "lower"): Text(
        en="{arm} reduced {outcome} by {size} {unit} ({level}% interval {low} to {high}; {population}).",
        zh="{arm}使{outcome}减少 {size} {unit}（{level}% 区间 {low} 至 {high}；{population}）。",
    ),
    ("high", "little"): Text(
        en="{arm} made little or no difference to {outcome}: {estimate} {unit} ({level}% interval {low} to {high}, within "
        "±{sesoi}; {population}).",
        zh="{arm}对{outcome}几乎没有影响：{estimate} {unit}（{level}% 区间 {low} 至 {high}，在 ±{sesoi} 之内；"
        "{population}）。",
    ),
    ("moderate", "higher"): Text(
        en="{arm} probably increased {outcome} by {size} {unit} ({level}% interval {low} to {high}; {population}).",
        zh="{arm}很可能使{outcome}增加 {size} {unit}（{level}% 区间 {low} 至 {high}；{population}）。",
    ),
    ("moderate", "lower"): Text(
        en="{arm} probably reduced {outcome} by {size} {unit} ({level}% interval {low} to {high}; {population}).",
        zh="{arm}很可能使{outcome}减少 {size} {unit}（{level}% 区间 {low} 至 {high}；{population}）。",
    ),
    ("moderate", "little"): Text(
        en="{arm} probably made little or no difference to {outcome}: {estimate} {unit} ({level}% interval {low} to "
        "{high}, within "
        "±{sesoi}; {population}).",
        zh="{arm}很可能对{outcome}几乎没有影响：{estimate} {unit}（{level}% 区间 {low} 至 {high}，在 ±{sesoi} 之内；"
        "{population}）。",
    ),
    ("low", "higher"): Text(
        en="{arm} may have increased {outcome} by {size} {unit} ({level}% interval {low} to {high}; {population}).",
        zh="{arm}可能使{outcome}增加 {size} {unit}（{level}% 区间 {low} 至 {high}；{population}）。",
    ),
    ("low", "lower"): Text(
        en="{arm} may have reduced {outcome} by {size} {unit} ({level}% interval {low} to {high}; {population}).",
        zh="{arm}可能使{outcome}减少 {size} {unit}（{level}% 区间 {low} 至 {high}；{population}）。",
    ),
    ("low", "little"): Text(
        en="{arm} may have made little or no difference to {outcome}: {estimate} {unit} ({level}% interval {low} to "
        "{high}, within "
        "±{sesoi}; {population}).",
        zh="{arm}可能对{outcome}几乎没有影响：{estimate} {unit}（{level}% 区间 {low} 至 {high}，在 ±{sesoi} 之内；"
        "{population}）。",
    ),
}
VERY_UNCERTAIN = Text(
    en="It is very uncertain whether {arm_inner} changed {outcome}: {estimate} {unit} ({level}% interval {low} to {high}; "
    "{population}).",
    zh="很不确定{arm}是否改变了{outcome}：{estimate} {unit}（{level}% 区间 {low} 至 {high}；{population}）。",
)

PLAIN_SENTENCES: dict[tuple[str, str], Text] = {
    ("high", "higher"): Text(
        en="{arm} raised {outcome} by about {size} {unit} ({population}).",
        zh="{arm}使{outcome}增加约 {size} {unit}（{population}）。",
    ),
    ("high", "lower"): Text(
        en="{arm} cut {outcome} by about {size} {unit} ({population}).",
        zh="{arm}使{outcome}减少约 {size} {unit}（{population}）。",
    ),
    ("high", "little"): Text(
        en="{arm} hardly changed {outcome} ({population}).", zh="{arm}几乎没有改变{outcome}（{population}）。"
    ),
    ("moderate", "higher"): Text(
        en="{arm} probably raised {outcome} by about {size} {unit} ({population}).",
        zh="{arm}很可能使{outcome}增加约 {size} {unit}（{population}）。",
    ),
    ("moderate", "lower"): Text(
        en="{arm} probably cut {outcome} by about {size} {unit} ({population}).",
        zh="{arm}很可能使{outcome}减少约 {size} {unit}（{population}）。",
    ),
    ("moderate", "little"): Text(
        en="{arm} probably hardly changed {outcome} ({population}).",
        zh="{arm}很可能几乎没有改变{outcome}（{population}）。",
    ),
    ("low", "higher"): Text(
        en="{arm} may have raised {outcome} by about {size} {unit} ({population}).",
        zh="{arm}可能使{outcome}增加约 {size} {unit}（{population}）。",
    ),
    ("low", "lower"): Text(
        en="{arm} may have cut {outcome} by about {size} {unit} ({population}).",
        zh="{arm}可能使{outcome}减少约 {size} {unit}（{population}）。",
    ),
    ("low", "little"): Text(
        en="{arm} may hardly have changed {outcome} ({population}).",
        zh="{arm}可能几乎没有改变{outcome}（{population}）。",
    ),
}
PLAIN_UNCERTAIN = Text(
    en="We cannot tell whether {arm_inner} changed {outcome} ({population}).",
    zh="无法判断{arm}是否改变了{outcome}（{population}）。",
)

PLAIN: dict[str, Text] = {
    "plain_asked": Text(en="What was asked", zh="研究了什么"),
    "plain_study": Text(
        en="This study compared {arms} in {zones} pilot zones. {how}", zh="本研究在 {zones} 个试点区比较{arms}。{how}"
    ),
    "plain_random": Text(
        en="Chance decided who got which, so that the groups were alike.", zh="由抽签决定谁接受哪一种，使各组相近。"
    ),
    "plain_not_random": Text(
        en="Chance did not decide who got which, so the groups may have differed for other reasons too.",
        zh="谁接受哪一种并非抽签决定，各组可能还有其他差别。",
    ),
    "plain_size": Text(en="It followed {units} {what}.", zh="共跟踪{what} {units} 个。"),
    "plain_person": Text(en="people", zh="人员"),
    "plain_organisation": Text(en="organisations", zh="组织"),
    "plain_nobody": Text(en="places", zh="地点"),
    "plain_found": Text(en="What was found", zh="发现了什么"),
    "plain_more": Text(en="{n} more results stand in the section on results.", zh="另有 {n} 项结果见“结果”一节。"),
    "plain_nothing": Text(en="There is no result to report yet.", zh="目前没有可报告的结果。"),
    "plain_harm": Text(en="Possible harm", zh="可能的不良影响"),
    "plain_sure": Text(en="How sure are we?", zh="有多大把握？"),
    "plain_words": Text(
        en="'Probably' means that further study may change the size but hardly the direction. 'May' means that it may "
        "well change "
        "both. 'Cannot tell' does not mean that nothing changed.",
        zh="“很可能”表示后续研究可能改变大小，但不太会改变方向；“可能”表示两者都可能改变；“无法判断”不等于没有影响。",
    ),
    "plain_level": Text(
        en="Certainty was proposed by machine and no reviewer has confirmed it.",
        zh="确定性由系统提出，尚无评审人确认。",
    ),
    "plain_rated": Text(en="Certainty was rated by reviewers.", zh="确定性由评审人评定。"),
    "plain_limit": Text(en="What this does not tell", zh="不能说明什么"),
    "plain_elsewhere": Text(
        en="The results are for these zones and this time. Elsewhere, or with another version of the system, they may "
        "differ.",
        zh="结果只针对这些试点区和这段时间；换一个地方或换一个系统版本，结果可能不同。",
    ),
    "plain_simulated": Text(en="The data are simulated: nothing here was measured.", zh="数据为模拟：内容均非实测。"),
}
