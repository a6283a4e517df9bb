"""Memory while a file is taken in does not grow with the file as its text does (`make bench-intake` keeps the figures)."""

import pytest

from tests.benchmarks.bench_intake import memory

pytestmark = pytest.mark.slow


def test_a_hundred_megabytes_of_csv_in_six_hundred_of_memory(tmp_path):
    _, middle, large = memory(tmp_path)["files"]
    assert large["file_mb"] > 95
    assert max(large["parent_mb"], large["reader_mb"]) < 600
    assert large["reader_mb"] < middle["reader_mb"] + 40, "the reading process goes through the file in pieces"
