"""The generators: one model a module, and how a protocol's model becomes a world to draw from.

Belongs here: dispatch, and the assignment that is assumed where a draft has none yet. Does not: a model's own rules (its module).
"""

from __future__ import annotations

from experiments.design.generators.clustered import PanelWorld
from experiments.design.generators.layout import Layout
from experiments.design.generators.series import SeriesWorld
from experiments.design.generators.staggered import StaggeredWorld
from experiments.design.generators.world import World
from experiments.design.models import read_model
from experiments.design.models.clustered import ClusteredPanel
from experiments.design.models.staggered import StaggeredPanel
from experiments.messages import refusal
from experiments.registry.protocol import Protocol
from experiments.registry.schema.design import AssignmentSpec

NOT_DRAWN = frozenset({"external", "threshold"})
"""Methods by which chance does not decide."""


def world_of(protocol: Protocol) -> World:
    """Return the protocol's declared model, ready to draw.

    Raises
    ------
    Refused
        No model, an unknown generator, parameters out of bounds, or an assignment that the generator cannot carry.
    """
    if protocol.model_m is None:
        raise refusal("E-DIAG-03")
    model = read_model(protocol.model_m)
    zones = model.zones or tuple(item.zone_id for item in protocol.zones)
    spec = protocol.assignment_spec
    if isinstance(model, ClusteredPanel):
        chosen = mechanism_of(model, spec)
        layout = Layout(model, zones, tuple(arm.arm_id for arm in protocol.arms), chosen)
        _check_arms(layout, {arm for item in protocol.inquiries for arm in (item.contrast.arm_a, item.contrast.arm_b)})
        return PanelWorld(model, layout, _extras(model, chosen))
    if isinstance(model, StaggeredPanel):
        stepped = spec is not None and spec.method == "stepped_wedge"
        _check_own(spec, ("stepped_wedge", "external"))
        return StaggeredWorld(model, zones, assigns=stepped)
    _check_own(spec, ("external",))
    return SeriesWorld(model, zones)


def mechanism_of(model: ClusteredPanel, spec: AssignmentSpec | None) -> AssignmentSpec:
    """Return by which mechanism a panel's treatment is drawn: the declared one, or an assumed one.

    A draft that declares none, and a design in which others decide, are diagnosed as if clusters (or units) had been drawn at
    random within blocks: bias by selection is no part of the model.
    """
    if spec is not None and spec.method not in NOT_DRAWN:
        known = set(_known(model))  # a balance table's other columns do not decide the draw
        balance = tuple(name for name in spec.balance_covariates if name in known)
        return spec.model_copy(update={"balance_covariates": balance})
    names = model.columns
    strata = (names.zone, names.block) if names.block else (names.zone,)
    return AssignmentSpec(method="block", unit_id=names.cluster or names.unit, zone_column=names.zone, strata=strata)


def _extras(model: ClusteredPanel, spec: AssignmentSpec) -> tuple[str, ...]:
    """Return the columns by which the draw is balanced, which the model gives before treatment."""
    wanted = (*spec.balance_covariates, *(spec.rerandomisation.covariates if spec.rerandomisation else ()))
    known = set(_known(model))
    return tuple(name for name in dict.fromkeys(wanted) if name in known)


def _known(model: ClusteredPanel) -> tuple[str, ...]:
    """Return the columns that a model can give before treatment."""
    return (*model.moderators, *model.outcomes, *model.baselines)


def _check_arms(layout: Layout, compared: set[str]) -> None:
    """Refuse a model or contrast that names an arm which nobody can be in: it would be passed over."""
    strange = sorted(name for name in layout.named | compared if not layout.can_be(name))
    if strange:
        names, known = ", ".join(strange), " | ".join(", ".join(levels) for levels in layout.factors)
        raise refusal(
            "E-DIAG-06",
            reason=f"nobody can be in {names}. Arms, by factor: {known}; a combination takes one of each.",
            reason_zh=f"没有单位能处于 {names}。各因素的组：{known}；组合须每个因素各取其一。",
        )


def _check_own(spec: AssignmentSpec | None, allowed: tuple[str, ...]) -> None:
    if spec is not None and spec.method not in allowed:
        names = " / ".join(allowed)
        raise refusal(
            "E-DIAG-06",
            reason=f"this generator goes with the method {names}, not {spec.method}.",
            reason_zh=f"此生成器对应的分配方式为 {names}，而不是 {spec.method}。",
        )
