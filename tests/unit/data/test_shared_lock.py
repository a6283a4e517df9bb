"""Many may hold a lock together, or one alone; who waits too long is told."""

import pytest

from data.locks import alone, shared
from data.messages import PlatformFailed


def test_readers_share_and_one_holds_alone(tmp_path):
    path = tmp_path / "place" / ".lock"
    with (
        shared(path),
        shared(path, patience=0),
        pytest.raises(PlatformFailed, match="E-LOCK-01"),
        alone(path, patience=0.05),
    ):
        pass
    with alone(path):
        for kind in (shared, alone):
            with pytest.raises(PlatformFailed, match="E-LOCK-01"), kind(path, patience=0):
                pass
    with alone(path, patience=0):
        pass
