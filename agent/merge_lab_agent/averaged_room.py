"""Where models whose logits are averaged are resident together."""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import TYPE_CHECKING

from merge_lab_agent import estimate
from merge_lab_agent.averaging import AveragedScorer
from merge_lab_agent.devices import Device
from merge_lab_agent.memory import available_memory
from merge_lab_agent.plan import Merge, Plan, PlanSize
from merge_lab_agent.problem import Problem
from merge_lab_agent.rooms import ResidentRoom, open_checkpoint
from merge_lab_agent.store import Store

if TYPE_CHECKING:
    import torch

    from merge_lab_agent.evaluation import EvaluationSet


class AveragedRoom(ResidentRoom):
    """All models whose logits are averaged, resident at once."""

    def __init__(
        self,
        store: Store,
        plan: Plan,
        device: Device,
        merge: Merge,
        sets: dict[str, EvaluationSet],
        allowed: Set[str],
    ) -> None:
        """Members are added in the order of their fingerprints, so that the same models have the same bits.

        Raises: Problem `memory_too_small`.
        """
        members = sorted((plan.sizes[name] for name in merge.average), key=lambda size: size.base.fingerprint)
        _refuse_what_cannot_fit(members, device)
        self._store = store
        self._device = device
        self._sets = sets
        self._rooms = [
            ResidentRoom(store, plan, device, size.base, {}, sets, size.scoring, size.base.source in allowed)
            for size in members
        ]
        self.scorer = AveragedScorer([room.scorer for room in self._rooms])
        self.batch_tokens = self.scorer.batch_tokens

    def hold(self, merge: Merge) -> torch.nn.Module:
        for room in self._rooms:
            model = room.hold(merge)
        return model


def _refuse_what_cannot_fit(members: Sequence[PlanSize], device: Device) -> None:
    """Raises Problem `memory_too_small`, with the numbers, before anything is loaded."""
    loads = [
        estimate.memory_bytes(
            estimate.SizeLoad(open_checkpoint(size.base), 0), size.scoring.dtype, size.scoring.batch_tokens
        )
        for size in members
    ]
    needed, available = estimate.memory_together(loads), available_memory(device.name)
    if available and needed > available:
        raise Problem(
            "memory_too_small",
            f"{len(members)} models at once need about {needed / 1e9:.1f} GB, but {device.description} has "
            f"{available / 1e9:.1f} GB free.",
            "Use a device with more memory, or dtype: bfloat16.",
        )
