"""What an estimator declares about itself, and the rule that holds every spec to it.

Belongs here: fields used and needed, variances and options known, refusal by name of anything else. Does not: the methods
(one module each), the list of them (the package).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from data.messages import Refused, Text
from experiments.estimators.options import Option, column, columns, interval, number, shaped
from experiments.messages import refusal
from experiments.result import EstimateResult
from experiments.sample import Sample, spec_columns
from experiments.spec import AnalysisSpec

if TYPE_CHECKING:
    from experiments.estimators.regression import Regression

ALWAYS = frozenset({"id", "estimator", "outcome", "filter", "alpha", "inference", "options", "vcov"})
"""Fields that every method reads; `vcov` and `options` are checked against what the method lists."""

MOST_CLUSTERS = 2
CLUSTERED = ("CR1", "CR2", "CR3")
"""Variances that need clusters."""
CATEGORICAL = "categorical"
"""The option of every method with covariates that lists which numeric columns are categories."""

HINTS: dict[str, Text] = {
    "strata": Text(en=" (put the blocks into fixed_effects)", zh="（可将区组放入 fixed_effects）"),
    "weights": Text(en=" (use ols for weighted means)", zh="（加权均值请用 ols）"),
    "covariates": Text(en=" (use ols to adjust)", zh="（协变量调整请用 ols）"),
    "fixed_effects": Text(en=" (use strata, or ols)", zh="（请用 strata 或 ols）"),
}


SESOI = "sesoi"
"""The option of every method that gives the smallest effect of interest: `estimate` adds the verdict to the diagnostics."""
LEAVE_ONE_OUT, SUBGROUPS = "leave_one_out", "subgroups"
"""Options of every method: the column whose groups are left out in turn, and those along which effects are told apart. Rows
without a value there stay in the analysis."""


def _is_margin(value: Any) -> bool:  # noqa: ANN401 - an option's value can be anything
    if isinstance(value, list):
        return interval().accepts(value) and value[0] < 0 < value[1]
    return number(above=0).accepts(value)


@dataclass(frozen=True)
class Method:
    """One estimator: its name, what it reads from a spec, and the function that does it.

    `needs` holds alternatives: of each group at least one field must be given. `inference` names the ways to p-values and
    intervals that it offers; `partial` the fields and options whose columns may be missing in a row that is used (an outcome that
    only some units have is what bounds and attrition weights are about), `partial_if` for which specs. `rule` refuses what only
    several fields together make wrong. `regression` is the least-squares problem behind the estimate, where there is one: joint
    resampling repeats it.
    """

    name: str
    run: Callable[[AnalysisSpec, Sample, str], EstimateResult]
    uses: frozenset[str]
    needs: tuple[frozenset[str], ...] = ()
    vcov: tuple[str, ...] = ()
    options: dict[str, Option] = field(default_factory=dict)
    inference: tuple[str, ...] = ("analytic",)
    partial: frozenset[str] = frozenset()
    partial_if: Callable[[AnalysisSpec], bool] | None = None
    rule: Callable[[AnalysisSpec], object] | None = None
    regression: Callable[[AnalysisSpec, Sample], Regression] | None = None

    def check(self, spec: AnalysisSpec) -> None:
        """Refuse, by name, whatever in `spec` this method does not support.

        Raises
        ------
        Refused
            An unused or a lacking field, an unknown variance, option or option value, resampling inference.
        """
        self._check_fields(spec)
        self._check_options(spec)
        if spec.vcov is not None and spec.vcov not in self.vcov:
            reason = Text(en="it is not available in this version", zh="本版本尚不支持")
            raise _no_vcov(spec, spec.vcov, reason, ", ".join(self.vcov))
        if spec.inference.method not in self.inference:
            known = ", ".join(self.inference)
            raise refusal("E-SPEC-08", method=spec.inference.method, estimator=self.name, known=known)
        if self.rule is not None:
            self.rule(spec)

    @property
    def known_options(self) -> dict[str, Option]:
        """Return the method's options, and those of every method: the margin, and which numbers of covariates are categories."""
        more = {SESOI: shaped("a number above 0, or two numbers around 0", _is_margin)}
        more |= {LEAVE_ONE_OUT: column(), SUBGROUPS: columns()}
        return self.options | ({CATEGORICAL: columns()} if "covariates" in self.uses else {}) | more

    def columns(self, options: dict[str, Any]) -> tuple[str, ...]:
        """Return the columns that the options name; an option that is not allowed names none."""
        known = self.known_options
        fitting = [(known[name], value) for name, value in options.items() if name in known and name != CATEGORICAL]
        return tuple(name for option, value in fitting if option.accepts(value) for name in option.names(value))

    def may_lack(self, spec: AnalysisSpec) -> frozenset[str]:
        """Return the columns whose missing values do not drop a row."""
        partial = self.partial if self.partial_if is None or self.partial_if(spec) else frozenset()
        fields = {str(getattr(spec, name)) for name in partial & spec.given()}
        options = {name: value for name, value in spec.options.items() if name in partial}
        extras = {name: value for name, value in spec.options.items() if name in (LEAVE_ONE_OUT, SUBGROUPS)}
        rest = {name: value for name, value in spec.options.items() if name not in extras}
        read = spec_columns(spec.model_copy(update={"options": rest}))
        return frozenset(
            fields | (set(self.columns(options)) - {spec.outcome}) | (set(self.columns(extras)) - set(read))
        )

    def _check_fields(self, spec: AnalysisSpec) -> None:
        unused = sorted(spec.given() - self.uses - ALWAYS)
        if unused:
            hints = [HINTS[name] for name in unused if name in HINTS]
            hint, hint_zh = "".join(h.en for h in hints), "".join(h.zh for h in hints)
            raise refusal("E-SPEC-04", estimator=self.name, fields=", ".join(unused), hint=hint, hint_zh=hint_zh)
        lacking = [" / ".join(sorted(group)) for group in self.needs if not group & spec.given()]
        if lacking:
            raise refusal("E-SPEC-05", estimator=self.name, fields=", ".join(lacking))

    def _check_options(self, spec: AnalysisSpec) -> None:
        known = self.known_options
        unknown = sorted(set(spec.options) - set(known))
        if unknown:
            listed = ", ".join(known) or "none"
            raise refusal("E-SPEC-06", estimator=self.name, options=", ".join(unknown), known=listed)
        for name, value in spec.options.items():
            if not known[name].accepts(value):
                allowed = known[name].allowed
                raise refusal("E-SPEC-11", estimator=self.name, option=name, value=value, known=allowed)
        listed = spec.options.get(CATEGORICAL, [])
        parts = {part for name in spec.covariates for part in name.split(":")}
        if not set([listed] if isinstance(listed, str) else listed) <= parts:
            allowed = ", ".join(sorted(parts)) or "none"
            raise refusal("E-SPEC-11", estimator=self.name, option=CATEGORICAL, value=listed, known=allowed)


def check_cluster_vcov(spec: AnalysisSpec, kind: str, known: tuple[str, ...]) -> None:
    """Refuse cluster variances without clusters, clusters without one, and more cluster variables than the variance takes."""
    offered = ", ".join(name for name in known if name in CLUSTERED)
    if kind in CLUSTERED and not spec.cluster:
        robust = ", ".join(name for name in known if name not in CLUSTERED)
        raise _no_vcov(spec, kind, Text(en="no cluster is named", zh="没有指定聚类"), robust)
    if kind not in CLUSTERED and spec.cluster:
        raise _no_vcov(spec, kind, Text(en="the spec names clusters", zh="设定中指定了聚类"), offered)
    if len(spec.cluster) > MOST_CLUSTERS:
        raise _no_vcov(spec, kind, Text(en="more than two cluster variables", zh="聚类变量多于两个"), "CR1")
    if kind != "CR1" and len(spec.cluster) > 1:
        raise _no_vcov(spec, kind, Text(en="it takes one cluster variable", zh="只能有一个聚类变量"), "CR1")
    if kind == "HAC" and spec.time is None:
        raise refusal("E-SPEC-05", estimator=f"{spec.estimator} (HAC)", fields="time")


def _no_vcov(spec: AnalysisSpec, kind: str, reason: Text, known: str) -> Refused:
    return refusal("E-SPEC-07", vcov=kind, estimator=spec.estimator, reason=reason.en, reason_zh=reason.zh, known=known)
