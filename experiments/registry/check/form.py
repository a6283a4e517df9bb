"""Form: whether a document is a protocol at all, every departure with the path of its field.

Belongs here: YAML, schema version, pydantic's findings in both languages. Does not: what is filled in when (stages), whether
it fits together (the lints).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from data.messages import Refused
from data.yaml_text import read_yaml
from experiments.messages import not_found
from experiments.registry.check.problem import ProtocolProblem, error
from experiments.registry.migrations import upgraded
from experiments.registry.protocol import Protocol

_FORM: dict[str, str] = {
    "missing": "缺少此字段",
    "extra_forbidden": "没有这个字段",
    "literal_error": "不是可选的取值",
    "string_pattern_mismatch": "写法不符合要求",
    "string_type": "应为文本",
    "bool_type": "应为 true 或 false",
    "bool_parsing": "应为 true 或 false",
    "float_parsing": "应为数字",
    "float_type": "应为数字",
    "int_parsing": "应为整数",
    "int_type": "应为整数",
    "int_from_float": "应为整数",
    "greater_than": "数值过小",
    "greater_than_equal": "数值过小",
    "less_than": "数值过大",
    "less_than_equal": "数值过大",
    "too_short": "至少需要一项",
    "too_long": "项数过多",
    "tuple_type": "应为列表",
    "model_type": "应为一组字段",
    "model_attributes_type": "应为一组字段",
    "dict_type": "应为一组字段",
    "string_too_long": "文本过长",
    "string_too_short": "不能为空",
    "value_error": "内容不完整",
}


def read(path: Path) -> tuple[Any, list[ProtocolProblem]]:
    """Return what a YAML file holds, and the problem if it is none.

    Raises
    ------
    NotFound
        No such file.
    """
    if not path.is_file():
        raise not_found("E-PROTO-02", name=path.name)
    try:
        return read_yaml(path.read_text(encoding="utf-8")), []
    except (yaml.YAMLError, UnicodeDecodeError):
        return None, [error("document", "This is not a YAML file in UTF-8.", "这不是 UTF-8 编码的 YAML 文件。")]


def formed(document: Any) -> tuple[Any, Protocol | None, list[ProtocolProblem]]:  # noqa: ANN401
    """Return the document in the present schema version, the protocol if it is one, and the problems of form if not."""
    try:
        present = upgraded(document)
    except Refused as refused:
        return None, None, [ProtocolProblem("schema_version", "error", refused.text)]
    try:
        return present, Protocol.model_validate(present), []
    except ValidationError as found:
        problems = [_problem(item["loc"], item["type"], item["msg"]) for item in found.errors()]
        return present, None, list(dict.fromkeys(problems))


def _problem(location: tuple[int | str, ...], kind: str, message: str) -> ProtocolProblem:
    where = ".".join(str(step) for step in location) or "document"
    return error(where, f"{message}.", f"{_FORM.get(kind, '取值无效')}。")
