"""R7: designs that tell of single people are refused, designs as studies run them pass; what of a model is released."""

import numpy as np
import pytest

from quality.disclosure.gate import decide
from quality.disclosure.outputs import About, Model
from tests.disclosure.models import ATTACKS, LEGITIMATE, attacks, legitimate

ABOUT = About("effect", "panel")
ESTIMATES = {"treat": {"estimate": 0.512345, "n_obs": 203.0}}


def model(design, **more):
    return Model(ABOUT, design, more.pop("estimates", ESTIMATES), **more)


@pytest.mark.integration
def test_every_attack_is_refused():
    found = attacks()
    assert len(found) == ATTACKS
    assert [name for name, design in found if decide(model(design)).verdict.rule != "R7"] == []


@pytest.mark.integration
def test_every_legitimate_design_passes():
    found = legitimate()
    assert len(found) == LEGITIMATE
    assert [decide(model(design)).verdict.reason.en for design in found if decide(model(design)).released is None] == []


def test_few_figures_and_rounded_counts():
    assert list(decide(model(legitimate()[0])).released.values.values()) == [0.5123, 205]


@pytest.mark.parametrize("part", ["residuals", "fitted", "influence", "random_effects", "something new"])
def test_parts_that_are_never_released(part):
    assert decide(model(legitimate()[0], parts=("estimates", part))).verdict.evidence["why"] == "part"


def test_other_refusals():
    pseudonym = "k1:" + "A" * 32
    assert decide(model(legitimate()[0], covariance_terms=51)).released is None
    assert decide(model(legitimate()[0], estimates={f"C(pid)[{pseudonym}]": {"estimate": 1.0}})).released is None
    assert decide(model(legitimate()[2], estimates={"person_id[0107]": {"estimate": 1.0}})).released is None


def test_a_design_that_is_none_is_refused():
    for design in (None, {}, np.zeros(3)):
        assert decide(model(design)).released is None
