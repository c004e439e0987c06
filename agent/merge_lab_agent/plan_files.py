"""What the files of a store say of one plan: for a client that keeps a copy of them and of no others."""

from __future__ import annotations

import contextlib
import os
import re
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from merge_lab_agent.runs import ENGINES, RunRecord, read_run, request_file
from merge_lab_agent.status import ENDED
from merge_lab_agent.store import Store

_KEY = re.compile(rb'\{"key":"([0-9a-f]{64})"')
LIVES_SECONDS = 2.0
"""Between two looks at whether a run's process lives: on some systems each starts a process."""
OTHERS_SECONDS = 2.0
"""Between two looks at all results of other plans, of which a store may hold thousands."""


@dataclass
class PlanFiles:
    """A store never forgets a file, and a file that spoke of the plan once goes on to."""

    store: Store
    plan: str
    _keys: frozenset[bytes] = frozenset()
    _listed: dict[Path, int] = field(default_factory=dict)
    _results: set[str] = field(default_factory=set)
    _others: dict[str, int] = field(default_factory=dict)
    """How much of each result file of other plans was read."""
    _young: set[str] = field(default_factory=set)
    """Those of them without a whole line yet: what they speak of shows soon."""
    _runs: dict[str, str] = field(default_factory=dict)
    _settled: set[str] = field(default_factory=set)
    _told: dict[str, dict[str, Any]] = field(default_factory=dict)
    _looked_at_lives: float = float("-inf")
    _looked_at_others: float = float("-inf")

    def paths(self, *, thorough: bool) -> list[str]:
        """Relative to the store, folders end in `/`: results and scores of its merges, and its runs.

        Not `thorough`, results of another plan that hold lines of this one too are found two seconds later.
        """
        self._look_at_results(thorough=thorough)
        runs = [f"runs/{run}/" for run in self._own_runs()]
        inside = ("events.jsonl", "agent.log", "status/")
        return [*sorted(self._results), *(run + name for run in runs for name in inside)]

    def lives(self) -> list[dict[str, Any]]:
        """`{run, alive, gone}` of each run of which that is news, every two seconds at most."""
        if time.monotonic() - self._looked_at_lives < LIVES_SECONDS:
            return []
        self._looked_at_lives = time.monotonic()
        news = []
        for run in self._own_runs():
            if run in self._settled:
                continue
            record = read_run(self.store.runs / run)
            alive = False if record.state in ENDED else record.alive
            life = {"run": run, "alive": alive, "gone": list(record.gone)}
            if _is_settled(record):
                self._settled.add(run)
            if self._told.get(run) != life:
                self._told[run] = life
                news.append(life)
        return news

    def tell_again(self, news: list[dict[str, Any]]) -> None:
        """What could not be told is news once more."""
        for life in news:
            self._told.pop(life["run"], None)
            self._settled.discard(life["run"])
            self._looked_at_lives = float("-inf")

    def _look_at_results(self, *, thorough: bool) -> None:
        if not self._keys:
            with contextlib.suppress(OSError):
                self._keys = _keys_of(self.store.plan(self.plan))
            if not self._keys:
                return
        now = time.monotonic()
        if thorough or now - self._looked_at_others >= OTHERS_SECONDS:
            self._looked_at_others, thorough = now, True
        for folder in (self.store.results, self.store.downstream):
            with contextlib.suppress(OSError):
                changed = folder.stat().st_mtime_ns
                if thorough or self._listed.get(folder) != changed:
                    self._listed[folder] = changed
                    self._look_in(folder)
        for path in list(self._young):
            with contextlib.suppress(OSError):
                self._read(path)

    def _look_in(self, folder: Path) -> None:
        with os.scandir(folder) as entries:
            for entry in entries:
                path = f"{folder.name}/{entry.name}"
                if not entry.name.endswith(".jsonl") or entry.name.startswith(".") or path in self._results:
                    continue
                # One that cannot be read hides no other.
                with contextlib.suppress(OSError):
                    if not entry.is_file():
                        continue
                    if path not in self._others:
                        self._others[path] = 0
                        self._young.add(path)
                    elif entry.stat().st_size > self._others[path]:
                        self._read(path)

    def _read(self, path: str) -> None:
        """What is new of a file that was of other plans: its whole lines may speak of this one."""
        begin, is_own = self._others[path], False
        with (self.store.root / path).open("rb") as opened:
            opened.seek(begin)
            for line in opened:
                if not line.endswith(b"\n"):
                    break
                begin += len(line)
                key = _KEY.match(line)
                if key[1] in self._keys if key else self.plan.encode() in line:
                    is_own = True
                    break
        self._others[path] = begin
        if is_own:
            del self._others[path]
            self._results.add(path)
        if begin > 0:
            self._young.discard(path)

    def _own_runs(self) -> list[str]:
        """A run that does not say yet which plan it works at is looked at again."""
        with contextlib.suppress(OSError):
            for folder in sorted(self.store.runs.iterdir()):
                if folder.name not in self._runs and not folder.name.startswith("."):
                    with contextlib.suppress(OSError):
                        record = read_run(folder)
                        if record.plan:
                            self._runs[folder.name] = record.plan if record.job == "run" else ""
        return [run for run, plan in self._runs.items() if plan == self.plan]


def _keys_of(plan: Path) -> frozenset[bytes]:
    return frozenset(match[1] for match in map(_KEY.match, plan.read_bytes().splitlines()) if match)


def _is_settled(record: RunRecord) -> bool:
    """Whether nothing more can be said of its life: all its processes are known to be gone, or whoever saw
    to it has said its end."""
    supervised = any(request_file(record.folder, engine).exists() for engine in ENGINES)
    return record.state in ENDED and (record.alive is False or supervised)
