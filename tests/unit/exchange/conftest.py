"""A protocol in which every field is filled, each text and number with a value found nowhere else in it."""

import itertools
import types
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import pytest
from pydantic import BaseModel

from data.messages import Text
from experiments.registry.protocol import Protocol

PATTERNS = {
    r"^SE-\d{4}-\d{4}$": "SE-2031-{:04d}",
    r"^\d+\.\d+$": "1.{}",
    r"^[A-Za-z][A-Za-z0-9_]*$": "id_{}",
    r"^\d{4}-\d{2}-\d{2}$": "{:04d}-01-02",
    r"^[0-9a-f]{64}$": "{:064x}",
    r"^\d{4}-\d{4}-\d{4}-\d{3}[\dX]$": "0000-0000-0000-{:04d}",
    r"^[A-Z]\d{0,2}$": "J",
}


@pytest.fixture(scope="session")
def full():
    """Return the protocol and its leaves: (dotted path, value) for every text and number that is not from a vocabulary."""
    return _Filler().protocol()


class _Filler:
    def __init__(self):
        self.numbers = itertools.count(1001)
        self.leaves = []

    def protocol(self):
        content = {
            name: self.value(field.annotation, field.metadata, name) for name, field in Protocol.model_fields.items()
        }
        return Protocol.model_validate(content), self.leaves

    def value(self, annotation, metadata, path):
        origin = get_origin(annotation)
        if origin is Annotated:
            inner, *more = get_args(annotation)
            return self.value(inner, [*metadata, *more], path)
        if origin in (Union, types.UnionType):
            return self.value(next(a for a in get_args(annotation) if a is not type(None)), metadata, path)
        if origin is Literal:
            return get_args(annotation)[0]
        if origin is tuple:
            args = get_args(annotation)
            least = next((item.min_length for item in metadata if hasattr(item, "min_length")), 1)
            count = least if args[-1] is Ellipsis else len(args)
            return [self.value(args[0], [], path) for _ in range(count)]
        if origin is dict:
            _, inner = get_args(annotation)
            return {self.leaf(f"key{next(self.numbers)}", path): self.value(inner, [], path)}
        return self.plain(annotation, metadata, path)

    def plain(self, annotation, metadata, path):
        if isinstance(annotation, type) and issubclass(annotation, Text):
            n = next(self.numbers)
            return {"en": self.leaf(f"text {n} of it", path), "zh": self.leaf(f"第{n}段文字", path)}
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            return {
                name: self.value(field.annotation, field.metadata, f"{path}.{name}")
                for name, field in annotation.model_fields.items()
            }
        if annotation is bool:
            return True
        if annotation is int:
            return self.leaf(next(self.numbers), path)
        if annotation is float:
            return self.leaf(round((10 * next(self.numbers) + 1) / 1_000_000, 6), path)  # none begins another
        return self.leaf(self.text(metadata), path)

    def text(self, metadata):
        n = next(self.numbers)
        pattern = next((p for item in metadata if (p := _pattern(item))), None)
        return PATTERNS[pattern].format(n) if pattern else f"word{n}"

    def leaf(self, value, path):
        self.leaves.append((path, value))
        return value


def _pattern(item: Any):
    return getattr(item, "pattern", None) or next(
        (m.pattern for m in getattr(item, "metadata", ()) if getattr(m, "pattern", None)), None
    )
