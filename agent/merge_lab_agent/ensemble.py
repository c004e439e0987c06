"""`prepare` for an ensemble: every model by itself, and data that all of them score byte for byte.

Nothing is compared: models may differ in all. Each has its own tokenizer, template, dtype and batches; models
with the same tokenizer and template share their evaluation sets.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from merge_lab_agent import compare
from merge_lab_agent.checkpoint import Checkpoint
from merge_lab_agent.ensemble_answer import ensemble_answer
from merge_lab_agent.ensemble_evaluation import Lossy, SharedSet, build_shared
from merge_lab_agent.preparation import OpenedModel, Preparation
from merge_lab_agent.problem import Problem
from merge_lab_agent.rendering import ChatTemplate, find_template, read_template
from merge_lab_agent.store import Store
from merge_lab_agent.tokenizer import Tokenizer


@dataclass
class Member:
    """One model of the ensemble. `sets` is by domain, as far as they could be made."""

    model: OpenedModel
    checkpoint: Checkpoint
    tokenizer: str
    """Of everything that turns text into ids."""
    sets: dict[str, SharedSet] = field(default_factory=dict)


@dataclass(frozen=True)
class _Reading:
    """How one model reads text. Models that read alike have the same `name`."""

    tokenizer: Tokenizer
    template: ChatTemplate | None
    start: int | None
    max_length: int

    @property
    def name(self) -> str:
        template = None if self.template is None else self.template.source
        parts = [tokenizer_digest(self.tokenizer), template, self.start, self.max_length]
        return json.dumps([*parts, self.tokenizer.prefix, sorted(self.tokenizer.named.items())])


def prepare_ensemble(found: Preparation, store: Store) -> dict[str, Any]:
    """The answer, `PreparedEnsemble` of core/store/ensemble/format.ts; writes the evaluation sets."""
    for path in found.request.domains.values():
        found.files.add(found.request.file(path))
    made: dict[tuple[str, str], SharedSet | None] = {}
    members = []
    for model in found.models.values():
        reading = found.attempt(lambda model=model: _reading(found, model), model=model.id)  # type: ignore[misc]
        if reading is None or not isinstance(model.opened, Checkpoint):
            continue
        member = Member(model, model.opened, tokenizer_digest(reading.tokenizer))
        members.append(member)
        for domain, path in found.request.domains.items():
            place = (reading.name, domain)
            if place not in made:
                made[place] = _build(found, store, model, reading, domain, found.request.file(path))
            shared = made[place]
            if shared is not None:
                member.sets[domain] = shared
                _check(found, member, domain, shared)
    found.warnings += compare.duplicates({member.model.id: member.model.fingerprint for member in members})
    return ensemble_answer(found, store, members)


def tokenizer_digest(tokenizer: Tokenizer) -> str:
    """SHA-256 of what the tokenizer does."""
    return hashlib.sha256(tokenizer.backend.to_str().encode("utf-8")).hexdigest()


def _reading(found: Preparation, model: OpenedModel) -> _Reading | None:
    """Raises: Problem `tokenizer_missing`, `tokenizer_invalid`, `template_missing`, `template_invalid`."""
    if not isinstance(model.opened, Checkpoint):
        return None
    config, tokenizer = model.opened.config, Tokenizer.load(model.resolved.path)
    return _Reading(
        tokenizer,
        _template(found, model, tokenizer),
        _start(tokenizer, config),
        min([found.request.max_length, *_positions(config)]),
    )


def _template(found: Preparation, model: OpenedModel, tokenizer: Tokenizer) -> ChatTemplate | None:
    """`auto` is the model's own, or none where it has none."""
    asked = found.request.chat_template
    if asked == "none":
        return None
    if asked != "auto":
        file = found.request.file(asked)
        found.files.add(file)
        return read_template(file)
    own = find_template(model.resolved.path, tokenizer.config)
    return None if own is None else ChatTemplate(own, "the model")


def _start(tokenizer: Tokenizer, config: dict[str, Any]) -> int | None:
    """What a document begins after: the beginning of text, else the end of the one before."""
    named = [tokenizer.named.get("bos_token"), tokenizer.named.get("eos_token")]
    begin, end = (None if text is None else tokenizer.backend.token_to_id(text) for text in named)
    configured = config.get("bos_token_id")
    candidates = (begin, configured if type(configured) is int else None, end)
    return next((token for token in candidates if token is not None), None)


def _positions(config: dict[str, Any]) -> list[int]:
    """How many tokens the model was made for, where its config says so."""
    text = config.get("text_config")
    config = text if isinstance(text, dict) else config
    limits = (config.get(name) for name in ("max_position_embeddings", "n_positions"))
    return [limit for limit in limits if type(limit) is int and limit > 1]


def _build(
    found: Preparation, store: Store, model: OpenedModel, reading: _Reading, domain: str, path: Path
) -> SharedSet | None:
    shared = found.attempt(
        lambda: build_shared(
            domain,
            path,
            reading.tokenizer,
            max_length=reading.max_length,
            max_bytes=found.request.max_bytes or 0,
            template=reading.template,
            start=reading.start,
        ),
        model=model.id,
        domain=domain,
    )
    if shared is not None:
        found.files.add(shared.evaluation.write(store))
    return shared


def _check(found: Preparation, member: Member, domain: str, shared: SharedSet) -> None:
    """Every id has a row in the model's embedding, and stands for the text that it hides."""
    model, evaluation = member.model.id, shared.evaluation
    largest = max(max(sample.tokens) for sample in evaluation.samples)
    if largest >= member.checkpoint.vocabulary > 0:
        found.problems.append(
            Problem(
                "token_out_of_range",
                f"The data of {domain} has the token {largest}, but {model} knows only "
                f"{member.checkpoint.vocabulary}.",
                "Use the tokenizer that belongs to the model.",
                model=model,
                domain=domain,
            )
        )
    if shared.lossy:
        count, first = len(shared.lossy), shared.lossy[0]
        were = f"{count} records of {domain} are" if count > 1 else f"1 record of {domain} is"
        found.warnings.append(
            Problem(
                "tokenizer_lossy",
                f"{were} not what {model}'s tokenizer makes of them, e.g. {_difference(first)} in record "
                f"{first.id}: they are left out for every model.",
                "Leave the model out if they are many.",
                model=model,
                domain=domain,
            )
        )


def _difference(lossy: Lossy) -> str:
    """Where text and tokens part, in a few characters."""
    said = lossy.tokens_say.strip()
    at = next(
        (i for i, (a, b) in enumerate(zip(lossy.text, said)) if a != b), min(len(lossy.text), len(said))
    )
    begin = max(0, at - 8)
    return f"{lossy.text[begin : at + 12]!r} becomes {said[begin : at + 12]!r}"
