"""What the codes in the ledger's events mean, in both languages: reasons, sides, votes, classes, labels, states, zones.

Belongs here: code → words. Does not: the sentence of an event (history), words of a protocol's own codes (vocabulary).
"""

from __future__ import annotations

from data.messages import Text
from data.reference import zones
from experiments.registry.machines import OPERATIONAL

REASONS: dict[str, Text] = {
    "unforeseen_event": Text(en="an unforeseen event", zh="未预见的事件"),
    "error_in_registration": Text(en="an error in the registration", zh="注册内容有误"),
    "missing_information": Text(en="missing information", zh="信息缺失"),
    "untested_assumption_violated": Text(en="an untested assumption does not hold", zh="未经检验的前提不成立"),
    "auxiliary_hypothesis_falsified": Text(en="an auxiliary hypothesis is falsified", zh="辅助假设被证伪"),
    "policy_change": Text(en="a change of policy", zh="政策变化"),
    "ai_system_changed": Text(en="the AI system changed", zh="人工智能系统变化"),
    "zone_added": Text(en="a zone was added", zh="新增试点区"),
    "zone_dropped": Text(en="a zone was dropped", zh="减少试点区"),
    "ethics_request": Text(en="asked for by the ethics committee", zh="伦理委员会要求"),
    "funding": Text(en="funding", zh="经费"),
    "administrative": Text(en="administrative", zh="行政原因"),
}
"""Why a plan was amended."""

_WORDS: dict[str, dict[str, Text]] = {
    "reason_code": REASONS,
    "side": {"methods": Text(en="methods", zh="方法"), "ethics": Text(en="ethics", zh="伦理")},
    "vote": {
        "approve": Text(en="approve", zh="批准"),
        "changes": Text(en="ask for changes", zh="要求修改"),
        "reject": Text(en="reject", zh="否决"),
    },
    "class": {
        "major": Text(en="major", zh="重大"),
        "minor": Text(en="minor", zh="轻微"),
        "locked": Text(en="locked", zh="已锁定"),
        "operational": Text(en="operational", zh="运行"),
    },
    "label": {
        "confirmatory": Text(en="confirmatory", zh="确证性"),
        "deviated": Text(en="deviated from the plan", zh="偏离方案"),
        "exploratory": Text(en="exploratory", zh="探索性"),
    },
}


def said_of(name: str, code: object) -> Text:
    """Return what a code means that stands under a name in an event's detail; the code itself where it is no code.

    >>> said_of("side", "ethics").zh, said_of("zone_id", "deqing").en, said_of("from", "recruiting").en, said_of("to", "1.1").en
    ('伦理', 'Deqing County', 'recruiting', '1.1')
    """
    text = str(code)
    if name == "zone_id":
        return zone_name(text)
    known = OPERATIONAL.states if name in ("from", "to") else _WORDS.get(name, {})
    return known.get(text) or Text(en=text, zh=text)


def zone_name(zone_id: str) -> Text:
    """Return what a pilot zone is called; its id where the platform does not know it."""
    known = zones().get(zone_id)
    return known.name if known is not None else Text(en=zone_id, zh=zone_id)
