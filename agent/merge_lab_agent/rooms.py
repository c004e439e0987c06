"""Rooms: where the models of a size are resident, merged in place and scored. Torch loads on first entry."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from merge_lab_agent.devices import Device
from merge_lab_agent.plan import Merge, Plan, PlanModel, Scoring
from merge_lab_agent.problem import Problem
from merge_lab_agent.results import ResultLine
from merge_lab_agent.store import Store
from merge_lab_agent.worker import failure_code

if TYPE_CHECKING:
    import torch

    from merge_lab_agent.adapter import Adapter
    from merge_lab_agent.checkpoint import Checkpoint
    from merge_lab_agent.evaluation import EvaluationSet
    from merge_lab_agent.resident import ResidentModel
    from merge_lab_agent.scoring import Score, Scorer

POOL_MEMORY = 2 << 30
"""Bytes that task vectors, trims and masks of one size may take."""
ROOMS_MEMORY = 2 << 30
"""Bytes of parameters that may stay resident in rooms not entered just now."""

FileState = dict[str, tuple[int, int, int]]


class PlanModels:
    """The models of a plan as they lie on disk, guarded against change."""

    def __init__(self) -> None:
        self._states: dict[str, FileState] = {}

    def check(self, model: PlanModel) -> None:
        """Fingerprints a model in full. Raises Problem `model_changed`, or what opening it raises."""
        from merge_lab_agent.fingerprint import fingerprint
        from merge_lab_agent.models import open_model

        state = _state(model)
        found = fingerprint(open_model(Path(model.path), model.kind))
        if found != model.fingerprint:
            raise Problem(
                "model_changed",
                f"'{model.source}' is no longer the model that was planned: its files have changed.",
                "Plan the experiment again; merges of the other models are kept.",
                file=model.path,
                model=model.source,
            )
        self._states[model.path] = state

    def check_quickly(self, model: PlanModel) -> None:
        """Fingerprints only where sizes or times of files have moved since the last time."""
        if self._states.get(model.path) != _state(model):
            self.check(model)


def _state(model: PlanModel) -> FileState:
    try:
        stats = {entry.name: entry.stat() for entry in sorted(Path(model.path).iterdir())}
    except OSError as error:
        raise Problem(
            "model_missing",
            f"'{model.source}' cannot be read at {model.path}: {error.strerror or error}.",
            "Put the model back, or correct its path in the experiment.",
            file=model.path,
            model=model.source,
        ) from error
    return {name: (stat.st_size, stat.st_mtime_ns, stat.st_ino) for name, stat in stats.items()}


class ResidentRoom:
    """One base with its experts, resident on the device."""

    def __init__(
        self,
        store: Store,
        plan: Plan,
        device: Device,
        base: PlanModel,
        experts: dict[str, PlanModel],
        sets: dict[str, EvaluationSet],
        scoring: Scoring,
        allow_remote_code: bool,
    ) -> None:
        from merge_lab_agent.models import open_model
        from merge_lab_agent.resident import ResidentModel
        from merge_lab_agent.scoring import Scorer
        from merge_lab_agent.task_vectors import Pool

        opened: dict[str, Checkpoint | Adapter] = {
            name: open_model(Path(model.path), model.kind) for name, model in experts.items()
        }
        fingerprints = {name: model.fingerprint for name, model in experts.items()}
        pool = Pool(
            open_checkpoint(base),
            opened,
            fingerprints,
            plan.embeddings,
            memory_limit=POOL_MEMORY,
            device=device.name,
        )
        self._store = store
        self._device = device
        self._sets = sets
        self._resident: ResidentModel = ResidentModel(
            pool, dtype=scoring.dtype, device=device.name, allow_remote_code=allow_remote_code
        )
        self.scorer: Scorer = Scorer(
            self._resident.model,
            device=device.name,
            dtype=scoring.dtype,
            batch_tokens=scoring.batch_tokens,
        )
        self.batch_tokens = scoring.batch_tokens

    def score(self, merge: Merge, evaluations: Sequence[str], attempt: int) -> list[ResultLine]:
        """Merges once, then one line an evaluation; the merge's own seconds are shared among them."""
        from merge_lab_agent.evaluation import EvaluationSet

        for name in evaluations:
            if name not in self._sets:
                self._sets[name] = EvaluationSet.read(self._store, name)
        started = time.perf_counter()
        self.hold(merge)
        share = (time.perf_counter() - started) / len(evaluations)
        scores = self.scorer.score_all([self._sets[name] for name in evaluations])
        self.batch_tokens = scores[-1].batch_tokens
        return [
            self._line(merge, name, score, score.seconds + share, attempt)
            for name, score in zip(evaluations, scores)
        ]

    def hold(self, merge: Merge) -> torch.nn.Module:
        """The resident module with the parameters of a merge, until the next one."""
        subset = [] if merge.reference is not None else list(merge.subset)
        self._resident.apply(merge.method, subset, merge.seed, merge.weights)
        return self._resident.model

    def _line(self, merge: Merge, evaluation: str, score: Score, seconds: float, attempt: int) -> ResultLine:
        return ResultLine(
            key=merge.key,
            evaluation=evaluation,
            nll=None if score.diverged else float(score.nll),
            tokens=score.tokens,
            samples=score.samples,
            per_sample=score.per_sample.astype("<f4").tobytes(),
            seconds=seconds,
            device=self._device.description,
            batch_tokens=score.batch_tokens,
            code="diverged" if score.diverged else None,
            message="The loss is not finite." if score.diverged else None,
            attempt=attempt,
        )

    def failure(self, merge: Merge, error: Exception, attempt: int) -> ResultLine:
        return failure_line(self._device, self.batch_tokens, merge, error, attempt)


def failure_line(
    device: Device, batch_tokens: int, merge: Merge, error: Exception, attempt: int
) -> ResultLine:
    """Raises `device_failed` where the device is lost, and the error itself where the store is."""
    code, message = failure_code(error)
    if code in ("evaluation_missing", "evaluation_damaged", "store_too_new", "store_too_old"):
        raise error
    if code == "merge_failed" and device.name.startswith("cuda") and "CUDA error" in message:
        raise Problem(
            "device_failed",
            f"The device {device.description} failed: {message}",
            "Run again; if it happens again, look at the driver's log. Finished merges are kept.",
        ) from error
    return ResultLine.failed(
        merge.key,
        device=device.description,
        batch_tokens=batch_tokens,
        code=code,
        message=message,
        attempt=attempt,
    )


def open_checkpoint(model: PlanModel) -> Checkpoint:
    from merge_lab_agent.checkpoint import Checkpoint

    return Checkpoint.open(Path(model.path))


class ResidentRooms:
    """The rooms of a plan. Small ones stay furnished; a large one is emptied before the next is built."""

    def __init__(
        self,
        store: Store,
        plan: Plan,
        device: Device,
        allow_remote_code: Sequence[str] = (),
    ) -> None:
        self.store = store
        self.plan = plan
        self.device = device
        self.models = PlanModels()
        self._allowed = frozenset(allow_remote_code)
        self._rooms: dict[tuple[str, str | None, tuple[str, ...]], ResidentRoom] = {}
        self._sets: dict[str, EvaluationSet] = {}

    def check(self, merges: Sequence[Merge]) -> None:
        """Fingerprints every model that these merges need. Raises Problem `model_changed`."""
        for model in self._models(merges):
            self.models.check(model)

    def check_unchanged(self, merge: Merge) -> None:
        for model in self._models([merge]):
            self.models.check_quickly(model)

    def enter(self, merge: Merge) -> ResidentRoom:
        name = (merge.size, merge.reference, merge.average)
        if name not in self._rooms:
            self._make_space(merge.size)
            self._rooms[name] = self._furnished(merge)
        return self._rooms[name]

    def _furnished(self, merge: Merge) -> ResidentRoom:
        if merge.average:
            from merge_lab_agent.averaged_room import AveragedRoom

            return AveragedRoom(self.store, self.plan, self.device, merge, self._sets, self._allowed)
        base, experts = self._furniture(merge)
        return ResidentRoom(
            self.store,
            self.plan,
            self.device,
            base,
            experts,
            self._sets,
            self.plan.scoring(merge),
            base.source in self._allowed,
        )

    def failure(self, merge: Merge, error: Exception, attempt: int) -> ResultLine:
        """Of a model that cannot be loaded: in an ensemble the others are scored all the same."""
        if not self.plan.ensemble:
            raise error
        return failure_line(self.device, self.batch_tokens, merge, error, attempt)

    @property
    def batch_tokens(self) -> int:
        """The smallest in use: less than planned where memory ran out."""
        planned = min(size.scoring.batch_tokens for size in self.plan.sizes.values())
        return min((room.batch_tokens for room in self._rooms.values()), default=planned)

    def _furniture(self, merge: Merge) -> tuple[PlanModel, dict[str, PlanModel]]:
        if merge.reference is not None:
            return self.plan.references[merge.reference], {}
        size = self.plan.sizes[merge.size]
        return size.base, size.experts

    def _models(self, merges: Sequence[Merge]) -> Iterator[PlanModel]:
        """Each model once. An unmerged or merged expert is only as good as the base it is compared with."""
        seen: dict[str, Any] = {}
        for merge in merges:
            base, experts = self._furniture(merge)
            others = [self.plan.sizes[name].base for name in merge.average]
            for model in (base, *others, *(experts[name] for name in merge.subset if name in experts)):
                if model.path not in seen:
                    seen[model.path] = model
                    yield model

    def _make_space(self, size: str) -> None:
        kept = {name for name, _, _ in self._rooms} | {size}
        parameters = sum(self.plan.sizes[name].parameters for name in kept)
        # Models of an ensemble are each scored once.
        if self.plan.ensemble or 4 * parameters > ROOMS_MEMORY:
            self._rooms.clear()
            _release_device_memory(self.device)


def _release_device_memory(device: Device) -> None:
    import gc

    gc.collect()
    if device.name.startswith("cuda"):
        import torch

        torch.cuda.empty_cache()
