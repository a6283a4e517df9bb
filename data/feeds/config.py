"""The configuration of a feed: where from, into which zone and table, how much at once. Secrets are never in it.

Belongs here: the fields and what they may hold. Does not: passwords and addresses with passwords (settings: the environment).
"""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from data.contracts import contract_names
from data.feeds.texts import refused
from data.messages import NotFound, Text
from data.reference import PROGRAMME, zones
from data.yaml_text import read_yaml

NAME = r"^[a-z][a-z0-9_]{0,39}$"
IDENTIFIER = r"^[A-Za-z_][A-Za-z0-9_]*$"
TOPIC = re.compile(r"(?:[^#+]*|\+)(?:/(?:[^#+/]*|\+))*(?:/#)?|#")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Feed(_Part):
    """What every feed says.

    `name` is the feed's own: the folder of its state, the beginning of its files' names, the middle of its variables in the
    environment. `zone` and `contract` are where its deliveries go: never a payload says that.
    """

    name: str = Field(pattern=NAME)
    zone: str
    contract: str

    @model_validator(mode="after")
    def _known(self) -> Self:
        if self.contract not in contract_names():
            raise ValueError(f"there is no contract {self.contract[:60]}")
        if self.zone != PROGRAMME and self.zone not in zones():
            raise ValueError(f"there is no zone {self.zone[:60]}")
        return self


class Batch(_Part):
    """When messages become a file: after so many seconds, messages or megabytes, whichever comes first."""

    seconds: float = Field(default=300, gt=0, le=86_400)
    messages: int = Field(default=50_000, ge=1, le=1_000_000)
    megabytes: float = Field(default=16, gt=0, le=128)


class MqttFeed(Feed):
    """Messages of a broker.

    `client_id` is how the broker knows us again: it keeps what comes while we are away. `topic_column` adds the topic to each
    message, `received_column` the time at which it came; a message that is delivered twice then differs in that time.
    """

    kind: Literal["mqtt"]
    host: str = Field(min_length=1, pattern=r"^[A-Za-z0-9_.:-]+$")
    port: int = Field(default=8883, ge=1, le=65_535)
    tls: bool = True
    topics: tuple[str, ...] = Field(min_length=1)
    client_id: str | None = Field(default=None, pattern=r"^[A-Za-z0-9_.-]{1,64}$")
    keepalive_seconds: int = Field(default=60, ge=5, le=3600)
    batch: Batch = Batch()
    topic_column: str | None = Field(default=None, pattern=IDENTIFIER)
    received_column: str | None = Field(default=None, pattern=IDENTIFIER)

    @model_validator(mode="after")
    def _topics_are_filters(self) -> Self:
        wrong = [topic for topic in self.topics if not topic or not TOPIC.fullmatch(topic)]
        if wrong:
            raise ValueError(f"topics: {len(wrong)} are no topic filters (# ends a filter, + is a whole level)")
        return self

    @property
    def identity(self) -> str:
        """The client id: given, or made of zone and name."""
        return self.client_id or f"zonelab-{self.zone}-{self.name}"


class SqlFeed(Feed):
    """Rows of a database: a table, or a query, in the order of `watermark` and `key`.

    `watermark` never falls for rows that come later (a time of change, a serial number) but for late rows: `overlap` is fetched
    again before it at every run, in seconds for times, in units for numbers. `key` tells rows of one watermark apart.
    `start` is the first watermark to fetch, of the column's own kind (in quotation marks where the database keeps times as text).
    """

    kind: Literal["sql"]
    table: str | None = Field(default=None, pattern=r"^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*){0,2}$")
    query: str | None = Field(default=None, min_length=7)
    watermark: str = Field(pattern=IDENTIFIER)
    key: tuple[str, ...] = Field(min_length=1)
    overlap: float = Field(default=0, ge=0)
    rows: int = Field(default=50_000, ge=1, le=1_000_000)
    start: int | float | dt.datetime | dt.date | str | None = None
    every_minutes: int = Field(default=15, ge=1, le=1440)

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.table is None) == (self.query is None):
            raise ValueError("give a table or a query, not both")
        if self.query is not None and not re.match(r"\s*(select|with)\b", self.query, re.IGNORECASE):
            raise ValueError("query: only a SELECT is asked")
        if any(not re.fullmatch(IDENTIFIER, each) for each in self.key):
            raise ValueError("key: names of columns")
        if self.watermark in self.key:
            raise ValueError("key: without the watermark; name what tells rows of one watermark apart")
        return self


KINDS: dict[str, type[Feed]] = {"mqtt": MqttFeed, "sql": SqlFeed}


def load_feed(path: Path, kind: Literal["mqtt", "sql"] | None = None) -> Feed:
    """Return the configuration in a YAML file; `kind` is the one that is wanted, None for any.

    Raises
    ------
    NotFound
        E-FEED-01: there is no such file.
    Refused
        E-FEED-01: it is not one of that kind; the message names the fields, never what stands in them.
    """
    try:
        document = read_yaml(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise NotFound("E-FEED-01", Text(en=f"There is no file {path}.", zh=f"没有文件 {path}。")) from error
    except (yaml.YAMLError, OSError, UnicodeDecodeError) as error:
        raise refused("E-FEED-01", problems="it is no YAML file") from error
    if not isinstance(document, dict):
        raise refused("E-FEED-01", problems="it is no mapping of fields")
    said = document.get("kind")
    if said not in KINDS or kind not in (None, said):
        raise refused("E-FEED-01", problems=f"kind is not {kind or ' or '.join(KINDS)}")
    try:
        return KINDS[said].model_validate(document)
    except ValidationError as error:
        told = [f"{'.'.join(map(str, each['loc'])) or 'feed'}: {each['msg']}" for each in error.errors()]
        raise refused("E-FEED-01", problems="; ".join(told)) from None
