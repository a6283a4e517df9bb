"""`zonelab protocol amend / ai-version / ethics / deviation`: what changes or happens after registration.

Belongs here: arguments, one call of a documented function each. Does not: the class of a change (amendments), other acts
(protocols).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from apps.cli.answer import Answer
from apps.cli.door import offer
from apps.cli.files import UserOption, existing
from apps.cli.protocol_arguments import IdArgument, ProtocolArgument, one_of, registry_opened
from apps.cli.protocol_tables import amendment_shown, ethics_shown, standing, standing_shown
from data.messages import Text, WrongUsage
from data.yaml_text import read_yaml

ReasonCodeOption = Annotated[str, typer.Option("--reason", metavar="CODE", help="Why: a code of the vocabulary.")]
JustificationOption = Annotated[
    str, typer.Option("--justification", metavar="TEXT", help="Why, in 100 characters or more.")
]
KnowledgeOption = Annotated[
    str, typer.Option("--knowledge", metavar="K", help="Of results: none, blinded_aggregate or unblinded.")
]
EffectOption = Annotated[
    str, typer.Option("--effect", metavar="E", help="On inference: none, weakens, strengthens or unknown.")
]
HypothesesOption = Annotated[
    list[str] | None, typer.Option("--hypothesis", metavar="H", help="A hypothesis that it affects; repeatable.")
]
PreviewOption = Annotated[bool, typer.Option("--preview", help="Say what it would change and need; propose nothing.")]
InterventionOption = Annotated[str, typer.Option("--intervention", metavar="ID", help="The intervention's id.")]
RunsAsOption = Annotated[str, typer.Option("--version", metavar="V", help="The version that runs now.")]
DecisionArgument = Annotated[
    Path | None, typer.Argument(metavar="[DECISION.yml]", help="A committee's decision; none: list those in force.")
]
DeviationArgument = Annotated[str, typer.Argument(metavar="DEVIATION", help="The deviation's id.")]
ConsequenceOption = Annotated[str, typer.Option("--consequence", metavar="TEXT", help="What it means for the results.")]
ActionOption = Annotated[str, typer.Option("--action", metavar="TEXT", help="What was done about it.")]


def amend(  # noqa: PLR0913, PLR0917 - the options of one command
    experiment_id: IdArgument,
    file: ProtocolArgument,
    actor: UserOption,
    reason: ReasonCodeOption = "",
    justification: JustificationOption = "",
    knowledge: KnowledgeOption = "none",
    effect: EffectOption = "unknown",
    hypotheses: HypothesesOption = None,
    preview: PreviewOption = False,  # noqa: FBT002 - an option of the command line
) -> Answer:
    """Propose a change of the registered plan: the whole plan as it shall be. Minor or major is the platform's finding."""
    from experiments.registry import amending
    from experiments.registry.amendments import Inference, Knowledge
    from experiments.registry.protocol import load_protocol

    registry, protocol = registry_opened(), load_protocol(existing(file))
    if preview:
        return _previewed(amending.proposal(registry, experiment_id, protocol))
    record = amending.amend(
        registry,
        experiment_id,
        protocol,
        reason_code=reason,
        justification=justification,
        actor=actor,
        knowledge_of_results=one_of("knowledge", knowledge, Knowledge),
        expected_effect_on_inference=one_of("effect", effect, Inference),
        affected_hypotheses=tuple(hypotheses or ()),
    )
    document = standing(record) | {"amendment": record.amendments[-1].detail}
    return Answer(document, amendment_shown(document))


def _previewed(assessment: Any) -> Answer:  # noqa: ANN401 - heavy type, imported by the caller
    document = {
        "amendment": {
            "from": assessment.before,
            "to": assessment.after,
            "class": assessment.change_class,
            "phase_at_change": assessment.phase,
            "changes": [{**item.change.to_dict(), "class": item.change_class} for item in assessment.changes],
            "resets": {side: list(sections) for side, sections in assessment.resets.items()},
            "rediagnosis_needed": assessment.rediagnosis_needed,
            "ethics_reapproval_needed": assessment.ethics_reapproval_needed,
            "reconsent_needed": assessment.reconsent_needed,
        }
    }
    return Answer(document, amendment_shown(document), exit_code=1 if assessment.locked else 0)


def ai_version(
    experiment_id: IdArgument, intervention: InterventionOption, version: RunsAsOption, actor: UserOption
) -> Answer:
    """Record that an AI system runs in a new version: an exposure epoch begins; a frozen system makes it a deviation."""
    from experiments.registry.amending import record_ai_version

    record = record_ai_version(
        registry_opened(), experiment_id, intervention_id=intervention, version=version, actor=actor
    )
    document = standing(record)
    return Answer(document, standing_shown(document))


def ethics(experiment_id: IdArgument, actor: UserOption, decision: DecisionArgument = None) -> Answer:
    """Record a committee's decision (board, number, decision, date, expires_on, zones); without a file, list those in force."""
    from experiments.registry.ethics import record_ethics
    from experiments.registry.reading import ethics_document

    registry = registry_opened()
    if decision is not None:
        record_ethics(registry, experiment_id, decision=_decision(existing(decision)), actor=actor)
    document = ethics_document(registry, experiment_id, actor)
    return Answer(document, ethics_shown(document))


def _decision(file: Path) -> Any:  # noqa: ANN401 - EthicsDecision, imported where it is needed
    from pydantic import ValidationError

    from experiments.registry.schema.governance import EthicsDecision
    from experiments.spec import described

    try:
        return EthicsDecision.model_validate(read_yaml(file.read_text(encoding="utf-8")))
    except ValidationError as error:
        problems = described(error)
    except (yaml.YAMLError, UnicodeDecodeError):
        problems = "not YAML"
    said = Text(en=f"{file.name} is not an ethics decision: {problems}.", zh=f"{file.name} 不是伦理决定：{problems}。")
    raise WrongUsage("E-USAGE-15", said)


def deviation(
    experiment_id: IdArgument,
    deviation_id: DeviationArgument,
    actor: UserOption,
    reason: ReasonCodeOption,
    consequence: ConsequenceOption,
    action: ActionOption,
) -> Answer:
    """Say why a deviation happened, what it means, what was done; what the machine found stays as it is."""
    from experiments.registry.recordings import note_deviation

    record = note_deviation(
        registry_opened(),
        experiment_id,
        deviation_id,
        reason_code=reason,
        consequence=consequence,
        corrective_action=action,
        actor=actor,
    )
    document = standing(record)
    return Answer(document, standing_shown(document))


def register(group: typer.Typer) -> None:
    """Add the commands to the protocol group."""
    offer(group, "amend")(amend)
    offer(group, "ai-version")(ai_version)
    offer(group, "ethics")(ethics)
    offer(group, "deviation")(deviation)
