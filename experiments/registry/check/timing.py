"""Dates, waves and time frames: they exist, lie in order, and belong together.

Belongs here: everything that is compared with a calendar. Does not: registration time against data access
(registry.timing: computed, not declared).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

from experiments.registry.check.problem import Case, ProtocolProblem, doubt, error, unknown
from experiments.registry.schema.governance import Wave
from experiments.registry.schema.identification import StudyDate, StudyDates

ORDER = (
    ("study_start", "intervention_start"),
    ("intervention_start", "intervention_end"),
    ("study_start", "primary_completion"),
    ("primary_completion", "study_end"),
    ("intervention_end", "study_end"),
)
EMBARGO_YEARS, RESULTS_DAYS = 4, 366


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def calendar(case: Case) -> Iterator[ProtocolProblem]:
    """Yield days that no calendar has, such as 2026-02-30."""
    for path, text in _days(case):
        if _day(text) is None:
            yield error(path, f"No calendar has the day {text}.", f"日历上没有 {text} 这一天。")


def _days(case: Case) -> Iterator[tuple[str, str]]:
    """Yield every date of the protocol with its path."""

    def walk(path: str, value: object) -> Iterator[tuple[str, str]]:
        if isinstance(value, dict):
            for name, inner in value.items():
                yield from walk(f"{path}.{name}".removeprefix("."), inner)
        elif isinstance(value, (list, tuple)):
            for place, inner in enumerate(value):
                yield from walk(f"{path}.{place}", inner)
        elif isinstance(value, str) and path.rpartition(".")[2] in _DATE_FIELDS:
            yield path, value

    yield from walk("", case.protocol.model_dump(exclude={"model_m", "assignment_spec", "analyses", "robustness"}))


_DATE_FIELDS = frozenset(
    {
        "date",
        "frame_date",
        "start",
        "end",
        "target_date",
        "expires_on",
        "retention_until",
        "embargo_until",
        "results_due",
        "at",
    }
)


def dates(case: Case) -> Iterator[ProtocolProblem]:
    """Yield study dates out of order, anticipated ones in the past, actual ones in the future."""
    found = case.protocol.dates
    if found is None:
        return
    for earlier, later in ORDER:
        first, second = _of(found, earlier), _of(found, later)
        if first and second and first.date > second.date:
            yield error(f"dates.{later}", f"It lies before {earlier}.", f"早于 {earlier}。")
    for name in StudyDates.model_fields:
        item = _of(found, name)
        day = _day(item.date) if item else None
        if item is None or day is None:
            continue
        if item.type == "anticipated" and day < case.today and not case.protocol.simulated:
            yield error(
                f"dates.{name}.date",
                "An anticipated date lies in the past: correct it, or say that it is actual.",
                "预计日期已过：请更正，或注明为实际日期。",
            )
        if item.type == "actual" and day > case.today:
            yield error(f"dates.{name}.type", "An actual date lies in the future.", "实际日期不能在将来。")


def _of(found: StudyDates, name: str) -> StudyDate | None:
    item: StudyDate | None = getattr(found, name)
    return item


def time_frames(case: Case) -> Iterator[ProtocolProblem]:
    """Yield outcomes whose time frame resolves neither to waves of the schedule nor to days."""
    waves = {wave.wave_id for wave in case.protocol.schedule}
    for place, item in enumerate(case.protocol.outcomes):
        path = f"outcomes.{place}.time_frame"
        frame = item.time_frame
        if not frame.waves and frame.days is None:
            yield error(
                path,
                "A note alone cannot be checked: name the waves, or the days since assignment.",
                "仅有文字说明无法核查：请写明轮次，或分组后的天数。",
            )
        yield from unknown(f"{path}.waves", frame.waves, waves)
        if frame.days is not None and frame.days[0] > frame.days[1]:
            yield error(f"{path}.days", "The range ends before it begins.", "范围的终点早于起点。")


def schedule(case: Case) -> Iterator[ProtocolProblem]:
    """Yield waves that are not placed in time, share a place in the order, overlap, or are not as many as planned."""
    waves = case.protocol.schedule
    for place, wave in enumerate(waves):
        if wave.target_date is None and wave.target_offset_days is None:
            yield error(
                f"schedule.{place}.target_date",
                "Say when the wave is due: a date, or days since assignment.",
                "请写明该轮的到期时间：日期，或分组后的天数。",
            )
        if wave.order in [other.order for other in waves[:place]]:
            yield error(f"schedule.{place}.order", "Another wave has this place.", "已有其他轮次占此次序。")
    size = case.protocol.sample_size
    if waves and size is not None and size.waves != len(waves):
        yield error(
            "sample_size.waves",
            f"The schedule has {len(waves)} waves, the sample size {size.waves}.",
            f"轮次安排有 {len(waves)} 轮，样本量为 {size.waves} 轮。",
        )
    yield from _windows(case)


def _windows(case: Case) -> Iterator[ProtocolProblem]:
    ordered = sorted(enumerate(case.protocol.schedule), key=lambda pair: pair[1].order)
    for (_, earlier), (place, later) in pairwise(ordered):
        ends, begins = _edge(earlier, earlier.window_after), _edge(later, -later.window_before)
        if ends is not None and begins is not None and begins <= ends:
            yield doubt(
                f"schedule.{place}",
                f"Its window overlaps that of {earlier.wave_id}.",
                f"其窗口与 {earlier.wave_id} 的窗口重叠。",
            )


def _edge(wave: Wave, days: int) -> date | None:
    day = _day(wave.target_date) if wave.target_date else None
    return None if day is None else day + timedelta(days=days)


def doses(case: Case) -> Iterator[ProtocolProblem]:
    """Yield doses that end before they start, or start outside the study; and arms that receive something at no time."""
    protocol = case.protocol
    for place, dose in enumerate(protocol.dose_schedule):
        if dose.end is not None and dose.end < dose.start:
            yield error(f"dose_schedule.{place}.end", "It ends before it starts.", "结束早于开始。")
        if protocol.dates and not protocol.dates.study_start.date <= dose.start <= protocol.dates.study_end.date:
            yield error(f"dose_schedule.{place}.start", "It starts outside the study.", "开始日期不在研究期内。")
    timed = {dose.arm_id for dose in protocol.dose_schedule}
    for place, arm in enumerate(protocol.arms):
        if timed and arm.type == "experimental" and arm.arm_id not in timed:
            yield error(
                f"arms.{place}",
                f"dose_schedule does not say when {arm.arm_id} receives it.",
                f"dose_schedule 未写明 {arm.arm_id} 何时接受干预。",
            )


def dissemination(case: Case) -> Iterator[ProtocolProblem]:
    """Yield embargoes that last too long, and results that are due too late."""
    plan, found = case.protocol.dissemination, case.protocol.dates
    if plan is None:
        return
    latest = case.today.replace(day=1, year=case.today.year + EMBARGO_YEARS).isoformat()
    if plan.embargo_until is not None and plan.embargo_until[:7] > latest[:7]:
        yield error(
            "dissemination.embargo_until",
            f"An embargo lasts at most {EMBARGO_YEARS} years.",
            f"保密期最长 {EMBARGO_YEARS} 年。",
        )
    done = _day(found.primary_completion.date) if found else None
    due = _day(plan.results_due) if plan.results_due else None
    if done and due and due > done + timedelta(days=RESULTS_DAYS):
        yield error(
            "dissemination.results_due",
            "Results are due within a year of primary completion.",
            "主要收集完成后一年内应公开结果。",
        )
