"""Which models of a job are still to be scored on which tasks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from merge_lab_agent.downstream_results import Scored
from merge_lab_agent.downstream_task import TaskRequest
from merge_lab_agent.plan import Merge


class Wanted:
    """Every model on every task, each pair at most once a job.

    Scores compare only where the models were asked the same. What a task asks today is known with its first
    score; until then it is taken to be what most of these models were asked. Others are scored anew.
    """

    def __init__(self, models: Sequence[Merge], tasks: Sequence[TaskRequest], scored: Scored) -> None:
        self._models, self._tasks = models, tasks
        self._asked = {pair: set(digests) for pair, digests in scored.items()}
        self._tried: set[tuple[str, str]] = set()
        self._today = {task.key: self._usual(task) for task in tasks}

    def missing(self) -> list[tuple[Merge, TaskRequest]]:
        """All tasks of a model before the next model, which need not be merged again for each."""
        return [
            (model, task)
            for model in self._models
            for task in self._tasks
            if self._lacks(model.key, task.key)
        ]

    def tried(self, model: Merge, task: TaskRequest, requests: str | None) -> None:
        """requests: digest of what the model was asked; None where there is no score."""
        pair = (model.key, task.key)
        self._tried.add(pair)
        if requests is not None:
            self._asked.setdefault(pair, set()).add(requests)
            self._today[task.key] = requests

    def _usual(self, task: TaskRequest) -> str | None:
        models = dict.fromkeys(model.key for model in self._models)
        counts = Counter(one for model in models for one in sorted(self._asked.get((model, task.key), ())))
        return max(counts, key=lambda one: counts[one], default=None)

    def _lacks(self, model: str, task: str) -> bool:
        pair = (model, task)
        return pair not in self._tried and self._today[task] not in self._asked.get(pair, ())
