"""How strictly numbers are kept: one file of settings that may only be made stricter.

Belongs here: the settings and their weakest values. Does not: what is done with them (the rules). A file that cannot be read, an
unknown name or a value weaker than the rules is an error, never a default.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from quality.disclosure.messages import refusal

POLICY_FILE = Path(__file__).with_name("policy.yml")
RISING = frozenset({"threshold", "reporting_organisations", "p_percent", "protection", "rounding_base", "residual_df"})
"""Settings of which a greater value is stricter; of the others a smaller one is."""
WORDS = frozenset({"rule_version", "differencing"})


class Policy(BaseModel):
    """The settings of the rules; the bounds are the weakest values allowed.

    >>> Policy.model_validate({**load_policy().model_dump(), "threshold": 9})
    Traceback (most recent call last):
        ...
    pydantic_core._pydantic_core.ValidationError: ...
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    rule_version: str
    threshold: int = Field(ge=10)
    reporting_organisations: int = Field(ge=3)
    class_share: float = Field(gt=0, le=0.9)
    two_share: float = Field(gt=0, le=0.9)
    p_percent: float = Field(ge=0.1)
    prior: float = Field(gt=0, le=0.5)
    protection: float = Field(ge=0.1, le=0.4)
    rounds: int = Field(ge=1, le=60)
    seconds: float = Field(gt=0, le=60)
    differencing: Literal["hold", "noise"]
    rounding_base: int = Field(ge=5)
    magnitude_figures: int = Field(ge=1, le=3)
    estimate_figures: int = Field(ge=1, le=4)
    residual_df: int = Field(ge=10)
    leverage: float = Field(gt=0, le=0.9)
    r_squared: float = Field(gt=0, le=0.999)
    covariance_terms: int = Field(ge=1, le=50)
    file_bytes: int = Field(ge=1, le=16 * 2**20)
    file_rows: int = Field(ge=1, le=5000)
    file_columns: int = Field(ge=1, le=200)

    def raised(self, **stricter: Any) -> Policy:  # noqa: ANN401 - a setting is a number or a word
        """Return the policy of one release with some settings made stricter.

        Raises
        ------
        Refused
            E-SDC-17: a setting is unknown, or would be weaker than it is.

        >>> load_policy().raised(threshold=20).threshold
        20
        """
        weaker = [name for name, value in stricter.items() if name not in WORDS and self._is_weaker(name, value)]
        try:
            found = Policy.model_validate({**self.model_dump(), **stricter})
        except ValidationError as error:
            raise refusal("E-SDC-17", what="policy", kind=type(error).__name__) from None
        if weaker:
            raise refusal("E-SDC-17", what=f"policy: {', '.join(sorted(weaker))}", kind="weaker")
        return found

    def _is_weaker(self, name: str, value: Any) -> bool:  # noqa: ANN401
        present = getattr(self, name, None)
        if not isinstance(present, int | float) or not isinstance(value, int | float):
            return True
        return value < present if name in RISING else value > present


def load_policy() -> Policy:
    """Return the platform's policy.

    >>> load_policy().threshold
    10
    """
    return read_policy(POLICY_FILE)


@cache
def read_policy(path: Path) -> Policy:
    """Return the policy in a file.

    Raises
    ------
    Refused
        E-SDC-17: it cannot be read, names a setting that nobody knows, or is weaker than the rules.
    """
    try:
        return Policy.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise refusal("E-SDC-17", what=path.name, kind=type(error).__name__) from None
