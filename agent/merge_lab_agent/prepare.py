"""`prepare`: resolves models and data, writes evaluation sets, lists all that stands in the way.

Everything is looked at before anything is refused: the answer's `problems` name every obstacle at once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from merge_lab_agent import STORE_FORMAT, __version__, compare, devices, estimate, precision
from merge_lab_agent.adapter import Adapter
from merge_lab_agent.checkpoint import Checkpoint
from merge_lab_agent.evaluation import EvaluationSet, build_evaluation
from merge_lab_agent.files_read import FilesRead
from merge_lab_agent.fingerprint import fingerprint
from merge_lab_agent.hub import Resolved, is_folder, resolve
from merge_lab_agent.memory import available_memory
from merge_lab_agent.models import kind_of, open_model
from merge_lab_agent.prepare_request import AskedModel, Request, parse_request
from merge_lab_agent.problem import Problem
from merge_lab_agent.rendering import ChatTemplate, find_template, read_template
from merge_lab_agent.store import Store, compact_json, write_atomically
from merge_lab_agent.tokenizer import Tokenizer

# Answers that could be another one tomorrow although no file changed are not kept.
_PASSING = {
    "device_missing", "memory_too_small", "disk_too_small", "hub_offline", "hub_failed", "hub_access",
    "hub_not_found", "source_invalid",
}  # fmt: skip
_T = TypeVar("_T")


@dataclass
class _Model:
    """One model of the request, as far as it could be read."""

    asked: AskedModel
    resolved: Resolved
    opened: Checkpoint | Adapter
    fingerprint: str
    distance: float | None = None

    @property
    def id(self) -> str:
        return self.asked.id


@dataclass
class _Preparation:
    """Everything found so far. Problems are collected, so that one broken model does not hide the next."""

    request: Request
    files: FilesRead = field(default_factory=FilesRead)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    models: dict[str, _Model] = field(default_factory=dict)
    evaluations: dict[str, EvaluationSet] = field(default_factory=dict)

    def attempt(self, work: Callable[[], _T], **where: str) -> _T | None:
        """The work's result, or None with its Problem noted."""
        try:
            return work()
        except Problem as problem:
            for name, value in where.items():
                problem.where.setdefault(name, value)
            self.problems.append(problem)
            return None

    def bases(self) -> dict[str | None, Checkpoint]:
        """Size to base, in the request's order."""
        return {
            model.asked.size: model.opened
            for model in self.models.values()
            if model.asked.role == "base" and isinstance(model.opened, Checkpoint)
        }

    def experts(self, size: str | None) -> list[_Model]:
        models = self.models.values()
        return [model for model in models if model.asked.role == "expert" and model.asked.size == size]

    def take(self, found: compare.Findings) -> None:
        self.problems += found.problems
        self.warnings += found.warnings


def request_digest(request: Mapping[str, Any]) -> str:
    """SHA-256 of the request as canonical JSON (RFC 8785): the name of its prepared file."""
    return hashlib.sha256(compact_json(_canonical(request))).hexdigest()


def _canonical(value: Any) -> Any:
    """Keys in the order of their UTF-16 code units, at every depth."""
    if isinstance(value, Mapping):
        order = sorted(value, key=lambda key: str(key).encode("utf-16-be", "surrogatepass"))
        return {key: _canonical(value[key]) for key in order}
    if isinstance(value, list):
        return [_canonical(item) for item in value]
    return value


def prepare(request: dict[str, Any]) -> dict[str, Any]:
    """Answer a PrepareRequest; writes evaluation sets and `prepared/<digest>.json` into the store.

    The answer's fields are those of `Prepared` in core/store/format.ts. An answer that depends on more than
    files (no network, too little memory) is not kept.

    Raises: Problem `request_invalid`, `store_not_writable`, `disk_full`. All else is listed in the answer.
    """
    asked = parse_request(request)
    store = Store.open(asked.store)
    found = _Preparation(asked)
    for model in asked.models:
        found.attempt(lambda model=model: _open(found, model), model=model.id)  # type: ignore[misc]
    _compare_all(found)
    _build_evaluations(found, store)
    answer = _answer(found, store)
    if not any(problem.code in _PASSING for problem in found.problems):
        document = {
            "format": STORE_FORMAT,
            "agent": __version__,
            "request": request,
            "files": found.files.to_json(),
            "answer": answer,
        }
        write_atomically(asked.store / "prepared" / f"{request_digest(request)}.json", compact_json(document))
    return answer


# Models ---------------------------------------------------------------------------------------------------


def _open(found: _Preparation, asked: AskedModel) -> None:
    """Resolve, check and fingerprint one model. Raises: Problem."""
    root = found.request.root
    if is_folder(asked.source):
        found.files.add_model((root / Path(asked.source).expanduser()).resolve())
    resolved = resolve(asked.source, root)
    for file in resolved.files:
        found.files.add(file)
    found.files.add_model(resolved.path)
    kind = kind_of(resolved.path)
    if kind == "adapter" and asked.role != "expert":
        raise Problem(
            "adapter_unsupported",
            f"{asked.id} is a LoRA adapter ({resolved.path}), but a {asked.role} must be a full model.",
            "Merge it into its base with peft's merge_and_unload and use the saved model.",
            file=resolved.path,
        )
    opened = open_model(resolved.path, kind)
    found.models[asked.id] = _Model(asked, resolved, opened, fingerprint(opened))
    if isinstance(opened, Checkpoint) and asked.role != "expert":
        found.problems += compare.check_base(opened, asked.id)
        found.attempt(lambda: _check_code(found, resolved, opened), model=asked.id)


def _check_code(found: _Preparation, resolved: Resolved, model: Checkpoint) -> None:
    """The architecture is one that transformers has, or its own code is allowed for this very revision."""
    from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES

    if model.config["model_type"] in MODEL_FOR_CAUSAL_LM_MAPPING_NAMES:
        return
    if not isinstance(model.config.get("auto_map"), dict):
        raise Problem(
            "architecture_unknown",
            f"This machine's transformers has no causal language model of type {model.config['model_type']}.",
            "Update transformers on this machine, or use another model.",
            file=model.folder / "config.json",
        )
    if resolved.source not in found.request.allow_remote_code:
        raise Problem(
            "remote_code_needed",
            f"{resolved.source} runs Python code of its own, which has not been allowed.",
            "Read that code; then allow it for this model and revision, or use another model.",
            file=model.folder / "config.json",
        )


def _compare_all(found: _Preparation) -> None:
    """Each expert with the base of its size; bases and references with the first base's tokenizer."""
    for size, base in found.bases().items():
        experts = found.experts(size)
        for expert in experts:
            result = compare.compare(base, expert.opened, expert.id, embeddings=found.request.embeddings)
            expert.distance = result.distance
            found.take(result)
        found.warnings += compare.duplicates({expert.id: expert.fingerprint for expert in experts})
    first = next((model for model in found.models.values() if model.asked.role == "base"), None)
    if first is None:
        return
    tokenizer = found.attempt(lambda: Tokenizer.load(first.resolved.path), model=first.id)
    if tokenizer is None:
        return
    for model in found.models.values():
        if model is not first:
            compared = found.attempt(
                lambda model=model: compare.compare_tokenizers(  # type: ignore[misc]
                    tokenizer, model.resolved.path, model.id
                ),
                model=model.id,
            )
            found.take(compared or compare.Findings())


# Evaluation data ------------------------------------------------------------------------------------------


def _build_evaluations(found: _Preparation, store: Store) -> None:
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


def _template(found: _Preparation, base: _Model, tokenizer: Tokenizer) -> ChatTemplate | None:
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


def _template_of(model: _Model) -> str | None:
    try:
        return find_template(model.resolved.path, Tokenizer.config_of(model.resolved.path))
    except Problem:  # a broken tokenizer file is reported where tokenizers are compared
        return None


def _check_against_models(found: _Preparation, built: EvaluationSet) -> None:
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


def _too_long(found: _Preparation, model: _Model, domain: str, longest: int, limit: int) -> None:
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


# The answer -----------------------------------------------------------------------------------------------


def _answer(found: _Preparation, store: Store) -> dict[str, Any]:
    request = found.request
    device = found.attempt(lambda: devices.resolve_device(request.device))
    name = device.name if device else "cpu"
    bases = list(found.bases().values())
    largest = max(bases, key=lambda model: model.parameters, default=None)
    dtype = precision.choose_dtype(
        request.dtype, name, {model.dtype for model in bases}, largest.parameters if largest else 0
    )
    available = available_memory(name)
    geometry = estimate.Geometry.of(largest) if largest else estimate.Geometry(1, 1, 1)
    batch_tokens = precision.choose_batch_tokens(name, available, geometry.hidden, geometry.intermediate)
    estimated = None
    if not found.problems and found.evaluations:
        estimated = _estimate(found, store, name, dtype.value, batch_tokens, available)
    return {
        "models": {model.id: _model_json(found, model) for model in found.models.values()},
        "evaluations": {
            domain: _evaluation_json(request.file(request.domains[domain]), built)
            for domain, built in found.evaluations.items()
        },
        "dtype": {"value": dtype.value, "reason": dtype.reason},
        "device": {"name": name, "description": device.description if device else request.device},
        "batch_tokens": batch_tokens,
        "estimate": estimated,
        "problems": [problem.to_json() for problem in found.problems],
        "warnings": [warning.to_json() for warning in found.warnings],
    }


def _estimate(
    found: _Preparation, store: Store, device: str, dtype: str, batch_tokens: int, available: int
) -> dict[str, Any]:
    """Seconds by size, peak memory, free disk; notes a problem where something cannot fit."""
    seconds: dict[str, float] = {}
    needed = 0
    sets = list(found.evaluations.values())
    for size, base in found.bases().items():
        load = estimate.SizeLoad(base, len(found.experts(size)))
        speed = estimate.measure_speed(device, dtype, estimate.Geometry.of(base), batch_tokens)
        seconds[size or "default"] = estimate.seconds_per_merge(load, sets, speed, dtype, batch_tokens)
        needed = max(needed, estimate.memory_bytes(load, dtype, batch_tokens))
    found.problems += estimate.refuse_what_cannot_fit(needed, available, device, store.root)
    return {
        "seconds_per_merge": seconds,
        "memory_bytes": needed,
        "available_memory_bytes": available,
        "free_disk_bytes": estimate.free_disk(store.root),
        "basis": f"a matrix product of each model's shape and a memory copy, timed on {device} just now",
    }


def _model_json(found: _Preparation, model: _Model) -> dict[str, Any]:
    """A model of the answer; an adapter has its base's architecture and vocabulary."""
    opened: Checkpoint | Adapter | None = model.opened
    if isinstance(opened, Adapter):
        opened = found.bases().get(model.asked.size)
    full = opened if isinstance(opened, Checkpoint) else None
    return {
        "fingerprint": model.fingerprint,
        "path": str(model.resolved.path),
        "source": model.resolved.source,
        "kind": "adapter" if isinstance(model.opened, Adapter) else "checkpoint",
        "parameters": model.opened.parameters,
        "bytes": model.opened.bytes,
        "dtype": model.opened.dtype,
        "architecture": full.architecture if full else "unknown",
        "vocabulary": full.vocabulary if full else 0,
        "tied_embeddings": full.tied_embeddings if full else False,
        "distance": model.distance,
    }


def _evaluation_json(file: Path, built: EvaluationSet) -> dict[str, Any]:
    return {
        "id": built.id,
        "file": str(file),
        "samples": len(built.samples),
        "tokens": built.tokens,
        "scored_tokens": built.scored_tokens,
        "bytes": built.bytes,
        "truncated": built.truncated,
        "excluded": built.excluded,
        "rendering": built.rendering,
    }
