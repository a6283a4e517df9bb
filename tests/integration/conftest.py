"""What the tests of several rooms share."""

import pytest

from tests.integration import kill_harness


@pytest.fixture(scope="session")
def tracing():
    """Skip where no process can be traced, and say why."""
    reason = kill_harness.why_not()
    if reason:
        pytest.skip(reason)
