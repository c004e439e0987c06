"""What Ray costs a merge: a plan by workers of a Ray cluster against as many workers of this machine.

Both take turns, on plans alike. Merges are timed from the moment when all workers run until
the plan is complete; what starting takes, cluster and all, is told beside it.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import statistics
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from merge_lab_agent.launch import launch
from merge_lab_agent.runs import read_run
from merge_lab_agent.store import Store
from workers import write_plan

LOOK_SECONDS = 0.02


@dataclass(frozen=True)
class Cost:
    """`start`: seconds until all workers run. Of each merge from then on: seconds of the clock, and of
    processor time of the workers, which leaves out all waiting for other programs."""

    start: float
    seconds: float
    processor: float


def used(pids: Iterable[int]) -> float:
    """Seconds of processor time; 0 for a process that has ended."""
    total = 0.0
    for pid in pids:
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
            total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total


def timed(store: Store, plan: str, workers: int, merges: int, more: dict[str, Any]) -> Cost:
    begun = time.perf_counter()
    request = {"store": str(store.root), "plan": plan, "device": "cpu", "workers": workers} | more
    folder = store.run(launch(request)["run"])
    running: tuple[float, int, float] | None = None
    spent = 0.0
    while True:
        record = read_run(folder)
        scoring = [worker for worker in record.workers if worker["worker"] != "supervisor"]
        done = max((worker["done"] for worker in scoring), default=0)
        if running is None and sum(worker["state"] == "running" for worker in scoring) == workers:
            running = (time.perf_counter(), done, used(worker["pid"] for worker in scoring))
        spent = max(spent, used(worker["pid"] for worker in scoring))
        if record.state in ("failed", "stopped"):
            raise SystemExit(f"the run ended: {record.problem}")
        if done == merges:
            break
        time.sleep(LOOK_SECONDS)
    if running is None:
        raise SystemExit("the plan was complete before all workers ran: ask for more --merges")
    ended = time.perf_counter()
    while read_run(folder).state != "done":
        time.sleep(LOOK_SECONDS)
    left = merges - running[1]
    return Cost(running[0] - begun, (ended - running[0]) / left, (spent - running[2]) / left)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--merges", type=int, default=512)
    parser.add_argument("--turns", type=int, default=3)
    options = parser.parse_args()
    ways: dict[str, dict[str, Any]] = {"local": {}, "ray": {"ray": "auto"}}
    print(f"{options.workers} workers, sample S, {options.merges} merges, {options.turns} turns")
    ratios = []
    with tempfile.TemporaryDirectory() as folder:
        os.environ["MERGE_LAB_HOME"] = f"{folder}/home"
        os.environ["RAY_TMPDIR"] = folder  # so that no other cluster is joined
        os.environ.pop("RAY_ADDRESS", None)
        for turn in range(options.turns):
            per_merge: dict[str, Cost] = {}
            for name, more in sorted(ways.items(), reverse=turn % 2 == 1):
                store = Store.open(Path(folder) / f"{name}{turn}")
                plan = write_plan(store, options.merges)
                cost = per_merge[name] = timed(store, plan, options.workers, options.merges, more)
                clock, busy = 1e3 * cost.seconds, 1e3 * cost.processor
                print(
                    f"  {name:5} {clock:6.1f} ms a merge, {busy:6.1f} ms of processor time, "
                    f"after {cost.start:4.1f} s of start",
                    flush=True,
                )
            ray, local = per_merge["ray"], per_merge["local"]
            ratios.append((ray.seconds / local.seconds, ray.processor / local.processor))
    seconds, processor = (statistics.median(ratio) for ratio in zip(*ratios))
    print(f"  ray against local, a merge: ratio {seconds:.3f}; by processor time {processor:.3f} (medians)")


if __name__ == "__main__":
    main()
