"""Do the registered analyses respect how units are assigned? Each finding names the field and says what to write.

Belongs here: rules on one analysis beside the declaration of the assignment. Does not: whether either is valid by itself (check,
estimators), which columns a draw has (sealed_columns). Sources: Abadie et al. 2023 (clustering follows the
assignment), Bruhn & McKenzie 2009 (strata), de Chaisemartin & Ramirez-Cuellar 2024 (small blocks), Hussey & Hughes 2007 (wedges).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from data.messages import Text
from experiments.design.assignment import AssignedUnit
from experiments.design.lint_clusters import few_clusters
from experiments.design.mechanisms import USED, passed_over
from experiments.design.sealed_columns import columns_of, key
from experiments.registry.check import ProtocolProblem
from experiments.registry.protocol import Protocol, RegisteredAnalysis
from experiments.registry.schema.design import AssignmentSpec
from experiments.spec import AnalysisSpec

BY_DRAW = frozenset(
    {"simple", "complete", "block", "cluster", "block_cluster", "rerandomised", "stepped_wedge", "factorial"}
)
CLUSTERED = frozenset({"cluster", "block_cluster"})
EXPERIMENTAL = frozenset({"difference_in_means", "lin", "ancova"})
"""Estimators whose only ground is the draw."""
ADJUSTING = frozenset({"ols", "logit", "poisson", "quantile", "gee", "mixed", "cox", "twfe"})
KNOWS_TIME = frozenset({"twfe", "event_study", "group_time", "etwfe", "sun_abraham", "imputation"})
SMALL_BLOCK = 10
"""Below so many clusters a block, absorbed blocks are the clusters (de Chaisemartin & Ramirez-Cuellar 2024)."""
NOT_COLLAPSIBLE = frozenset({"logit", "cox"})
RANDOMISED_METHODS = frozenset({"rct", "cluster_rct", "stepped_wedge", "factorial"})

Found = Iterator[ProtocolProblem]


def design_lint(protocol: Protocol) -> Found:
    """Yield where the protocol's analyses do not follow from its assignment; nothing while it declares none.

    Errors: clusters assigned but not clustered; strata left out of a logit or Cox model; a wedge without time effects; a
    threshold or somebody else's choice analysed as a draw; probabilities that differ without weights. Warnings: strata left out
    where that is merely conservative, small blocks clustered by unit, rerandomisation without its covariates.
    """
    spec = protocol.assignment_spec
    if spec is None:
        return
    yield from _allocation(protocol, spec)
    listed = [(f"analyses.{place}", item) for place, item in enumerate(protocol.analyses)]
    listed += [(f"robustness.{place}", item) for place, item in enumerate(protocol.robustness)]
    for path, analysis in listed:
        if analysis.treatment is not None or analysis.cohort is not None:
            for rule in _RULES:
                yield from rule(protocol, spec, analysis, path)


def _allocation(protocol: Protocol, spec: AssignmentSpec) -> Found:
    for name in passed_over(spec):
        others = ", ".join(USED[name])
        yield _error(
            f"assignment_spec.{name}",
            f"The method {spec.method} does not use it and the draw would be refused. Those that do: {others}.",
            f"方法 {spec.method} 不使用此项，抽取将被拒绝。使用此项的方法：{others}。",
        )
    if protocol.allocation == "randomised" and spec.method == "threshold":
        yield _error("allocation", "A threshold assigns by a rule, not by a draw.", "阈值按规则分配，并非随机抽取。")
    if protocol.allocation in ("non_randomised", "not_applicable") and spec.method in BY_DRAW:
        yield _error(
            "allocation",
            f"assignment_spec draws ({spec.method}): the allocation is randomised.",
            f"assignment_spec 采用随机抽取（{spec.method}）：allocation 应为 randomised。",
        )
    if spec.method == "external" and protocol.allocation != "randomised" and _says_randomised(protocol):
        yield _error(
            "evaluation_method",
            f"Nothing was drawn (external, {protocol.allocation}): it is no {protocol.evaluation_method}.",
            f"并未随机抽取（external，{protocol.allocation}），不能称为 {protocol.evaluation_method}。",
        )


def _says_randomised(protocol: Protocol) -> bool:
    return protocol.evaluation_method in RANDOMISED_METHODS


def is_clustered(protocol: Protocol, spec: AssignmentSpec) -> bool:
    """Return whether several analysed units share one lot: by the method, or because units are assigned in groups."""
    units = {protocol.unit_of_assignment, protocol.unit_of_analysis}
    return spec.method in CLUSTERED or spec.cluster is not None or (None not in units and len(units) > 1)


def _clusters(protocol: Protocol, spec: AssignmentSpec, analysis: RegisteredAnalysis, path: str) -> Found:
    """Clustering is at the level of assignment or coarser (Abadie, Athey, Imbens & Wooldridge 2023)."""
    columns = columns_of(spec)
    if not is_clustered(protocol, spec) or analysis.inference.method == "randomisation":
        return
    given = {key(name, spec) for name in (*analysis.cluster, *random_groups(analysis))}
    if not given & columns.coarse:
        wanted = columns.cluster
        yield _error(
            f"{path}.cluster",
            f"Units are assigned by {wanted}, so standard errors are clustered by it or coarser: cluster: [{wanted!r}].",
            f"单位按 {wanted} 分配，标准误须按其或更粗的层级聚类：cluster: [{wanted!r}]。",
        )


def random_groups(analysis: AnalysisSpec) -> list[str]:
    """Return the groups of a mixed model; none of other methods."""
    random = analysis.options.get("random", []) if analysis.estimator == "mixed" else []
    return [str(item["group"]) for item in random if isinstance(item, dict) and "group" in item]


def _small_blocks(protocol: Protocol, spec: AssignmentSpec, analysis: RegisteredAnalysis, path: str) -> Found:
    """With effects of small blocks absorbed, the block is the cluster: in pairs, clustering by unit errs by √2."""
    columns = columns_of(spec)
    size = clusters_per_block(protocol)
    if not spec.strata or not is_clustered(protocol, spec) or size is None or size >= SMALL_BLOCK:
        return
    given = {key(name, spec) for name in analysis.cluster}
    absorbed = columns.block_key in {key(name, spec) for name in analysis.fixed_effects}
    if absorbed and columns.cluster_key in given and columns.block_key not in given:
        least = 2
        tell = _error if size == least else _doubt
        yield tell(
            f"{path}.cluster",
            f"Blocks hold {size} clusters and their effects are absorbed: cluster by {columns.block}; by {columns.cluster} the "
            "standard errors are too small (in pairs by √2; de Chaisemartin & Ramirez-Cuellar 2024).",
            f"每个区组只有 {size} 个群组且已吸收区组效应：应按 {columns.block} 聚类；按 {columns.cluster} 聚类会低估标准误"
            "（配对时低估 √2 倍；de Chaisemartin 与 Ramirez-Cuellar 2024）。",
        )


def clusters_per_block(protocol: Protocol) -> int | None:
    """Return how many clusters the declared model puts into a block; None where it says nothing."""
    found = protocol.model_m.parameters.get("clusters_per_block") if protocol.model_m else None
    return found if isinstance(found, int) else None


def _strata(_protocol: Protocol, spec: AssignmentSpec, analysis: RegisteredAnalysis, path: str) -> Found:
    """Strata stand in the model.

    With equal probabilities leaving them out is, for linear estimators, on average conservative (Bruhn & McKenzie 2009): a
    warning.
    Logit and Cox then estimate something else (Gail, Wieand & Piantadosi 1984): an error.
    """
    if not spec.strata or spec.method not in BY_DRAW or accounts_for_strata(spec, analysis):
        return
    block = columns_of(spec).block
    if analysis.estimator in NOT_COLLAPSIBLE:
        yield _error(
            f"{path}.fixed_effects",
            f"Units are drawn within {block}, and without it {analysis.estimator} estimates another effect: "
            "put it into the model.",
            f"单位在 {block} 内抽取，{analysis.estimator} 不含它时估计的是另一种效应：请纳入模型。",
        )
        return
    yield _doubt(
        f"{path}.fixed_effects",
        f"Units are drawn within {block}, which the analysis leaves out: its intervals are wider than need be (Bruhn & McKenzie "
        f"2009). Add fixed_effects: [{block!r}].",
        f"单位在 {block} 内抽取，而分析未予考虑：区间会偏宽（Bruhn 与 McKenzie 2009）。请加入 fixed_effects: [{block!r}]。",
    )


def accounts_for_strata(spec: AssignmentSpec, analysis: RegisteredAnalysis) -> bool:
    """Return whether the blocks, or units within them, stand in the model as effects, strata or covariates."""
    columns = columns_of(spec)
    named = (*analysis.fixed_effects, *analysis.covariates, *([analysis.strata] if analysis.strata else []))
    keys = [key(name, spec) for name in named]
    if analysis.estimator in KNOWS_TIME and analysis.unit:
        keys.append(key(analysis.unit, spec))
    fine = {columns.cluster_key, columns.unit_key}
    union = frozenset(part for found in keys for part in found)
    return columns.block_key <= union or any(found in fine for found in keys)


def _time(_protocol: Protocol, spec: AssignmentSpec, analysis: RegisteredAnalysis, path: str) -> Found:
    """In a wedge treatment and calendar time go together by design (Hussey & Hughes 2007)."""
    if spec.method != "stepped_wedge" or analysis.estimator in KNOWS_TIME:
        return
    time = {name for name in (analysis.time, columns_of(spec).period) if name}
    if not time & {*analysis.fixed_effects, *analysis.covariates}:
        named = next(iter(sorted(time)), "time")
        yield _error(
            f"{path}.fixed_effects",
            f"In a stepped wedge more units are treated the later it is: without effects of time the estimate is time's. "
            f"Add {named}.",
            f"阶梯楔形设计中受处理的单位随时间增加：不含时间效应时，估计的是时间的作用。请加入 {named}。",
        )


def _not_a_draw(protocol: Protocol, spec: AssignmentSpec, analysis: RegisteredAnalysis, path: str) -> Found:
    """Refuse to compare, as if drawn, what a rule or somebody else decided."""
    method = analysis.estimator
    if spec.method == "threshold" and method in EXPERIMENTAL | ADJUSTING:
        yield _error(
            f"{path}.estimator",
            f"Units on the two sides of a threshold differ: {method} compares them as if drawn. Use rdd.",
            f"阈值两侧的单位本就不同：{method} 将其当作随机分配。请用 rdd。",
        )
    if spec.method == "external" and protocol.allocation != "randomised" and _naive(analysis):
        yield _error(
            f"{path}.estimator",
            f"Others decided who is treated: {method} compares the groups as if drawn. Use an estimator of a quasi-experiment, "
            "or model the choice (fixed_effects, covariates).",
            f"由他人决定谁接受处理：{method} 将各组当作随机分配进行比较。请用准实验方法，"
            "或对选择建模（fixed_effects、covariates）。",
        )


def _naive(analysis: RegisteredAnalysis) -> bool:
    bare = not analysis.fixed_effects and not analysis.covariates and analysis.estimator != "twfe"
    return analysis.estimator in EXPERIMENTAL or (analysis.estimator in ADJUSTING and bare)


def _criterion(_protocol: Protocol, spec: AssignmentSpec, analysis: RegisteredAnalysis, path: str) -> Found:
    """After rerandomisation plain intervals are too wide (Morgan & Rubin 2012; Li, Ding & Rubin 2018)."""
    if spec.method != "rerandomised" or spec.rerandomisation is None or analysis.inference.method == "randomisation":
        return
    missing = sorted(set(spec.rerandomisation.covariates) - set(analysis.covariates))
    if missing:
        listed = ", ".join(missing)
        yield _doubt(
            f"{path}.covariates",
            f"The draw was repeated until {listed} balanced: adjust for them, or use randomisation inference.",
            f"抽取重复进行直至 {listed} 平衡：请在模型中调整，或使用随机化推断。",
        )
    if len({spec.ratio.get(arm, 1.0) for arm in spec.ratio}) > 1 and analysis.weights is None:
        yield _error(
            f"{path}.weights",
            "With unequal shares rerandomisation gives units different probabilities: weight by assignment_weight.",
            "比例不等时，重随机化使各单位概率不同：请用 assignment_weight 加权。",
        )


def probability_lint(protocol: Protocol, units: Iterable[AssignedUnit]) -> Found:
    """Yield what a finished draw asks of the analyses: blocks or weights where chances differed between units.

    Without either, arms differ by who was more likely to get into them, and so does the estimate.
    """
    spec, listed = protocol.assignment_spec, list(units)
    if spec is None:
        return
    for place, analysis in enumerate(protocol.analyses):
        if ignores_chances(spec, analysis, listed):
            yield _error(
                f"analyses.{place}.weights",
                "Units had different chances of their arms: weight by assignment_weight, or absorb the blocks.",
                "各单位进入某组的概率不同：请用 assignment_weight 加权，或吸收区组效应。",
            )


def ignores_chances(spec: AssignmentSpec, analysis: RegisteredAnalysis, units: Iterable[AssignedUnit]) -> bool:
    """Return whether chances differed between the units of a sealed draw and the analysis neither weights nor absorbs them.

    Absorbing the blocks is enough where chances differ only between blocks.
    """
    if analysis.weights is not None or (analysis.treatment is None and analysis.cohort is None):
        return False
    found: dict[tuple[str, ...], set[float]] = {}
    within = bool(spec.strata) and accounts_for_strata(spec, analysis)
    for unit in units:
        if unit.probability is not None:
            lot = (unit.arm, unit.period, unit.block if within else "")
            found.setdefault(lot, set()).add(round(unit.probability, 9))
    return any(len(chances) > 1 for chances in found.values())


def _error(path: str, en: str, zh: str) -> ProtocolProblem:
    return ProtocolProblem(path, "error", Text(en=en, zh=zh))


def _doubt(path: str, en: str, zh: str) -> ProtocolProblem:
    return ProtocolProblem(path, "warning", Text(en=en, zh=zh))


Rule = Callable[[Protocol, AssignmentSpec, RegisteredAnalysis, str], Found]
_RULES: tuple[Rule, ...] = (_clusters, _small_blocks, _strata, _time, _not_a_draw, _criterion, few_clusters)
