"""The promises every command keeps: `--json`, `--lang`, exit codes, and never a traceback.

Belongs here: registering a command, turning any exception into a bilingual message and an exit code. Does not: commands.
An exception that nobody foresaw is exit code 5 and a log file (crash); its own message is never shown: it may hold a value.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import json
import sys
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from typing import Annotated, NoReturn, ParamSpec, get_args

import typer
from typer.core import TyperGroup

from apps.cli.answer import Answer, give
from data.messages import Language, Text, ZonelabError

P = ParamSpec("P")
USAGE, BROKEN, INTERRUPTED = 2, 5, 130
_language: ContextVar[Language] = ContextVar("language", default="en")

JsonOption = Annotated[bool, typer.Option("--json", help="Print exactly one JSON document on stdout.")]
LanguageOption = Annotated[str | None, typer.Option("--lang", metavar="en|zh", help="Language of messages.")]


class Door(TyperGroup):
    """The command group whose failures are told as INTERFACE.md promises, in a test runner as in a terminal."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,  # noqa: ARG002, FBT001, FBT002 - the base class's signature
        windows_expand_args: bool = True,  # noqa: FBT001, FBT002 - the base class's signature
        **extra: object,
    ) -> NoReturn:
        """Run a command line and exit with the promised code."""
        arguments = list(sys.argv[1:] if args is None else args)
        code: object
        try:
            code = super().main(arguments, prog_name, complete_var, False, windows_expand_args, **extra)  # noqa: FBT003
        except KeyboardInterrupt:
            code = INTERRUPTED
        except Exception as error:  # noqa: BLE001 - the last line of defence: every other handler has had its turn
            code = tell(error, arguments)
        sys.exit(code if isinstance(code, int) else 0)


def offer(app: typer.Typer, name: str) -> Callable[[Callable[P, Answer]], Callable[P, Answer]]:
    """Register a function as the command `name` of `app`, with `--json` and `--lang`; the function itself stays callable."""

    def register(function: Callable[P, Answer]) -> Callable[P, Answer]:
        app.command(name, help=inspect.getdoc(function))(_command(function))
        return function

    return register


def _command(function: Callable[..., Answer]) -> Callable[..., int]:
    @functools.wraps(function)
    def run(*, as_json: bool = False, lang: str | None = None, **arguments: object) -> int:
        chosen = chosen_language(lang)
        _language.set(chosen)
        with contextlib.redirect_stdout(sys.stderr):  # dbt and others print; stdout is for the answer
            answer = function(**arguments)
        return give(answer, as_json=as_json, language=chosen)

    own = inspect.signature(function, eval_str=True)
    keyword = inspect.Parameter.KEYWORD_ONLY
    more = [
        inspect.Parameter("as_json", keyword, default=False, annotation=JsonOption),
        inspect.Parameter("lang", keyword, default=None, annotation=LanguageOption),
    ]
    run.__signature__ = own.replace(parameters=[*own.parameters.values(), *more], return_annotation=int)  # type: ignore[attr-defined]
    run.__annotations__ = {name: p.annotation for name, p in run.__signature__.parameters.items()}  # type: ignore[attr-defined]
    return run


def language() -> Language:
    """Return the language of the running command, for progress lines."""
    return _language.get()


def chosen_language(wanted: str | None) -> Language:
    """Return the language asked for, or that of the settings."""
    if wanted is None:
        from data.settings import load_settings

        return load_settings().language
    for known in get_args(Language):
        if wanted == known:
            return known  # type: ignore[no-any-return]
    raise typer.BadParameter(f"--lang {wanted}: use en or zh.")


def tell(error: Exception, arguments: Sequence[str]) -> int:
    """Print an error (one JSON document on stdout with `--json`, a sentence on stderr) and return its exit code."""
    if isinstance(error, BrokenPipeError):
        return 0
    code, text, exit_code = understood(error, arguments)
    if "--json" in arguments:
        document = {"error": {"code": code, "message": text.model_dump()}}
        sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
    sys.stderr.write(f"{code}: {text.get(_error_language(arguments))}\n")
    return exit_code


def understood(error: Exception, arguments: Sequence[str]) -> tuple[str, Text, int]:
    """Return code, message and exit code of any exception."""
    from pydantic import ValidationError

    if isinstance(error, ZonelabError):
        return error.code, error.text, error.exit_code
    if isinstance(error, typer.TyperException):
        said = error.format_message()
        more = "zonelab --help"
        return "E-USAGE-01", Text(en=f"{said} See {more}.", zh=f"用法有误：{said} 参见 {more}。"), USAGE
    if isinstance(error, ValidationError) and error.title == "Settings":
        names = ", ".join(f"ZONELAB_{str(problem['loc'][0]).upper()}" for problem in error.errors() if problem["loc"])
        return "E-USAGE-02", Text(en=f"Not a valid setting: {names}.", zh=f"设置无效：{names}。"), USAGE
    from apps.cli.crash import record

    where = record(error, arguments)
    return (
        "E-PLATFORM-01",
        Text(
            en=f"The platform failed ({type(error).__name__}); nothing you did. Details for support: {where}",
            zh=f"平台出错（{type(error).__name__}），并非您的操作所致。供支持人员查看的记录：{where}",
        ),
        BROKEN,
    )


def _error_language(arguments: Sequence[str]) -> Language:
    if "--lang" in arguments[:-1] and arguments[arguments.index("--lang") + 1] == "zh":
        return "zh"
    with contextlib.suppress(Exception):
        return chosen_language(None)
    return "en"
