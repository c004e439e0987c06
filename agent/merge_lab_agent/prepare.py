"""`prepare`: resolves models and data, writes evaluation sets, lists all that stands in the way.

Everything is looked at before anything is refused: the answer's `problems` name every obstacle at once.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from merge_lab_agent import STORE_FORMAT, __version__, compare
from merge_lab_agent.checkpoint import Checkpoint
from merge_lab_agent.ensemble import prepare_ensemble
from merge_lab_agent.fingerprint import fingerprint
from merge_lab_agent.hub import Resolved, is_folder, resolve
from merge_lab_agent.models import kind_of, open_model
from merge_lab_agent.preparation import OpenedModel, Preparation
from merge_lab_agent.prepare_data import build_evaluations
from merge_lab_agent.prepare_request import AskedModel, parse_request, request_digest
from merge_lab_agent.prepared_answer import make_answer
from merge_lab_agent.problem import Problem
from merge_lab_agent.store import Store, compact_json, write_atomically
from merge_lab_agent.tokenizer import Tokenizer

# Answers that could be another one tomorrow although no file changed are not kept.
_PASSING = {
    "device_missing", "memory_too_small", "disk_too_small", "hub_offline", "hub_failed", "hub_access",
    "hub_not_found", "source_invalid",
}  # fmt: skip


def prepare(request: dict[str, Any]) -> dict[str, Any]:
    """Answer a PrepareRequest; writes evaluation sets and `prepared/<digest>.json` into the store.

    The answer is `Prepared` of core/store/format.ts, or `PreparedEnsemble`. One that depends on more
    than files (no network, too little memory) is not kept.

    Raises: Problem `request_invalid`, `store_not_writable`, `disk_full`. All else is listed in the answer.
    """
    asked = parse_request(request)
    store = Store.open(asked.store)
    found = Preparation(asked)
    for model in asked.models:
        found.attempt(lambda model=model: _open(found, model), model=model.id)  # type: ignore[misc]
    answer = _merging(found, store) if asked.max_bytes is None else prepare_ensemble(found, store)
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


def _merging(found: Preparation, store: Store) -> dict[str, Any]:
    _compare_all(found)
    build_evaluations(found, store)
    return make_answer(found, store)


def _open(found: Preparation, asked: AskedModel) -> None:
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
    found.models[asked.id] = OpenedModel(asked, resolved, opened, fingerprint(opened))
    if isinstance(opened, Checkpoint) and asked.role != "expert":
        found.problems += compare.check_base(opened, asked.id)
        found.attempt(lambda: _check_code(found, resolved, opened), model=asked.id)


def _check_code(found: Preparation, resolved: Resolved, model: Checkpoint) -> None:
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


def _compare_all(found: Preparation) -> None:
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
