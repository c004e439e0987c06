"""How far a plan is, and how long the rest will take at the pace measured so far."""

from __future__ import annotations

from collections import Counter, deque
from statistics import median

from merge_lab_agent.plan import Merge, Plan
from merge_lab_agent.results import ResultIndex

Group = tuple[str, "int | None"]
REMEMBERED = 50
# Loading, as parameters scored: from runs of models of 40 to 500 thousand, idle machine or busy.
OVERHEAD = 500_000


class Progress:
    """Counts a plan's merges: complete in the store, failed for good, and remaining (by position)."""

    def __init__(self, plan: Plan, index: ResultIndex) -> None:
        self.plan = plan
        self.index = index
        self.done = 0
        self.failed = 0
        self.remaining: dict[int, Merge] = dict(enumerate(plan.merges))
        self._groups = Counter((merge.size, merge.method_index) for merge in plan.merges)
        self._positions: dict[str, list[int]] = {}
        for position, merge in self.remaining.items():
            self._positions.setdefault(merge.key, []).append(position)
        self._seconds: dict[Group, deque[float]] = {}
        for position in range(len(plan.merges)):
            self.settle(position)
        index.news.clear()

    def missing(self, merge: Merge) -> list[str]:
        """Evaluation ids still to be scored; none where the merge has failed for good."""
        if self.index.attempts(merge.key) >= merge.attempts_allowed:
            return []
        return [name for name in self.plan.scoring(merge).evaluations if not self.index.has(merge.key, name)]

    def recount(self) -> None:
        """Settles what the index has learned since the last time."""
        while self.index.news:
            for position in self._positions.get(self.index.news.pop(), ()):
                self.settle(position)

    def settle(self, position: int) -> None:
        """Moves one merge from `remaining` to `done` or `failed` if the store says so."""
        merge = self.remaining.get(position)
        if merge is None or self.missing(merge):
            return
        del self.remaining[position]
        self._groups[(merge.size, merge.method_index)] -= 1
        if all(self.index.has(merge.key, name) for name in self.plan.scoring(merge).evaluations):
            self.done += 1
        else:
            self.failed += 1

    def measured(self, merge: Merge, seconds: float) -> None:
        self._seconds.setdefault(_group(merge), deque(maxlen=REMEMBERED)).append(seconds)

    @property
    def seconds_per_merge(self) -> float | None:
        """Mean over what was measured; None before the first merge."""
        every = [seconds for group in self._seconds.values() for seconds in group]
        return sum(every) / len(every) if every else None

    @property
    def seconds_left(self) -> float | None:
        """For this worker alone; a group not yet measured is judged by its size's parameters.

        It goes by the median of those measured, since the first merge of a process is slow.
        """
        if not self.remaining:
            return 0.0
        if not self._seconds:
            return None
        return sum(count * self._expected(group) for group, count in self._groups.items() if count)

    def _expected(self, group: Group) -> float:
        if group in self._seconds:
            return _mean(self._seconds[group])
        alike = [
            seconds for (size, _), values in self._seconds.items() if size == group[0] for seconds in values
        ]
        if alike:
            return _mean(alike)
        work = {name: size.parameters + OVERHEAD for name, size in self.plan.sizes.items()}
        pace = [seconds / work[size] for (size, _), values in self._seconds.items() for seconds in values]
        return median(pace) * work[group[0]]


def _group(merge: Merge) -> Group:
    return merge.size, merge.method_index


def _mean(values: deque[float] | list[float]) -> float:
    return sum(values) / len(values)
