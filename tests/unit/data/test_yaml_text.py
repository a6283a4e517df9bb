"""YAML is read alike everywhere: safely, and without losing a key that stands twice."""

import pytest
import yaml

from data.yaml_text import read_yaml


@pytest.mark.parametrize(
    "text",
    [
        "a: 1\nb: [x, 2.5, null, true]\n",
        "区: {波: 2026-03-04}",
        "base: &b {x: 1}\nmine: {<<: *b, y: 2}",
        "",
        "- 1\n- 2",
    ],
)
def test_reads_what_the_safe_loader_in_python_reads(text):
    assert read_yaml(text) == yaml.load(text, Loader=yaml.SafeLoader)


@pytest.mark.parametrize("text", ["a: 1\nb: 2\na: 3", "outer:\n  - {k: 1, k: 2}"])
def test_a_key_that_stands_twice_is_refused_at_its_line(text):
    with pytest.raises(yaml.YAMLError, match=r"stands twice(.|\n)*line \d"):
        read_yaml(text)


def test_no_object_is_built():
    with pytest.raises(yaml.YAMLError):
        read_yaml("!!python/object/apply:os.getcwd []")
