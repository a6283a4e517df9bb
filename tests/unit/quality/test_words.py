"""Distinct texts and their places say the same as the rows do; a long file judged in pieces says the same as a short one."""

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from data.readers import raw
from data.readers.spelling import respelled
from data.repeats import has_repeats
from quality.check import check_file
from quality.rule import is_own
from quality.rules import derive_rules
from quality.words import constant, filled, spoken, words_of
from tests.unit.quality.test_intake import CONTRACT


def texts(*values):
    return pa.chunked_array([pa.array(values[:2], pa.string()), pa.array(values[2:], pa.string())])


def test_words_give_every_row_its_texts_back():
    first, second = texts("a", None, "a", "b", None), texts("1", "1", "2", None, None)
    words = words_of([first, second])
    for part, column in zip(words.parts, (first, second), strict=True):
        assert part.take(pa.array(words.codes)).to_pylist() == column.to_pylist()
    assert words.size == 5 + 1, "five different rows, and the empty one"
    assert all(part[-1].as_py() is None for part in words.parts)


def test_texts_that_become_alike_are_one_word():
    column = respelled(texts("a", " a", None, "b"), pc.utf8_trim_whitespace)
    assert column.to_pylist() == ["a", "a", None, "b"]
    told, rows = spoken(column)
    assert (told.to_pylist(), rows.tolist()) == (["a", "b", None], [2, 1, 1])


def test_an_empty_cell_takes_what_was_said():
    assert filled(texts("a", None, "c"), "z").to_pylist() == ["a", "z", "c"]
    assert constant("z", 2).to_pylist() == ["z", "z"]


@pytest.mark.parametrize(
    ("keys", "answer"),
    [
        ([f"{n:032x}" for n in range(50)], False),
        ([f"{n:032x}" for n in [*range(50), 7]], True),
        (["a", "b", None, None], False),
        (["a" * 32, "b"], False),
        (["a" * 32, "b", "b"], True),
        ([], False),
    ],
)
def test_repeats_are_found_and_only_they(keys, answer):
    column = pa.chunked_array([pa.array(keys[:3], pa.string()), pa.array(keys, pa.string()).slice(3)])
    assert has_repeats(column) is answer


def test_a_rule_that_looks_at_another_column_is_not_judged_by_its_own_texts():
    rule = next(rule for rule in derive_rules(CONTRACT, raw_context(), frozenset({"score"})) if rule.code == "E-REQ-01")
    assert is_own(rule)
    other = type(rule)(rule.code, rule.column, f'{rule.predicate} and "v_person_id" = 1', rule.values)
    assert not is_own(other)


def raw_context():
    from quality.cells import Context

    return Context("deqing")


def test_a_file_judged_in_pieces_says_what_it_says_as_a_whole(tmp_path, monkeypatch):
    rows = [f"P{n % 37:02d}x{n},{n}" if n % 11 else f"P{n},many" for n in range(300)]
    rows += ["P01x1,1", "P299x,7,8", "P02x2,99", ",4", "Ｐ5,５"]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(["person_id,score", *rows]) + "\n", encoding="utf-8")
    whole = check_file(path, CONTRACT, zone="deqing")
    monkeypatch.setattr(raw, "PIECE_BYTES", 700)
    pieces = check_file(path, CONTRACT, zone="deqing")
    assert pieces.as_json() == whole.as_json()
    assert pieces.good.equals(whole.good)
    assert pieces.bad.to_pylist() == whole.bad.to_pylist()
    assert {"E-TYPE-05", "E-KEY-01", "E-ROW-01", "E-REQ-01", "W-TYPE-03"} <= {told.code for told in whole.problems}
