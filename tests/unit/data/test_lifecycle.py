"""The engine on a machine of its own: answers, contradictions, diagram, matrix."""

import pytest

from data.lifecycle import ABSENT, Machine, candidates, decide, matrix, mermaid, move
from data.messages import NotPermitted, Refused, Text

X = Text(en="lamp", zh="灯")
STATES = {"off": Text(en="off", zh="关"), "on": Text(en="on", zh="开"), "broken": Text(en="broken", zh="坏")}


def lamp(*more, states=STATES, initial="off", terminal=("broken",)):
    table = (
        move("hang", ABSENT, "off", "operator", "", "Hang", "挂"),
        move("light", "off", "on", "operator administrator", "has_power", "Light", "点亮"),
        move("dust", "off on", "", "viewer", "", "Dust", "擦拭"),
        move("drop", "off on", "broken", "system", "", "Drop", "摔"),
    )
    return Machine("lamp", X, states, initial, frozenset(terminal), (*table, *more))


def test_the_first_role_that_may_is_used_and_all_are_offered():
    decision = decide(lamp(), "off", ["viewer", "administrator", "operator"], "light")
    assert decision.role == "administrator"
    assert decision.transition.guards == ("has_power",)
    offered = candidates(lamp(), "off", ["operator", "viewer", "administrator"], "light")
    assert [item.role for item in offered] == ["operator", "administrator"]


def test_an_action_that_changes_no_state_says_so():
    assert decide(lamp(), "on", ["viewer"], "dust").transition.after("on") == "on"


def test_refusals_say_where_it_is_possible_and_who_may():
    with pytest.raises(Refused, match=r"E-LIFE-01: Light is not possible while the lamp is on.*: off\.") as told:
        decide(lamp(), "on", ["operator"], "light")
    assert "点亮" in told.value.text.zh
    with pytest.raises(Refused, match="not there yet"):
        decide(lamp(), ABSENT, ["operator"], "light")
    with pytest.raises(Refused, match="is melted"):
        decide(lamp(), "melted", ["operator"], "light")
    with pytest.raises(NotPermitted, match=r"E-LIFE-02: Light .*administrator, operator"):
        decide(lamp(), "off", ["viewer"], "light")
    with pytest.raises(Refused, match=r"E-LIFE-03: There is no action paint. Known: hang, light"):
        decide(lamp(), "off", ["operator"], "paint")


def test_what_may_be_tried():
    assert [item.action for item in lamp().allowed("off", ["operator", "viewer"])] == ["light", "dust"]
    assert lamp().allowed("broken", ["operator"]) == ()


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda: lamp(move("melt", "off", "molten", "system", "", "M", "熔")), "unknown state molten"),
        (lambda: lamp(move("melt", "cold", "off", "system", "", "M", "熔")), "unknown state cold"),
        (lambda: lamp(initial="nowhere"), "unknown state nowhere"),
        (lambda: lamp(terminal=("gone",)), "unknown state gone"),
        (lambda: lamp(move("light", "off", "broken", "viewer", "", "L", "点")), "two answers"),
        (lambda: lamp(move("mend", "broken", "off", "viewer", "", "M", "修")), "a way out of broken"),
    ],
)
def test_a_table_that_contradicts_itself_is_no_machine(make, problem):
    with pytest.raises(ValueError, match=problem):
        make()


def test_a_role_outside_the_vocabulary_is_refused():
    with pytest.raises(ValueError, match="king"):
        move("light", "off", "on", "operator king", "", "L", "点")


def test_the_diagram_and_the_matrix():
    assert mermaid(lamp()) == (
        "stateDiagram-v2\n    [*] --> off: hang\n    off --> on: light\n    off --> off: dust\n    on --> on: dust\n"
        "    off --> broken: drop\n    on --> broken: drop\n    broken --> [*]\n"
    )
    assert "| off | light | on | yes | yes | · | · | `has_power` |" in matrix(lamp())
    assert "| - | hang | off | · | yes | · | · | – |" in matrix(lamp())
    bare = Machine("bare", X, {"off": X}, "off", frozenset(), ())
    assert mermaid(bare) == "stateDiagram-v2\n    [*] --> off\n"
