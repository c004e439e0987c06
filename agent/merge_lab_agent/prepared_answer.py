"""The answer of `prepare`: the fields of `Prepared` in core/store/format.ts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from merge_lab_agent import devices, estimate, precision
from merge_lab_agent.adapter import Adapter
from merge_lab_agent.checkpoint import Checkpoint
from merge_lab_agent.evaluation import EvaluationSet
from merge_lab_agent.memory import available_memory
from merge_lab_agent.preparation import OpenedModel, Preparation
from merge_lab_agent.store import Store


def make_answer(found: Preparation, store: Store) -> dict[str, Any]:
    """Everything found, with device, type and batches chosen, and an estimate if nothing is in the way."""
    request = found.request
    device = found.attempt(lambda: devices.planned_device(request.device))
    name, here = (device.name, device.here) if device else ("cpu", True)
    bases = list(found.bases().values())
    largest = max(bases, key=lambda model: model.parameters, default=None)
    dtype = precision.choose_dtype(
        request.dtype,
        name,
        {model.dtype for model in bases},
        largest.parameters if largest else 0,
        here=here,
    )
    available = available_memory(name) if here else 0
    geometry = estimate.Geometry.of(largest) if largest else estimate.Geometry(1, 1, 1)
    batch_tokens = precision.choose_batch_tokens(name, available, geometry.hidden, geometry.intermediate)
    estimated = None
    if not found.problems and found.evaluations:
        estimated = _estimate(found, store, name if here else None, dtype.value, batch_tokens, available)
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
    found: Preparation, store: Store, device: str | None, dtype: str, batch_tokens: int, available: int
) -> dict[str, Any]:
    """Seconds by size, peak memory, free disk; notes a problem where something cannot fit. `device` is
    None where it is not known yet: no seconds then, and no memory to compare with."""
    seconds: dict[str, float] = {}
    needed = 0
    sets = list(found.evaluations.values())
    for size, base in found.bases().items():
        load = estimate.SizeLoad(base, len(found.experts(size)))
        if device is not None:
            speed = estimate.measure_speed(device, dtype, base, batch_tokens)
            seconds[size or "default"] = estimate.seconds_per_merge(load, sets, speed, dtype)
        needed = max(needed, estimate.memory_bytes(load, dtype, batch_tokens))
    found.problems += estimate.refuse_what_cannot_fit(needed, available, device or "", store.root)
    return {
        "seconds_per_merge": seconds,
        "memory_bytes": needed,
        "available_memory_bytes": available,
        "free_disk_bytes": estimate.free_disk(store.root),
        "basis": estimate.NODE_UNKNOWN
        if device is None
        else f"a layer and a head of each model's shape, timed on {device} just now",
    }


def _model_json(found: Preparation, model: OpenedModel) -> dict[str, Any]:
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
