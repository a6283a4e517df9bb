"""Each test gets an open registry of its own."""

import pytest

from tests.unit.registry import registry_people


@pytest.fixture
def people():
    """Return the people, the protocol builder and the shortcuts as one namespace."""
    return registry_people


@pytest.fixture
def registry(workspace):
    return registry_people.open_registry(workspace)
