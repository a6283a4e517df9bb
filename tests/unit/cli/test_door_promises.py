"""What every command keeps: one JSON document, exit codes, two languages, never a traceback."""

import json
import subprocess
import sys

import pytest
import typer
from typer.testing import CliRunner

from apps.cli.answer import Answer, lines
from apps.cli.door import Door, offer
from data.messages import NotFound, NotPermitted, PlatformFailed, Refused, Text, WrongUsage
from data.settings import REPOSITORY

SAID = Text(en="Not so.", zh="并非如此。")
HEAVY = (
    "dagster",
    "great_expectations",
    "dbt",
    "statsmodels",
    "pandas",
    "numpy",
    "pyarrow",
    "duckdb",
    "streamlit",
    "httpx",
    "rich.table",
)


def door(function):
    app = typer.Typer(cls=Door, pretty_exceptions_enable=False, rich_markup_mode=None)
    app.callback()(lambda: None)
    offer(app, "act")(function)
    return app


def acted(function, *arguments):
    return CliRunner().invoke(door(function), ["act", *arguments])


def raising(error):
    def act() -> Answer:
        raise error

    return act


@pytest.mark.parametrize(
    ("kind", "code"), [(Refused, 1), (WrongUsage, 2), (NotPermitted, 3), (NotFound, 4), (PlatformFailed, 5)]
)
def test_each_kind_of_error_has_its_exit_code_and_one_document(kind, code):
    result = acted(raising(kind("E-X-01", SAID)), "--json")
    assert result.exit_code == code
    assert json.loads(result.stdout) == {"error": {"code": "E-X-01", "message": SAID.model_dump()}}
    assert result.stderr == "E-X-01: Not so.\n"


def test_without_json_an_error_leaves_stdout_empty():
    result = acted(raising(Refused("E-X-01", SAID)))
    assert (result.stdout, result.stderr) == ("", "E-X-01: Not so.\n")


def test_an_unforeseen_error_is_five_and_tells_no_value_anywhere(tmp_path):
    result = acted(raising(ValueError("a person's value")), "--json")
    assert result.exit_code == 5
    assert json.loads(result.stdout)["error"]["code"] == "E-PLATFORM-01"
    (log,) = (tmp_path / "home" / "logs").iterdir()
    told = result.stdout + result.stderr + log.read_text(encoding="utf-8")
    assert "a person" not in told
    assert "Traceback" not in result.stdout + result.stderr
    assert "builtins.ValueError" in log.read_text(encoding="utf-8")
    assert str(log) in result.stderr
    assert log.stat().st_mode & 0o077 == 0


def test_wrong_arguments_are_two_and_a_document():
    result = acted(lambda: Answer({}, lines()), "--colour", "--json")
    assert result.exit_code == 2
    assert set(json.loads(result.stdout)["error"]["message"]) == {"en", "zh"}


def test_what_a_library_prints_is_not_in_the_answer():
    def act() -> Answer:
        print("noise")  # noqa: T201
        return Answer({"a": 1}, lines())

    result = acted(act, "--json")
    assert json.loads(result.stdout) == {"a": 1}
    assert "noise" in result.stderr


def test_the_answers_own_exit_code_is_kept_with_its_document():
    result = acted(lambda: Answer({"ok": False}, lines(), exit_code=1), "--json")
    assert (result.exit_code, json.loads(result.stdout)) == (1, {"ok": False})


@pytest.mark.parametrize(("arguments", "said"), [((), "Not so."), (("--lang", "zh"), "并非如此。")])
def test_the_language_is_chosen_by_option(arguments, said):
    assert acted(lambda: Answer({}, lines(SAID)), *arguments).stdout == f"{said}\n"


def test_the_language_of_an_error_is_the_settings(monkeypatch):
    monkeypatch.setenv("ZONELAB_LANGUAGE", "zh")
    assert "并非如此" in acted(raising(Refused("E-X-01", SAID))).stderr


def test_a_language_that_does_not_exist_is_wrong_usage():
    assert acted(lambda: Answer({}, lines()), "--lang", "fr").exit_code == 2


def test_a_wrong_setting_is_named(monkeypatch):
    monkeypatch.setenv("ZONELAB_LANGUAGE", "fr")
    result = acted(lambda: Answer({}, lines()))
    assert result.exit_code == 2
    assert "ZONELAB_LANGUAGE" in result.stderr


def test_ctrl_c_ends_quietly():
    result = acted(raising(KeyboardInterrupt()))
    assert (result.exit_code, result.stdout) == (130, "")


def test_a_function_offered_as_a_command_stays_a_function():
    def act(name: str) -> Answer:
        return Answer(name, lines())

    assert offer(typer.Typer(), "act")(act)("x").document == "x"


def test_the_command_starts_without_any_heavy_library():
    script = f"import sys; import apps.cli.main; print([m for m in {HEAVY} if m in sys.modules])"
    found = subprocess.run(  # noqa: S603
        [sys.executable, "-c", script], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"
