"""The difference between two protocols, applied to the old one, is the new one: for any change of its JSON."""

import copy
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.registry.diff import applied, diff, diff_values
from experiments.registry.protocol import Protocol, load_protocol, protocol_digest
from experiments.run import DEMO

PROTOCOLS = [load_protocol(path) for path in sorted(DEMO.glob("*.yml"))]
LISTS = ("zones", "outcomes", "inquiries", "hypotheses", "families", "analyses", "arms", "keywords")


@st.composite
def edited(draw):
    """Return a protocol and another made from it by removing, reordering, copying and rewriting items."""
    old = draw(st.sampled_from(PROTOCOLS))
    content = copy.deepcopy(old.model_dump(mode="json"))
    for name in draw(st.lists(st.sampled_from(LISTS), max_size=3, unique=True)):
        items = content[name]
        kept = draw(st.permutations(items)) if items else []
        content[name] = kept[: draw(st.integers(0, len(kept)))]
    for _ in range(draw(st.integers(0, 3))):
        rewrite(draw, content)
    return old, Protocol.model_validate(content)


def rewrite(draw, content):
    what = draw(st.sampled_from(["title", "outcome", "hypothesis", "options", "ratio", "new", "acronym", "keywords"]))
    text = draw(st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=12))
    if what == "title":
        content["title_brief"]["zh"] = text
    elif what == "outcome" and content["outcomes"]:
        draw(st.sampled_from(content["outcomes"]))["unit"] = {"en": text, "zh": ""}
    elif what == "hypothesis" and content["hypotheses"]:
        draw(st.sampled_from(content["hypotheses"]))["sesoi"] = None
    elif what == "options" and content["analyses"]:
        values = st.one_of(st.booleans(), st.integers(0, 1), st.lists(st.fixed_dictionaries({"id": st.just(text)})))
        draw(st.sampled_from(content["analyses"]))["options"] = {text: draw(values), "x.y": draw(values)}
    elif what == "new":
        content["families"].append({"id": f"f{draw(st.integers(0, 9))}", "correction": "bh", "alpha": 0.1})
    elif what == "keywords":
        content["keywords"] = draw(st.lists(st.text(max_size=3), max_size=4))
    else:
        content["acronym"] = text[:14]


@given(edited())
@settings(max_examples=60, deadline=None)
def test_applying_the_difference_gives_the_new_version(pair):
    old, new = pair
    changes = diff(old, new)
    assert protocol_digest(applied(old, changes)) == protocol_digest(new)
    assert (changes == []) == (protocol_digest(old) == protocol_digest(new))
    assert len({change.path for change in changes if change.kind != "order"}) == sum(c.kind != "order" for c in changes)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "a", "b.c", "zone_id"]), inner, max_size=3)
        | st.lists(st.fixed_dictionaries({"id": st.sampled_from("pqr"), "v": inner}), max_size=3)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from("xyz"), VALUES), st.dictionaries(st.sampled_from("xyz"), VALUES))
@settings(max_examples=150, deadline=None)
def test_any_two_objects_differ_only_where_the_difference_says(old, new):
    from experiments.registry.diff import _changed

    value = old
    for change in diff_values(old, new):
        json.dumps(change.to_dict())
        value = _changed(value, change.steps, change)
    assert json.dumps(value, sort_keys=True) == json.dumps(new, sort_keys=True)


def test_items_are_matched_by_id_and_not_by_place():
    old = PROTOCOLS[0]
    new = old.model_copy(update={"hypotheses": tuple(reversed(old.hypotheses))})
    assert [(c.path, c.kind) for c in diff(old, new)] == [("hypotheses", "order")]
    new = old.model_copy(update={"hypotheses": old.hypotheses[1:]})
    assert [(c.path, c.kind, c.item) for c in diff(old, new)] == [("hypotheses[H1]", "removed", "H1")]


@pytest.mark.parametrize("drop", ["hypotheses", "families"])
def test_a_difference_of_another_protocol_is_refused(drop):
    old = PROTOCOLS[0]
    new = old.model_copy(
        update={
            "hypotheses": (old.hypotheses[0].model_copy(update={"direction": "increase"}), *old.hypotheses[1:]),
            "families": tuple(reversed(old.families)),
        }
    )
    with pytest.raises(ValueError, match="not in this protocol"):
        applied(old.model_copy(update={drop: ()}), diff(old, new))


def test_a_field_that_is_not_there_cannot_change():
    from experiments.registry.diff import Change, _changed

    with pytest.raises(ValueError, match="not in this protocol"):
        _changed({}, ("x", "y"), Change(("x", "y"), 1, 2))
