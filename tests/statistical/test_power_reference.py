"""Power by formula against other people's numbers.

R 4.2.2 with pwr 1.3.0 and swCRTdesign 4.0; documented results of clusterPower 0.7.0 (its Rd files). Facts, copied with source;
where the shared targets file is at hand, they are read from there as well.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from data.settings import REPOSITORY
from experiments.design.power import (
    Correlations,
    cluster_means,
    cluster_over_time,
    cluster_proportions,
    needed,
    stepped_wedge,
    stepped_wedge_by_effect,
    stepped_wedge_design,
    stepped_wedge_variance,
    two_means,
    two_proportions,
)

UNIROOT = 1.3e-4
"""R's uniroot stops within .Machine$double.eps^0.25 = 1.22e-4 of the root: documented cluster numbers are good to that."""
TARGETS = REPOSITORY.parent / "shared" / "replication" / "targets.json"


def wedge(sequences: list[int], *, cell: float, tau: float, effect: float) -> float:
    return stepped_wedge(effect, stepped_wedge_variance(stepped_wedge_design(sequences), cell=cell, cluster=tau**2))


COMPUTED = {
    "t_n_d0.2_p80": (393.405696021649, lambda: needed(lambda n: two_means(0.2, n), low=2)),
    "t_power_n100_d0.3": (0.560059253580899, lambda: two_means(0.3, 100)),
    "mde_n500": (0.177357546101092, lambda: needed(lambda d: two_means(d, 500), low=1e-9)),
    "prop_n": (387.167746154314, lambda: needed(lambda n: two_proportions(0.5, 0.6, n), low=2)),
    "cpa_normal_power_doc": (0.801766, lambda: cluster_means(1.0, 16, 10, 0.1, sd=5**0.5)),
    "sw_ex1": (
        0.786189592502726,
        lambda: wedge([6, 6, 6, 6], cell=0.0425 * 0.9575 / 120, tau=0.01, effect=0.015),
    ),
    "sw_gauss": (0.942286368666738, lambda: wedge([4, 3, 5, 4], cell=1 / 50, tau=0.2236068, effect=0.2)),
    "sw_zones11": (0.815555491697334, lambda: wedge([3, 3, 3, 2], cell=1 / 200, tau=0.2236068, effect=0.1)),
}

ROOTS = {
    "cpa_sw_normal_doc": (
        1.288772,
        lambda k: stepped_wedge_by_effect(1.5, k, 50, 5, Correlations(0.2, 0.8, 0.0), sd=4.0),
    ),
    "cpa_did_normal_doc": (4.683358, lambda k: cluster_over_time(0.5, k, 100, Correlations(0.05, 0.5, 0.7))),
}


@pytest.mark.parametrize("name", COMPUTED)
def test_computed_number(name: str) -> None:
    published, ours = COMPUTED[name]
    assert ours() == pytest.approx(published, rel=1e-5)


@pytest.mark.parametrize("name", ROOTS)
def test_documented_number_of_clusters(name: str) -> None:
    published, power = ROOTS[name]
    assert needed(power, low=1.001) == pytest.approx(published, abs=UNIROOT)


def test_binary_outcome_needs_more_than_37_clusters() -> None:
    assert needed(lambda k: cluster_proportions(0.1, 0.2, k, 10, 0.1), low=1.01) > 37


def test_targets_file_says_the_same() -> None:
    entry = _shared_entry(TARGETS)
    if entry is None:
        pytest.skip("the shared targets file is not here")
    for name, (published, _) in {**COMPUTED, **ROOTS}.items():
        stated = entry["numbers"][name]
        value = next(item for key, item in stated.items() if key != "args") if isinstance(stated, dict) else stated
        assert value == published


def _shared_entry(path: Path) -> dict | None:
    if not path.is_file():
        return None
    content = json.loads(path.read_text(encoding="utf-8"))
    entries = content["targets"] if isinstance(content, dict) and "targets" in content else content
    listed = entries.values() if isinstance(entries, dict) else entries
    return next((item for item in listed if isinstance(item, dict) and item.get("id") == "power_reference"), None)


def test_closed_form_of_hussey_and_hughes() -> None:
    """Their formula (8): Iσ²(σ² + Tτ²) / ((IU − W)σ² + (U² + ITU − TW − IV)τ²) with σ² of a cell mean."""
    design = stepped_wedge_design([4, 3, 5, 4])
    clusters, times = design.shape
    cell, between = 1 / 50, 0.05
    u, w, v = design.sum(), (design.sum(axis=0) ** 2).sum(), (design.sum(axis=1) ** 2).sum()
    below = (clusters * u - w) * cell + (u**2 + clusters * times * u - times * w - clusters * v) * between
    closed = clusters * cell * (cell + times * between) / below
    assert stepped_wedge_variance(design, cell=cell, cluster=between) == pytest.approx(closed, rel=1e-12)
