"""No id changes in silence: a cell is read as the id that was meant, or it is refused with a code."""

import random
import unicodedata

import pytest

from data.identity import canonical_id
from data.identity.canonical import went_through_numbers
from tests.unit.identity.conftest import resident

FULL = {ord(plain): chr(ord(plain) + 0xFEE0) for plain in "0123456789Xx"}
LOOK_ALIKES = {"0": "О", "1": "І", "3": "З", "X": "Х", "8": "၈", "5": "٥", "2": "²", "6": "б", "9": "９̈"}
HIDDEN = ["\u200b", "\u202e", "\u2066", "\ufeff", "\x00", "\u00ad", "\u2028", "\x1f"]


def corpus():
    """Yield (cell, the id that was meant): 840 ways in which ids come to harm, from a fixed seed."""
    draw = random.Random(20261)  # noqa: S311 - cases, not secrets
    for number in range(60):
        name = resident(draw.randrange(100_000))
        place = draw.randrange(18)
        yield name, name
        yield f"  {name}\t", name
        yield f"\u3000{name}\u00a0", name
        yield name.translate(FULL), name
        yield name[:9] + name[9:].translate(FULL), name
        yield name.lower(), name
        yield name[:place] + LOOK_ALIKES.get(name[place], "ⅹ") + name[place + 1 :], name
        yield name[:place] + HIDDEN[number % len(HIDDEN)] + name[place:], name
        yield f"{float(name[:17] + '0'):.5E}", name
        yield f"{name[:15]}000", name
        yield f"{name[:17]}{(int(name[17]) + 1) % 10 if name[17] != 'X' else 0}", name
        yield name[:6] + " " + name[6:], name
        yield name[1:], name
        yield f"{name}.0", name


CASES = list(corpus())


def test_the_corpus_is_large_and_has_both_outcomes():
    verdicts = [canonical_id(cell).value is not None for cell, _ in CASES]
    assert len(CASES) >= 800
    assert min(verdicts.count(True), verdicts.count(False)) >= 300


def test_no_id_changes_in_silence():
    """17 digits are no resident id: the contract's pattern refuses them, as the gate's test shows."""
    changed = [
        (cell, found)
        for cell, meant in CASES
        if (found := canonical_id(cell).value) is not None and found != meant and len(found) == 18
    ]
    assert changed == []


def test_plain_normalisation_would_change_some():
    """The positive control: NFKC and trimming alone turn damaged cells into other people's ids."""
    silent = [cell for cell, meant in CASES if unicodedata.normalize("NFKC", cell).strip().upper() != meant]
    assert len(silent) >= 300


def test_a_column_that_was_floating_point_is_told_by_its_multiples():
    """One such id in eleven passes the check digit, and alone it cannot be told; a column of them can."""
    spoiled = [str(int(float(resident(number)[:17] + "5"))) for number in range(5_000)]
    passing = [name for name in spoiled if canonical_id(name).value == name]
    assert len(passing) > 200
    assert went_through_numbers(passing[:4])
    assert not went_through_numbers([*passing[:4], resident(1)])
    assert not went_through_numbers([resident(number) for number in range(4)])


@pytest.mark.parametrize(
    ("cell", "fault"),
    [
        ("1.10101E+17", "E-ID-01"),
        ("1.1e17", "E-ID-01"),
        ("110,101,194", "E-ID-01"),
        ("12.0", "E-ID-01"),
        ("110105194912310000", "E-ID-01"),
        ("110105194913310021", "E-ID-04"),
        ("DQ-Р00001", "E-ID-02"),
        ("DQ-P00001\u202e", "E-ID-02"),
        ("DQ P00001", "E-ID-02"),
        ("①23", "E-ID-02"),
    ],
)
def test_what_is_refused(cell, fault):
    assert canonical_id(cell).fault == fault


def test_leading_zeros_and_case_stay():
    assert [canonical_id(cell).value for cell in ("0012", "12", "dq-p1", "DQ-P1")] == ["0012", "12", "dq-p1", "DQ-P1"]


def test_an_organisation_has_no_resident_id():
    assert canonical_id("110105194912310021", "organisation").value == "110105194912310021"
