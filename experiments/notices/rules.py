"""Who is told of what, and how: `<home>/notices.yml`.

Belongs here: the fields and what they may hold. Does not: secrets (settings: the environment), sending. A way that would carry a
notice in the clear to another machine is refused.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self, get_args
from urllib.parse import urlsplit

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from data.messages import PlatformFailed, Text
from data.paths import Workspace
from data.reference import zones
from data.yaml_text import read_yaml
from experiments.notices.occasions import Kind, Occasion

FILE = "notices.yml"
HERE = ("127.0.0.1", "localhost", "::1")
Address = Annotated[str, Field(pattern=r"^[^@\s,<>]+@[^@\s,<>]+$", max_length=254)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class MailServer(_Part):
    """The server that takes our mail; `ZONELAB_MAIL_USER` and `ZONELAB_MAIL_PASSWORD` are in the environment."""

    host: str
    port: int = Field(default=25, ge=1, le=65535)
    security: Literal["none", "starttls", "tls"] = "starttls"
    sender: Address

    @model_validator(mode="after")
    def _not_in_the_clear(self) -> Self:
        if self.security == "none" and self.host not in HERE:
            raise ValueError("mail to another machine needs starttls or tls")
        return self


class Rule(_Part):
    """One group of people: what they hear of, in which zones (none named: all), by mail, by webhook or both."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")
    about: tuple[Kind, ...] = get_args(Kind)
    zones: tuple[str, ...] = ()
    mail: tuple[Address, ...] = ()
    webhook: str | None = None

    @model_validator(mode="after")
    def _sound(self) -> Self:
        unknown = sorted(set(self.zones) - set(zones()))
        if unknown:
            raise ValueError(f"there is no zone {unknown[0][:60]}")
        if not (self.mail or self.webhook):
            raise ValueError("name a mail address or a webhook")
        if self.webhook is not None:
            parts = urlsplit(self.webhook)
            if not (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in HERE)):
                raise ValueError("a webhook is https, or http on this machine")
        return self

    def wants(self, occasion: Occasion) -> bool:
        """Tell whether this group hears of an occasion; what concerns no zone goes to those who have named none."""
        return occasion.kind in self.about and (not self.zones or occasion.zone in self.zones)


class Rules(_Part):
    """The whole file."""

    mail: MailServer | None = None
    rules: tuple[Rule, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        names = [rule.name for rule in self.rules]
        if len(names) != len(set(names)):
            raise ValueError("two rules have the same name")
        if self.mail is None and any(rule.mail for rule in self.rules):
            raise ValueError("a rule names a mail address, and there is no mail server")
        return self


def load_rules(workspace: Workspace) -> Rules | None:
    """Return the workspace's rules; None where nobody is told of anything.

    Raises
    ------
    PlatformFailed
        E-NOTICE-01: the file cannot be understood; says where, never what stands there.
    """
    try:
        return Rules.model_validate(read_yaml((workspace.home / FILE).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except ValidationError as error:
        place = ".".join(str(step) for step in error.errors()[0]["loc"]) or FILE
        said = error.errors(include_input=False, include_url=False)[0]["msg"]
        raise _unclear(f"{place}: {said}") from error
    except (yaml.YAMLError, UnicodeDecodeError, OSError) as error:
        raise _unclear(type(error).__name__) from error


def _unclear(why: str) -> PlatformFailed:
    return PlatformFailed(
        "E-NOTICE-01",
        Text(
            en=f"{FILE} cannot be understood ({why}); nobody is told of anything until it is put right.",
            zh=f"{FILE} 无法解析（{why}）；修正之前不会发出任何通知。",
        ),
    )
