"""The data part of a preparation: one evaluation set a domain, made with the first base's tokenizer."""

from __future__ import annotations

from merge_lab_agent.checkpoint import Checkpoint
from merge_lab_agent.evaluation import EvaluationSet, build_evaluation
from merge_lab_agent.preparation import OpenedModel, Preparation
from merge_lab_agent.problem import Problem
from merge_lab_agent.rendering import ChatTemplate, find_template, read_template
from merge_lab_agent.store import Store
from merge_lab_agent.tokenizer import Tokenizer


def build_evaluations(found: Preparation, store: Store) -> None:
    """Make and write every domain's evaluation set with the first base's tokenizer."""
    base = next((model for model in found.models.values() if model.asked.role == "base"), None)
    paths = {domain: found.request.file(path) for domain, path in found.request.domains.items()}
    for path in paths.values():
        found.files.add(path)
    if base is None:
        return
    try:  # already reported where the models were compared
        tokenizer = Tokenizer.load(base.resolved.path)
    except Problem:
        return
    before = len(found.problems)
    template = found.attempt(lambda: _template(found, base, tokenizer))
    if len(found.problems) > before:
        return
    for domain, path in paths.items():
        built = found.attempt(
            lambda domain=domain, path=path: build_evaluation(  # type: ignore[misc]
                domain,
                path,
                tokenizer,
                max_length=found.request.max_length,
                max_tokens=found.request.max_tokens_per_domain,
                template=template,
            ),
            domain=domain,
        )
        if built is not None:
            found.evaluations[domain] = built
            found.files.add(built.write(store))
            _check_against_models(found, built)


def _template(found: Preparation, base: OpenedModel, tokenizer: Tokenizer) -> ChatTemplate | None:
    """The base's chat template; without one, that which all its experts share; else none."""
    asked = found.request.chat_template
    if asked == "none":
        return None
    if asked != "auto":
        file = found.request.file(asked)
        found.files.add(file)
        return read_template(file)
    experts = {model.id: _template_of(model) for model in found.experts(base.asked.size)}
    own = find_template(base.resolved.path, tokenizer.config)
    shared = set(experts.values())
    if own is None:
        only = shared.pop() if len(shared) == 1 else None
        return None if only is None else ChatTemplate(only, "the experts, which share it")
    for model, other in experts.items():
        if other is not None and other.strip() != own.strip():
            found.warnings.append(
                Problem(
                    "template_differs",
                    f"{model} carries another chat template than the base, whose template is used for all.",
                    "Nothing has to be done; or name one with chat_template.",
                    model=model,
                )
            )
    return ChatTemplate(own, "the base")


def _template_of(model: OpenedModel) -> str | None:
    try:
        return find_template(model.resolved.path, Tokenizer.config_of(model.resolved.path))
    except Problem:  # a broken tokenizer file is reported where tokenizers are compared
        return None


def _check_against_models(found: Preparation, built: EvaluationSet) -> None:
    """Every id has a row in every model's embedding, and no sample is longer than a model can read."""
    largest = max(max(sample.tokens) for sample in built.samples)
    longest = max(len(sample.tokens) for sample in built.samples)
    for model in found.models.values():
        opened = model.opened
        if not isinstance(opened, Checkpoint) or model.asked.role == "expert":
            continue
        if largest >= opened.vocabulary > 0:
            found.problems.append(
                Problem(
                    "token_out_of_range",
                    f"The data of {built.domain} has the token {largest}, but {model.id} knows only "
                    f"{opened.vocabulary}.",
                    "Use the tokenizer that belongs to the base.",
                    model=model.id,
                    domain=built.domain,
                )
            )
        limit = opened.config.get("max_position_embeddings", opened.config.get("n_positions"))
        if type(limit) is int and longest > limit:
            _too_long(found, model, built.domain, longest, limit)


def _too_long(found: Preparation, model: OpenedModel, domain: str, longest: int, limit: int) -> None:
    """An obstacle where positions are a table (the model would read beyond it), else a warning."""
    table = any(name.endswith(("wpe.weight", "embed_positions.weight")) for name in model.opened.tensors)
    (found.problems if table else found.warnings).append(
        Problem(
            "sample_too_long",
            f"{domain} has a sample of {longest} tokens, but {model.id} was made for {limit}.",
            f"Set max_length to {limit} or less.",
            model=model.id,
            domain=domain,
        )
    )
