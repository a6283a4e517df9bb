"""Completeness: which fields must be filled from which stage on, at any depth.

Belongs here: the comparison of a document with the declarations' `stage`. Does not: what stands in the fields (the lints).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from data.messages import Text
from experiments.registry.check.problem import ProtocolProblem, error
from experiments.registry.fields import ITEM, Declared, fields, nested_fields
from experiments.registry.schema.meta import STAGES, Stage

NOT_OF_OBSERVATION = frozenset(
    {
        "interventions",
        "dose_schedule",
        "exposure_measure",
        "contamination_risk",
        "assignment_spec",
        "harm_stopping_rule",
    }
)
"""An observational study delivers and assigns nothing: these may stay empty."""

NAMES: dict[Stage, Text] = {
    "D": Text(en="the first draft", zh="首次保存草稿"),
    "S": Text(en="submission", zh="提交"),
    "R": Text(en="registration", zh="登记"),
    "L": Text(en="launch", zh="启动"),
    "A": Text(en="unblinding of the analysis", zh="分析揭盲"),
    "C": Text(en="completion", zh="完成"),
    "P": Text(en="publication", zh="发布"),
}


def required(stage: Stage) -> tuple[Declared, ...]:
    """Return the declarations that must be filled when `stage` is to be reached.

    >>> [item.name for item in required("D")]
    ['schema_version', 'experiment_id', 'version', 'title_brief', 'responsible_party', 'investigators']
    """
    due = STAGES[: STAGES.index(stage) + 1]
    return tuple(item for item in (*fields(), *nested_fields()) if item.facts.stage in due)


def missing(document: Mapping[str, Any], stage: Stage) -> Iterator[ProtocolProblem]:
    """Yield an error for each field that is asked by `stage` and is empty; defaults count as filled."""
    spared = NOT_OF_OBSERVATION if document.get("study_type") == "observational" else frozenset()
    for item in required(stage):
        if item.path in spared:
            continue
        for path in _empty(document, item.path.split("."), item.name):
            yield _missing(path, item)


def _missing(path: str, item: Declared) -> ProtocolProblem:
    label, when = item.facts.label, NAMES[item.facts.stage or "D"]
    return error(
        path,
        f"{label.en}: to be filled before {when.en}. {item.facts.guidance.en}",
        f"{label.zh}：{when.zh}前必须填写。{item.facts.guidance.zh}",
    )


def _empty(value: Any, steps: list[str], name: str, at: str = "") -> Iterator[str]:  # noqa: ANN401
    """Yield the paths below `value` at which the field is empty; a part that is not there lacks nothing."""
    if not steps:
        if value in (None, "", [], (), {}):
            yield at.removeprefix(".")
        return
    step, rest = steps[0], steps[1:]
    if step == ITEM:
        for place, item in enumerate(value if isinstance(value, (list, tuple)) else ()):
            yield from _empty(item, rest, name, f"{at}.{place}")
    elif isinstance(value, Mapping):
        if rest and value.get(step) is None:
            return
        inner = value.get(step, _DEFAULTS.get(name)) if not rest else value[step]
        yield from _empty(inner, rest, name, f"{at}.{step}")


_DEFAULTS = {"schema_version": 2, "version": "0.1"}
