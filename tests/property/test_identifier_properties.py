"""Whatever is done to an id on its way here: it is read as the id that was meant, or it is refused; never as another one."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from data.identity import canonical_id
from data.identity.canonical import EDGES
from data.withdrawals import comparable
from tests.unit.identity.conftest import resident

MANY = settings(max_examples=150, deadline=None, derandomize=True)
FULL = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}

PATTERN = re.compile(r"[1-8][0-9]{16}[0-9X]")
RESIDENTS = st.integers(0, 10**6).map(resident)
CODES = st.from_regex(r"[A-Z]{2,4}-P[0-9]{5}", fullmatch=True) | st.from_regex(
    r"0{0,3}[1-9][0-9]{3,10}", fullmatch=True
)
IDS = RESIDENTS | CODES
EDGE = st.text(st.sampled_from(EDGES), max_size=3)


@st.composite
def spelled(draw):
    """Draw an id and one of its harmless spellings: spaces around it, full width in part, a lower-case check letter."""
    name, (left, right) = draw(IDS), draw(st.tuples(EDGE, EDGE))
    letters = [draw(st.sampled_from([letter, letter.translate(FULL)])) for letter in name]
    text = "".join(letters)
    return name, left + (
        text[:-1] + "x" if len(name) == 18 and name.endswith("X") and draw(st.booleans()) else text
    ) + right


@st.composite
def damaged(draw):
    """Draw a resident id and what one slip makes of it: a digit mistyped, two swapped, one lost, a character slipped in."""
    name = draw(RESIDENTS)
    place = draw(st.integers(0, 16))
    letter = draw(st.characters(exclude_categories=["Cs"]))
    return name, draw(
        st.sampled_from(
            [
                name[:place] + letter + name[place + 1 :],
                name[:place] + name[place + 1] + name[place] + name[place + 2 :],
                name[:place] + name[place + 1 :],
                name[:place] + letter + name[place:],
                f"{float(name[:17]):.{draw(st.integers(1, 14))}E}",
                f"{name[:15]}000",
                f"{name}.0",
                f"+{name}",
            ]
        )
    )


@MANY
@given(spelled())
def test_a_harmless_spelling_is_the_id_that_was_meant(case):
    name, cell = case
    kind = "person" if len(name) == 18 else "device"
    assert canonical_id(cell, kind).value == name
    assert comparable(cell) == name


@MANY
@given(damaged())
def test_one_slip_in_a_resident_id_never_makes_it_another_persons(case):
    """The weights of GB 11643 tell every wrong digit and every swap; the rest is no resident id by its pattern."""
    name, cell = case
    found = canonical_id(cell).value
    assert found is None or found == name or PATTERN.fullmatch(found) is None, "an id changed in silence"


@MANY
@given(st.text(max_size=30).filter(lambda text: text.strip()))
def test_any_text_stays_itself_or_is_refused(text):
    found = canonical_id(text, "organisation")
    if found.value is not None:
        plain = text.strip(EDGES)
        assert found.value in (plain, "".join(chr(ord(c) - 0xFEE0) if 0xFF01 <= ord(c) <= 0xFF5E else c for c in plain))
        assert canonical_id(found.value, "organisation").value == found.value
    else:
        assert found.fault is not None
