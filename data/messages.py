"""Bilingual text and the errors that users meet.

Belongs here: the `Text` pair (English, Chinese) and the exception family whose members carry an exit code. Does not: the
catalogue of file problems (quality.messages), labels of the viewer (apps/viewer/locale).
"""

from __future__ import annotations

from typing import ClassVar, Literal, get_args

from pydantic import BaseModel, ConfigDict

Language = Literal["en", "zh"]


class Text(BaseModel):
    """One statement in both languages.

    >>> Text(en="Wait", zh="等候").get("zh")
    '等候'
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    en: str
    zh: str

    def get(self, language: Language) -> str:
        """Return the statement in `language`."""
        return self.zh if language == "zh" else self.en

    def fill(self, **values: object) -> Text:
        """Return the pair with `{placeholders}` of both languages replaced; a value that is a `Text` is used in each.

        >>> Text(en="{n} rows of {name}", zh="{name}：{n} 行").fill(n=3, name=Text(en="Wait", zh="等候")).zh
        '等候：3 行'
        """
        english, chinese = (
            {name: value.get(language) if isinstance(value, Text) else value for name, value in values.items()}
            for language in get_args(Language)
        )
        return Text(en=self.en.format(**english), zh=self.zh.format(**chinese))


class ZonelabError(Exception):
    """An error told to a user: what, where, how many, what to do. Never holds a person's value.

    Parameters
    ----------
    code
        Stable identifier that support can search for, such as ``E-FILE-01``.
    text
        The message in both languages.

    Notes
    -----
    ``exit_code`` is the command's exit status: 1 not acceptable, 2 wrong usage, 3 not permitted, 4 not found, 5 the
    platform failed.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, code: str, text: Text) -> None:
        super().__init__(f"{code}: {text.en}")
        self.code = code
        self.text = text


class Refused(ZonelabError):
    """The thing asked for breaks a rule (bad data, unsupported spec, failed check)."""

    exit_code: ClassVar[int] = 1


class WrongUsage(ZonelabError):
    """The request itself is malformed."""

    exit_code: ClassVar[int] = 2


class NotPermitted(ZonelabError):
    """The acting user may not do this."""

    exit_code: ClassVar[int] = 3


class NotFound(ZonelabError):
    """A named thing does not exist."""

    exit_code: ClassVar[int] = 4


class PlatformFailed(ZonelabError):
    """The platform, not the input, is at fault."""

    exit_code: ClassVar[int] = 5
