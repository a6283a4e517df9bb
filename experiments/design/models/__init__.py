"""The models that a diagnosis draws from: the three generators' parameters, typed, with units.

Belongs here: which generators there are, reading `model_m`. Does not: drawing (generators), assignment (assignment). A parameter
that no generator knows is refused, as is one that is out of bounds.
"""

from __future__ import annotations

from pydantic import ValidationError

from experiments.design.models.clustered import ClusteredPanel
from experiments.design.models.series import Series
from experiments.design.models.staggered import StaggeredPanel
from experiments.messages import refusal
from experiments.registry.schema.design import ModelM
from experiments.spec import described

Model = ClusteredPanel | StaggeredPanel | Series

GENERATORS: dict[str, type[Model]] = {
    "clustered_panel": ClusteredPanel,
    "staggered_panel": StaggeredPanel,
    "series": Series,
}


def read_model(declared: ModelM) -> Model:
    """Return the typed parameters of `model_m`.

    Raises
    ------
    Refused
        No such generator, or parameters that it does not know or that are out of bounds; every problem is listed.

    Examples
    --------
    >>> made = {"clusters_per_block": 2, "units_per_cluster": 9, "waves": ["W1"], "treated_from": "W1"}
    >>> made["outcomes"] = {"y": {"mean": 0, "sd": 1}}
    >>> read_model(ModelM(generator="clustered_panel", parameters=made)).units_per_cluster
    9
    """
    chosen = GENERATORS.get(declared.generator)
    if chosen is None:
        raise refusal("E-DIAG-01", name=declared.generator, known=", ".join(GENERATORS))
    try:
        return chosen.model_validate(declared.parameters)
    except ValidationError as error:
        raise refusal("E-DIAG-02", name=declared.generator, problems=described(error)) from error
