"""Triggers on units: how many, in which arm, whether eligible, and when they were measured.

Belongs here: sampling, assignment, exclusion, timing. Does not: what was delivered (conduct), how it was analysed (reporting).
"""

from __future__ import annotations

from collections.abc import Iterator

from data.messages import Text
from experiments.registry.deviations.model import Deviation, Done, NotChecked

LEAST = 0.9
"""Share of the planned number per arm below which the sample deviates (registry model, section 5)."""


def arm_short(done: Done) -> Iterator[Deviation]:
    """Yield an arm with fewer than 90 % of its planned units."""
    planned = done.protocol.sample_size.per_arm if done.protocol.sample_size else {}
    if not planned:
        raise NotChecked("The plan names no number per arm.", "方案未写明各组人数。")
    if done.units_by_arm is None:
        raise NotChecked("The released table does not tell the arms of units.", "发布的数据表中无法区分单位所属组别。")
    for arm, wanted in sorted(planned.items()):
        found = done.units_by_arm.get(arm, 0)
        if found < LEAST * wanted:
            yield Deviation(
                f"arm_short.{arm}",
                "arm_short",
                "sampling",
                Text(en=f"{wanted} units in arm {arm}", zh=f"{arm} 组 {wanted} 个单位"),
                Text(en=f"{found} ({found / wanted:.0%} of the plan)", zh=f"{found} 个（计划的 {found / wanted:.0%}）"),
                wanted - found,
            )


def outside_window(done: Done) -> Iterator[Deviation]:
    """Yield a wave of a zone with rows observed outside its registered window."""
    if not any(wave.target_date for wave in done.protocol.schedule):
        raise NotChecked("The schedule names no target date.", "调查日程未写明目标日期。")
    if done.collected is None:
        raise NotChecked("No source has a wave and a day of observation.", "没有同时记录轮次和观测日期的数据来源。")
    windows = {wave.wave_id: wave for wave in done.protocol.schedule if wave.target_date}
    for item in done.collected:
        wave = windows.get(item.wave)
        if wave is None or not item.outside:
            continue
        span = f"−{wave.window_before} / +{wave.window_after}"
        yield Deviation(
            f"outside_window.{item.zone}.{item.wave}",
            "outside_window",
            "timing",
            Text(
                en=f"{item.wave} in {item.zone}: {wave.target_date} ({span} days)",
                zh=f"{item.zone} 的 {item.wave}：{wave.target_date}（{span} 天）",
            ),
            Text(
                en=f"{item.outside} of {item.rows} rows outside; observed from {item.first} to {item.last}",
                zh=f"{item.rows} 行中 {item.outside} 行在窗口之外；观测自 {item.first} 至 {item.last}",
            ),
            item.outside,
        )


def assignment_differs(done: Done) -> Iterator[Deviation]:
    """Yield one deviation when units came back in another arm than the committed draw gave them, or were never drawn."""
    if done.protocol.allocation != "randomised":
        return
    if done.committed is None:
        raise NotChecked("No assignment was committed in the registry.", "登记处没有已承诺的分组。")
    if done.received is None:
        raise NotChecked("No released table holds the assignment.", "发布的数据表中没有分组信息。")
    moved = sum(done.committed.get(unit, arm) != arm for unit, arm in done.received.items())
    strange = sum(unit not in done.committed for unit in done.received)
    if moved or strange:
        yield Deviation(
            "assignment_differs",
            "assignment_differs",
            "assignment",
            Text(
                en=f"The committed draw of {len(done.committed)} units",
                zh=f"已承诺的 {len(done.committed)} 个单位的分组",
            ),
            Text(
                en=f"{moved} units in another arm, {strange} units that were not drawn",
                zh=f"{moved} 个单位组别不符，{strange} 个单位不在分组名单中",
            ),
            moved + strange,
        )


def ineligible(done: Done) -> Iterator[Deviation]:
    """Yield a criterion that enrolled units do not meet; tell the ones that could not be evaluated."""
    criteria = [item for item in done.protocol.eligibility if item.expr]
    if not criteria:
        raise NotChecked("No criterion is an expression that a machine can evaluate.", "没有可由机器判断的入选标准。")
    if done.ineligible is None:
        raise NotChecked(
            "No released table holds the variables of the criteria.", "发布的数据表中没有入选标准所需变量。"
        )
    for item in criteria:
        count = done.ineligible.get(item.id)
        if count:
            yield Deviation(
                f"ineligible.{item.id}",
                "ineligible",
                "exclusion",
                Text(en=f"{item.kind}: {item.text.get('en')}", zh=f"{item.kind}：{item.text.get('zh')}"),
                Text(en=f"{count} units enrolled against it", zh=f"{count} 个单位不符仍被纳入"),
                count,
            )
    blind = sorted(item.id for item in criteria if done.ineligible.get(item.id) is None)
    if blind:
        names = ", ".join(blind)
        raise NotChecked(
            f"Not in the released tables: the variables of {names}.", f"发布的数据表中没有 {names} 的变量。"
        )
