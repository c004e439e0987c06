"""The answer of `prepare` for an ensemble: `PreparedEnsemble` of core/store/ensemble/format.ts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from merge_lab_agent import devices, estimate, precision
from merge_lab_agent.evaluation import EvaluationSet
from merge_lab_agent.memory import available_memory
from merge_lab_agent.model_cost import model_cost
from merge_lab_agent.preparation import Preparation
from merge_lab_agent.store import Store

if TYPE_CHECKING:
    from merge_lab_agent.ensemble import Member

_MEASURED = 4
"""Shapes of models that are timed; others are judged by the nearest of them."""


class _Load:
    """One model as it will be scored."""

    def __init__(self, member: Member, asked: str, device: str, available: int, here: bool) -> None:
        self.member = member
        self.cost = model_cost(member.checkpoint)
        self.geometry = estimate.Geometry.of(member.checkpoint)
        self.dtype = precision.choose_dtype(
            asked, device, {member.checkpoint.dtype}, member.checkpoint.parameters, here=here
        )
        self.batch_tokens = precision.choose_batch_tokens(
            device, available, self.geometry.hidden, self.geometry.intermediate
        )

    @property
    def tokens(self) -> int:
        return sum(shared.evaluation.tokens for shared in self.member.sets.values())

    @property
    def memory(self) -> int:
        size = estimate.SizeLoad(self.member.checkpoint, 0)
        return estimate.memory_bytes(size, self.dtype.value, self.batch_tokens)


def ensemble_answer(found: Preparation, store: Store, members: Sequence[Member]) -> dict[str, Any]:
    """Everything found, with device, types and batches chosen, and an estimate if nothing is in the way."""
    request = found.request
    device = found.attempt(lambda: devices.planned_device(request.device))
    name, here = (device.name, device.here) if device else ("cpu", True)
    available = available_memory(name) if here else 0
    loads = [_Load(member, request.dtype, name, available, here) for member in members]
    estimated = None
    if not found.problems and loads:
        estimated = _estimate(found, store, name if here else None, loads, available)
    return {
        "models": {load.member.model.id: _model_json(load) for load in loads},
        "evaluations": {
            shared.evaluation.id: _evaluation_json(
                str(request.file(request.domains[domain])), shared.evaluation
            )
            for member in members
            for domain, shared in member.sets.items()
        },
        "device": {"name": name, "description": device.description if device else request.device},
        "estimate": estimated,
        "problems": [problem.to_json() for problem in found.problems],
        "warnings": [warning.to_json() for warning in found.warnings],
    }


def _model_json(load: _Load) -> dict[str, Any]:
    model, checkpoint, cost = load.member.model, load.member.checkpoint, load.cost
    return {
        "fingerprint": model.fingerprint,
        "path": str(model.resolved.path),
        "source": model.resolved.source,
        "kind": "checkpoint",
        "parameters": cost.total,
        "active_parameters": cost.active,
        "embedding_parameters": cost.embedding,
        "flops_per_token": cost.flops_per_token,
        "bytes": checkpoint.bytes,
        "stored_dtype": checkpoint.dtype,
        "architecture": checkpoint.architecture,
        "family": checkpoint.config["model_type"],
        "tokenizer": load.member.tokenizer,
        "dtype": load.dtype.value,
        "dtype_reason": load.dtype.reason,
        "batch_tokens": load.batch_tokens,
        "evaluations": {domain: shared.evaluation.id for domain, shared in load.member.sets.items()},
    }


def _evaluation_json(file: str, built: EvaluationSet) -> dict[str, Any]:
    return {
        "file": file,
        "samples": len(built.samples),
        "tokens": built.tokens,
        "scored_tokens": built.scored_tokens,
        "bytes": built.bytes,
        "truncated": built.truncated,
        "overlong": len(built.shared.overlong) if built.shared else 0,
        "excluded": built.excluded,
        "rendering": built.rendering,
    }


def _estimate(
    found: Preparation, store: Store, device: str | None, loads: Sequence[_Load], available: int
) -> dict[str, Any]:
    """Seconds by model, peak memory, free disk; notes a problem where something cannot fit. `device` is
    None where it is not known yet: no seconds then, and no memory to compare with."""
    needed = max(load.memory for load in loads)
    found.problems += estimate.refuse_what_cannot_fit(needed, available, device or "", store.root)
    return {
        "seconds": {} if device is None else _seconds(loads, device),
        "memory_bytes": needed,
        "available_memory_bytes": available,
        "free_disk_bytes": estimate.free_disk(store.root),
        "basis": estimate.NODE_UNKNOWN
        if device is None
        else f"layers and heads of some models' shapes, timed on {device} just now",
    }


def _seconds(loads: Sequence[_Load], device: str) -> dict[str, float]:
    """Of each model: measured for some shapes, the smallest and the largest among them; others in proportion
    to the multiply-adds of the measured one nearest in size."""
    by_shape = {(load.geometry, load.member.checkpoint.vocabulary, load.dtype.value): load for load in loads}
    ordered = sorted(by_shape.values(), key=lambda load: load.cost.flops_per_token)
    last = len(ordered) - 1
    places = {round(i * last / (_MEASURED - 1)) for i in range(_MEASURED)}
    pace = {}
    for place in sorted(places):
        load = ordered[place]
        sets = [shared.evaluation for shared in load.member.sets.values()]
        speed = estimate.measure_speed(device, load.dtype.value, load.member.checkpoint, load.batch_tokens)
        size = estimate.SizeLoad(load.member.checkpoint, 0)
        seconds = estimate.seconds_per_merge(size, sets, speed, load.dtype.value)
        pace[load.cost.flops_per_token] = seconds / max(1, load.tokens * load.cost.flops_per_token)

    def nearest(flops: int) -> float:
        return pace[min(pace, key=lambda measured: abs(measured - flops))]

    return {
        load.member.model.id: load.tokens * load.cost.flops_per_token * nearest(load.cost.flops_per_token)
        for load in loads
    }
