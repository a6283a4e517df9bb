"""The ledger of releases: sealed, compared with, erased from; noise that stays the same for the same people."""

from dataclasses import replace

import pytest

from data.messages import Refused
from quality.disclosure import ledger as ledger_module
from quality.disclosure.gate import decide
from quality.disclosure.ledger import ReleaseLedger
from quality.disclosure.models import row_members
from quality.disclosure.noise import MOST, SPAN, table_value
from quality.disclosure.outputs import About, Model
from quality.disclosure.policy import load_policy
from quality.disclosure.release import release
from quality.disclosure.tally import Rows, count_table, unit_hash
from tests.disclosure.models import legitimate

SECRET = b"s" * 32
ABOUT = About("people by arm", "panel", release_id="R1")
PEOPLE = [f"p{n}" for n in range(120)]
NOISY = load_policy().raised(differencing="noise")


@pytest.fixture
def book(tmp_path):
    return ReleaseLedger(tmp_path / "disclosure.sealed", SECRET, "SE-2026-0001")


def table(book, people, about=ABOUT):
    return count_table(about, Rows(people, {"arm": [int(name[1:]) % 3 for name in people]}), key=book.unit_key)


def test_the_same_table_is_released_again_with_the_same_numbers(book):
    first = release(table(book, PEOPLE), book).released
    assert release(table(book, PEOPLE), book).released.values == first.values


def test_a_table_of_few_people_less_waits(book):
    assert release(table(book, PEOPLE), book).released
    decision = release(table(book, PEOPLE[4:]), book)
    assert (decision.verdict.rule, decision.released) == ("R5", None)
    assert release(table(book, PEOPLE[60:]), book).released


def test_another_measure_is_no_matter(book):
    assert release(table(book, PEOPLE), book).released
    assert release(table(book, PEOPLE[4:], replace(ABOUT, measure="visits")), book).released


def test_a_person_who_withdrew_is_forgotten_and_the_release_waits_all_the_same(book):
    assert release(table(book, PEOPLE), book).released
    gone = unit_hash(book.unit_key, "p7")
    assert any(gone in past.members for t in book.earlier().tables for past in t.cells.values())
    assert book.forget("p7") == 2  # its cell and the total
    assert not any(gone in past.members for t in book.earlier().tables for past in t.cells.values())
    assert release(table(book, [name for name in PEOPLE if name != "p7"]), book).verdict.rule == "R5"


def test_the_file_is_sealed_and_a_changed_one_stops_everything(book):
    assert release(table(book, PEOPLE), book).released
    content = book.path.read_bytes()
    assert b"people by arm" not in content
    book.path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(Refused):
        book.earlier()
    assert release(table(book, PEOPLE), book).verdict.rule == "R17"
    other = replace(book, secret=b"t" * 32)
    assert release(table(other, PEOPLE), other).verdict.rule == "R17"


def test_what_cannot_be_kept_is_not_released(book, monkeypatch):
    def full(*_args):
        raise OSError(28, "no space")

    monkeypatch.setattr(ledger_module, "write_bytes", full)
    assert release(table(book, PEOPLE), book).released is None


def test_a_table_whose_units_nobody_knows_waits(book):
    unknown = count_table(ABOUT, Rows(PEOPLE, {"arm": [0, 1] * 60}))
    assert decide(unknown).released
    assert decide(unknown, earlier=book.earlier()).verdict.rule == "R5"


def test_with_noise_the_second_release_is_drawn_anew_and_the_third_waits(book):
    first = release(table(book, PEOPLE), book, NOISY)
    second = release(table(book, PEOPLE[2:]), book, NOISY)
    again = release(table(book, PEOPLE), book, NOISY)
    third = release(table(book, PEOPLE[3:]), book, NOISY)
    assert first.released
    assert second.released
    assert again.released.values == first.released.values
    assert third.verdict.rule == "R5"


def test_noise_without_a_ledger_releases_nothing(book):
    assert decide(table(book, PEOPLE), NOISY).released is None


def test_what_was_released_without_noise_is_not_followed_by_noise(book):
    assert release(table(book, PEOPLE), book).released
    assert release(table(book, PEOPLE[2:]), book, NOISY).verdict.rule == "R5"


def test_the_table_of_noise():
    drawn = [table_value(place * (SPAN // 4096)) for place in range(4096)]
    assert max(map(abs, drawn)) <= MOST
    assert abs(sum(drawn)) < 40
    assert 2.6 < sum(value * value for value in drawn) / len(drawn) < 3.4


def test_a_model_with_one_person_moved_waits(book):
    """ACRO released a regression on x, and one on x with one person moved."""

    def model(design):
        members = row_members(design, book.unit_key)
        return Model(replace(ABOUT, measure="effect"), design, {"treat": {"estimate": 0.5}}, members=members)

    design = legitimate()[1]
    assert release(model(design), book).released
    assert release(model(design), book).released
    moved = {name: column.copy() for name, column in design.columns.items()}
    moved["age"][7] += 1
    assert release(model(replace(design, columns=moved)), book).verdict.rule == "R5"
    fewer = {name: column[1:] for name, column in design.columns.items()}
    short = replace(design, outcome=design.outcome[1:], columns=fewer, units=design.units[1:])
    assert release(model(short), book).verdict.rule == "R5"
