"""An XLSForm by pyxform, the reader that ODK and Kobo use too; SurveyCTO's own question types are told to it as plain ones.

Belongs here: file → tree of questions, in a process of its own, and a refusal with the form's sheet and row. Does not: what
becomes of a question.
"""

from __future__ import annotations

import io
import logging
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from data.messages import Refused, Text
from data.readers.open import staged
from data.readers.preflight import look
from data.readers.refusals import unreadable
from data.readers.sandbox import ask_safely
from data.readers.workbook_xml import check_workbook

LIMIT_MB = 20
LONGEST = 400
KINDS = ((b"PK\x03\x04", ".xlsx"), (b"\xd0\xcf\x11\xe0", ".xls"))
FILES = ("text audit", "audio audit", "comments", "speed violations list", "speed violations audit", "sensor_stream")
TEXTS = ("caseid", "calculate_here", "speed violations count", "sensor_statistic")
"""SurveyCTO's: the first hold the name of a file in the export, the others a text."""

DUPLICATES = "allow_choice_duplicates"
TREE = TypeAdapter(tuple[dict[str, Any], dict[str, str], str | None])


@dataclass(frozen=True)
class Form:
    """`tree` as pyxform builds it; `foreign`: question → its type in SurveyCTO, which pyxform does not know."""

    title: str
    version: str | None
    sha256: str
    tree: dict[str, Any]
    foreign: dict[str, str]


def read_form(path: Path) -> Form:
    """Read an XLSForm workbook (.xlsx or .xls by content).

    Raises
    ------
    Refused
        E-FILE-01: not a workbook; E-FORM-01: pyxform does not accept the form, with its reason and place.
    """
    with staged(Path(path), limit_mb=LIMIT_MB) as opened:
        answer = ask_safely("data.forms.workbook:told", opened.path)
    try:
        tree, foreign, version = TREE.validate_python(answer)
    except ValidationError as error:
        raise unreadable("crashed", what="answer") from error
    title = str(tree.get("title") or tree.get("id_string") or Path(path).stem)
    return Form(title, version, opened.sha256, tree, foreign)


def told(path: Path) -> tuple[dict[str, Any], dict[str, str], str | None]:
    """Return tree, foreign types and version of a form; runs in the reading process."""
    content = path.read_bytes()
    look(content)
    kind = next((name for magic, name in KINDS if content.startswith(magic)), None)
    if kind is None:
        raise unreadable("format", kind="no workbook")
    if kind == ".xlsx":
        check_workbook(content)
    return _parsed(content, kind)


def _parsed(content: bytes, kind: str) -> tuple[dict[str, Any], dict[str, str], str | None]:
    from pyxform.builder import create_survey_element_from_dict
    from pyxform.errors import PyXFormError
    from pyxform.xls2json import workbook_to_json
    from pyxform.xls2json_backends import get_xlsform

    logging.getLogger("pyxform").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl on extensions of Excel that no form needs
        try:
            sheets = get_xlsform(io.BytesIO(content), file_type=kind)
            foreign = _translate(sheets)
            _allow_duplicates(sheets)
            tree = workbook_to_json(workbook_dict=sheets, form_name="data", fallback_form_name="data", warnings=[])
            create_survey_element_from_dict(tree).to_xml(validate=False, pretty_print=False, warnings=[], enketo=False)
        except PyXFormError as error:
            raise _refused(str(error)) from error
        except (AttributeError, KeyError, TypeError, ValueError, OSError) as error:  # pyxform on damaged sheets
            raise unreadable("damaged", kind=kind) from error
    version = next((str(row["version"]) for row in sheets.settings or () if row.get("version")), None)
    return tree, foreign, version


def _refused(reason: str) -> Refused:
    said = " ".join(reason.split("Learn more:", maxsplit=1)[0].split())[:LONGEST]
    return Refused(
        "E-FORM-01",
        Text(
            en=f"This form is not accepted by pyxform, which ODK and Kobo use too: {said} Correct the form and choose it again.",
            zh=f"ODK 与 Kobo 所用的 pyxform 不接受此表单：{said} 请改正表单后重新选择。",
        ),
    )


def _translate(sheets: Any) -> dict[str, str]:  # noqa: ANN401 - pyxform is not typed
    """Turn SurveyCTO's own types into text, so that references to them still resolve; return which they were."""
    found: dict[str, str] = {}
    for row in sheets.survey or ():
        kind = str(row.get("type") or "").strip()
        if kind in FILES or kind in TEXTS:
            found[str(row.get("name"))] = kind
            row["type"] = "text"
            row.setdefault("label", kind)
    return found


def _allow_duplicates(sheets: Any) -> None:  # noqa: ANN401
    """Let one code stand twice in a list: whether its labels agree is told by `choices`, and cascading lists need it."""
    settings = [dict(row) for row in sheets.settings or ()] or [{}]
    settings[0][DUPLICATES] = "yes"
    headers = [dict(row) for row in sheets.settings_header or ()] or [{}]
    headers[0][DUPLICATES] = None
    sheets.settings, sheets.settings_header = settings, headers
