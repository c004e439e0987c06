"""What the files of a store say of one plan: for a client that keeps a copy of them and of no others."""

from __future__ import annotations

import contextlib
import re
import time
from dataclasses import dataclass, field
from typing import Any

from merge_lab_agent.runs import read_run
from merge_lab_agent.status import ENDED
from merge_lab_agent.store import Store

_KEY = re.compile(rb'\{"key":"([0-9a-f]{64})"')
LIVES_SECONDS = 2.0
"""Between two looks at whether a run's process lives: on some systems each starts a process."""


@dataclass
class PlanFiles:
    """A store never forgets a file, and a file that spoke of the plan once goes on to."""

    store: Store
    plan: str
    _keys: frozenset[bytes] | None = None
    _scanned: dict[str, int] = field(default_factory=dict)
    _results: set[str] = field(default_factory=set)
    _runs: dict[str, str] = field(default_factory=dict)
    _told: dict[str, dict[str, Any]] = field(default_factory=dict)
    _looked: float = float("-inf")

    def paths(self) -> list[str]:
        """Relative to the store, folders end in `/`: results and scores of its merges, and its runs."""
        self._look_at_results()
        runs = [f"runs/{run}/" for run in self._own_runs()]
        inside = ("events.jsonl", "agent.log", "status/")
        return [*sorted(self._results), *(run + name for run in runs for name in inside)]

    def lives(self) -> list[dict[str, Any]]:
        """`{run, alive, gone}` of each run of which that is news, every two seconds at most."""
        if time.monotonic() - self._looked < LIVES_SECONDS:
            return []
        self._looked = time.monotonic()
        news = []
        for run in self._own_runs():
            record = read_run(self.store.runs / run)
            alive = False if record.state in ENDED else record.alive
            life = {"run": run, "alive": alive, "gone": list(record.gone)}
            if self._told.get(run) != life:
                self._told[run] = life
                news.append(life)
        return news

    def tell_again(self, news: list[dict[str, Any]]) -> None:
        """What could not be told is news once more."""
        for life in news:
            self._told.pop(life["run"], None)
            self._looked = float("-inf")

    def _look_at_results(self) -> None:
        with contextlib.suppress(OSError):
            for folder in (self.store.results, self.store.downstream):
                for file in sorted(folder.glob("[!.]*.jsonl")):
                    path = f"{folder.name}/{file.name}"
                    if path not in self._results and self._speaks_of_it(path):
                        self._results.add(path)

    def _speaks_of_it(self, path: str) -> bool:
        """Whether its new whole lines hold the plan's name or the key of one of its merges."""
        file = self.store.root / path
        begin = self._scanned.get(path, 0)
        if file.stat().st_size <= begin:
            return False
        with file.open("rb") as opened:
            opened.seek(begin)
            for line in opened:
                if not line.endswith(b"\n"):
                    break
                begin += len(line)
                key = _KEY.match(line)
                if key[1] in self._merges() if key else self.plan.encode() in line:
                    return True
        self._scanned[path] = begin
        return False

    def _merges(self) -> frozenset[bytes]:
        if self._keys is None:
            content = self.store.plan(self.plan).read_bytes()
            self._keys = frozenset(match[1] for match in map(_KEY.match, content.splitlines()) if match)
        return self._keys

    def _own_runs(self) -> list[str]:
        """A run that does not say yet which plan it works at is looked at again."""
        with contextlib.suppress(OSError):
            for folder in sorted(self.store.runs.iterdir()):
                if folder.name not in self._runs and not folder.name.startswith("."):
                    record = read_run(folder)
                    if record.plan:
                        self._runs[folder.name] = record.plan if record.job == "run" else ""
        return [run for run, plan in self._runs.items() if plan == self.plan]
