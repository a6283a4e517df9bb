"""The quick path for quotation marks says what the careful one says, or leaves the file to it."""

import pytest

from data.readers.quick import quick_quoted_rows
from data.readers.quoted import quoted_rows

ALIKE = [
    'a,b\n"x, y",1\nz,"2"\n',
    'a,b\r\n"say ""so""",1\r\n,""\r\n',
    'a,b\n"x",1\n\n3\n4,5,6\n7,8,\n',
    '"a","b"\n"","2"',
]
LEFT = [
    'a,b\n"x\ny",1\n',
    'a,b\n5" pipe,1\n6" pipe,2\n',
    'a,b\n"x" ,1\n',
    'a,b\n"1,2\n3,4\n',
    'a,b\n"x",1,2\n',
    'a,b\n"x",1\ry,2\n',
]


def told(cells):
    return [column.to_pylist() for column in cells.columns], cells.rows.to_pylist(), cells.ragged


@pytest.mark.parametrize("text", ALIKE)
def test_sound_marks_are_read_alike(text):
    quick = quick_quoted_rows(text.encode(), ",", skip=1, width=2)
    assert quick is not None
    assert told(quick) == told(quoted_rows(text, ",", skip=1, width=2))


@pytest.mark.parametrize("text", LEFT)
def test_doubtful_marks_are_left_to_the_careful_reader(text):
    assert quick_quoted_rows(text.encode(), ",", skip=1, width=2) is None
