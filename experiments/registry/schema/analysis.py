"""Section 3.6 of the registry's model: the analyses, and what is attached to them.

Belongs here: registered analyses, robustness, moderators, code. Does not: the spec itself (experiments.spec), diagnosis (design).
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from experiments.curve.declared import CurveSpec
from experiments.registry.schema.meta import Identifier, Parameters, Part, Words
from experiments.spec import AnalysisSpec

MissingData = Literal["complete_case", "ipw", "bounds_lee", "bounds_manski"]


class RegisteredAnalysis(AnalysisSpec):
    """An analysis spec, the released table that it reads, and the hypotheses that it answers (none: exploratory).

    `specification_curve`: the defensible choices under which the same question is asked again, all of them together.
    """

    LATER: ClassVar[frozenset[str]] = frozenset({"specification_curve"})
    """Fields that stand in no text (and bear on no hash) while they say nothing."""

    id: Identifier
    dataset: str
    options: Parameters = Field(default_factory=dict)
    hypothesis_ids: tuple[Identifier, ...] = ()
    missing_data: MissingData = "complete_case"
    decision_rule: Words | None = None
    parent_analysis_id: Identifier | None = None
    what_varies: Words | None = None
    specification_curve: CurveSpec | None = None

    @model_serializer(mode="wrap")
    def _without_idle(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out what says nothing: analyses registered before the field was there keep their text and its hash."""
        found: dict[str, Any] = handler(self)
        return {name: value for name, value in found.items() if name not in self.LATER or value is not None}

    def spec(self) -> AnalysisSpec:
        """Return the bare spec, whose digest is that of the same spec given to `zonelab estimate`."""
        fields = self.model_fields_set & AnalysisSpec.model_fields.keys()
        return AnalysisSpec.model_validate({name: getattr(self, name) for name in fields})


class Moderator(Part):
    """A variable along which effects may differ; only one measured before treatment can be one."""

    variable: str
    measured_pre_treatment: Literal[True]
    hypothesis_ids: tuple[Identifier, ...] = ()


class CodeRef(Part):
    """Code of the study that is not the platform's."""

    repo: str
    commit: str
    path: str = ""
    entry: str = ""
