"""One analysis, done: spec + data → result. What `zonelab estimate` and every registered analysis call.

Belongs here: the steps in order. Does not: statistics (estimators), files (frames), experiments (run).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pandas as pd

from data.paths import Workspace
from experiments.curve.declared import load_curve
from experiments.curve.making import curve_of, curve_specs
from experiments.curve.result import CurveResult
from experiments.equivalence import verdict_of
from experiments.estimators import method
from experiments.estimators.method import LEAVE_ONE_OUT, SESOI, SUBGROUPS
from experiments.estimators.onescan.choice import (
    estimate_from_cube,
    estimate_in_one_scan,
    is_answered,
    is_long,
    needs_rows,
    reads,
)
from experiments.estimators.onescan.cube import Cube, joined
from experiments.estimators.onescan.files import Protected, protected, read_cube, write_cube
from experiments.estimators.onescan.products import Products
from experiments.estimators.onescan.products_choice import estimate_from_products, in_products, wanted_by
from experiments.estimators.onescan.products_files import stored
from experiments.estimators.onescan.products_scan import MOST_CELLS, products_of, scan_products, texts_of
from experiments.estimators.onescan.runs import NotInOneScan
from experiments.estimators.onescan.scan import scan, scan_frame
from experiments.frames import file_digest, plain, read_frame, read_head
from experiments.leave_one_out import by_rows, without_each, without_extras
from experiments.lots import COLUMN, Lots
from experiments.messages import refusal
from experiments.result import EstimateResult
from experiments.sample import Sample, draw, spec_columns
from experiments.spec import AnalysisSpec, load_spec
from experiments.subgroups import by_group
from quality.disclosure import MIN_CELL


def estimate(
    spec: AnalysisSpec,
    frame: pd.DataFrame,
    *,
    data_sha256: str,
    lots: Lots | None = None,
    moderators: Sequence[str] = (),
) -> EstimateResult:
    """Return the result of one analysis.

    Parameters
    ----------
    spec
        What to estimate; a field that the estimator does not use is refused.
    frame
        One row per observation; a missing value in any column that the analysis reads drops the row, with a count.
    data_sha256
        Digest of the data, carried into the result.
    lots
        Of the registered lottery; the frame's column `lots.COLUMN` says which is each row's. Randomisation inference then repeats
        it; without them it repeats a draw by the columns that the spec names.
    moderators
        Further columns of groups whose effects are told apart, besides those of the option `subgroups`.

    Returns
    -------
    EstimateResult
        One row per coefficient.

    Raises
    ------
    Refused
        The spec is not supported, names a column that the data lack, or the design cannot be estimated.

    Examples
    --------
    >>> data = pd.DataFrame({"y": [1.0, 2.0, 4.0, 6.0], "treat": [0, 0, 1, 1]})
    >>> spec = AnalysisSpec(estimator="difference_in_means", outcome="y", treatment="treat")
    >>> estimate(spec, data, data_sha256="").estimates[0].estimate
    3.5
    """
    chosen = method(spec.estimator)
    chosen.check(spec)
    read = spec_columns(spec)
    wanted = (*((COLUMN,) if lots is not None else ()), *moderators)
    keep = tuple(name for name in dict.fromkeys(wanted) if name not in read)
    sample = draw(spec, plain(frame), keep, partial=chosen.may_lack(spec) | set(keep))
    result = _judged(spec, chosen.run(spec, replace(sample, lots=lots), data_sha256))
    return _looked_into(spec, sample, result, moderators)


def _looked_into(
    spec: AnalysisSpec, sample: Sample, result: EstimateResult, moderators: Sequence[str]
) -> EstimateResult:
    """Add the estimate without each zone, and effects by group, where they are asked for."""
    chosen, more = method(spec.estimator), {}

    def again(bare: AnalysisSpec, part: Sample) -> EstimateResult:
        return chosen.run(bare, part, "")

    if LEAVE_ONE_OUT in spec.options:
        more[LEAVE_ONE_OUT] = without_each(spec, result, by_rows(spec, sample, again))
    asked = spec.options.get(SUBGROUPS, [])
    columns = [*([asked] if isinstance(asked, str) else asked), *moderators]
    if columns:
        more[SUBGROUPS] = by_group(spec, sample, list(dict.fromkeys(columns)), again)
    return result.model_copy(update={"diagnostics": result.diagnostics | more}) if more else result


def _judged(spec: AnalysisSpec, result: EstimateResult) -> EstimateResult:
    """Add the verdict on the smallest effect of interest, for the treatment's rows (all where none is named)."""
    if SESOI not in spec.options:
        return result
    own = [row for row in result.estimates if row.term == spec.treatment] or list(result.estimates)
    found = {
        row.term if row.group is None else f"{row.term}@{row.group}": verdict_of(row, spec.options[SESOI], spec.alpha)
        for row in own
        if row.std_error > 0
    }
    return result.model_copy(update={"diagnostics": result.diagnostics | {"equivalence": found}})


def estimate_file(spec_path: Path, data_path: Path) -> EstimateResult:
    """Return the result of the spec in a YAML file on a .csv, .parquet, .dta or .sav file.

    A long Parquet file is read once into a small table of moments where that is all that the analysis needs
    (`estimators.onescan`); the numbers are those by rows.

    Raises
    ------
    NotFound
        One of the files does not exist.
    Refused
        As `estimate`, and when a file cannot be read.
    """
    spec = load_spec(spec_path)
    method(spec.estimator).check(spec)
    needs = {LEAVE_ONE_OUT, SUBGROUPS} & set(spec.options)
    if data_path.is_file() and not needs and is_long(spec, data_path):
        with suppress(NotInOneScan):
            return _judged(spec, estimate_in_one_scan(spec, data_path, file_digest(data_path)))
        with suppress(NotInOneScan):
            return _judged(spec, _from_products(spec, data_path))
    return estimate(spec, read_frame(data_path), data_sha256=file_digest(data_path))


def _from_products(spec: AnalysisSpec, data_path: Path) -> EstimateResult:
    """Return a regression with coarse clusters from one scan for their cross-products."""
    if not in_products(spec):
        raise NotInOneScan
    wanted = wanted_by([spec], texts_of(read_head(data_path)))
    return estimate_from_products(spec, scan_products(data_path, wanted), file_digest(data_path))


def estimate_curve(
    spec_path: Path, curve_path: Path, data_path: Path, workspace: Workspace | None = None
) -> CurveResult:
    """Return the registered analysis and its specification curve, from one scan of the file.

    Parameters
    ----------
    workspace
        Where the file is a released table of this workspace: its cross-products are kept, and the next curve of the same
        columns reads them instead of the rows.

    Raises
    ------
    NotFound
        One of the files does not exist.
    Refused
        E-CURVE-01, -02: too many specifications, or none that cross-products answer. As `estimate`.
    """
    spec, declared = load_spec(spec_path), load_curve(curve_path)
    specs = curve_specs(spec, declared)
    result = estimate_file(spec_path, data_path)
    head = read_head(data_path)
    wanted = wanted_by(specs, texts_of(head))

    def make() -> Products:
        try:
            return scan_products(data_path, wanted) if head.empty else products_of(wanted, head)
        except NotInOneScan as error:
            raise refusal("E-CURVE-03", limit=MOST_CELLS) from error

    kept = make() if workspace is None else stored(workspace, file_digest(data_path), wanted, make)
    return CurveResult(result=result, curve=curve_of(specs, declared, kept))


def export_cube(spec_path: Path, data_path: Path, cube_path: Path, *, least: int = MIN_CELL) -> Protected:
    """Write what of a file may leave its zone for a pooled analysis: moments of groups of at least `least` units.

    Raises
    ------
    NotFound
        One of the files does not exist.
    Refused
        E-CUBE-03: the analysis needs rows. E-CUBE-04: every group is too small. As `estimate`.
    """
    spec = load_spec(spec_path)
    method(spec.estimator).check(spec)
    _check_extras(spec)
    if not is_answered(spec):
        raise needs_rows(spec)
    try:
        is_parquet = data_path.suffix.lower() == ".parquet" and data_path.is_file()
        made_by = reads(spec)
        cube = scan(data_path, made_by) if is_parquet else scan_frame(read_frame(data_path), made_by)
    except NotInOneScan as error:
        raise needs_rows(spec) from error
    kept = protected(cube, least)
    if not kept.cube.groups:
        raise refusal("E-CUBE-04", n=kept.groups, least=least)
    write_cube(cube_path, kept.cube, reads(spec))
    return kept


def estimate_cubes(spec_path: Path, cube_paths: Sequence[Path]) -> EstimateResult:
    """Return the result of the spec on the units of several cubes together, as if their rows were in one file.

    No unit may be in two of them. `data_sha256` is of the cubes' digests, in order of the digests.

    Raises
    ------
    Refused
        E-CUBE-01, -02: no cube, or one made by another spec. E-CUBE-03: the analysis needs rows. E-CUBE-06: one comes twice.
    """
    spec = load_spec(spec_path)
    method(spec.estimator).check(spec)
    _check_extras(spec)
    digests = sorted(map(file_digest, cube_paths))
    if len(set(digests)) < len(digests):
        raise refusal("E-CUBE-06", n=len(digests) - len(set(digests)))
    cubes = [read_cube(path, reads(spec)) for path in cube_paths]
    digest = hashlib.sha256("".join(digests).encode()).hexdigest()
    try:
        result = _judged(spec, estimate_from_cube(spec, joined(cubes), digest))
        return _without_each_cluster(spec, joined(cubes), result)
    except NotInOneScan as error:
        raise needs_rows(spec) from error


def _without_each_cluster(spec: AnalysisSpec, cube: Cube, result: EstimateResult) -> EstimateResult:
    """Add the estimate without each zone where zones are the clusters: the groups of a cube know theirs."""
    if LEAVE_ONE_OUT not in spec.options:
        return result
    bare = without_extras(spec)

    def left(name: str) -> Callable[[], EstimateResult]:
        kept = {key: value for key, value in cube.groups.items() if str(key.cluster) != name}

        def run() -> EstimateResult:
            try:
                return estimate_from_cube(bare, Cube(kept, cube.counts), "")
            except NotInOneScan as error:
                raise needs_rows(spec) from error

        return run

    names = sorted({str(key.cluster) for key in cube.groups})
    told = without_each(spec, result, {name: left(name) for name in names})
    return result.model_copy(update={"diagnostics": result.diagnostics | {LEAVE_ONE_OUT: told}})


def _check_extras(spec: AnalysisSpec) -> None:
    """Refuse what a cube does not hold: groups of units, zones that are no clusters."""
    away = spec.options.get(LEAVE_ONE_OUT)
    if SUBGROUPS in spec.options or (away is not None and spec.cluster != (away,)):
        raise needs_rows(spec)
