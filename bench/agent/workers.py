"""Two workers on one plan against the two-process ceiling of the machine, measured in the same processes.

The ceiling is what as many processes score when each merges and scores a share of its own in memory,
without plan, claims or results. Both take turns, so that a busy machine slows both alike. The time of a plan
ends when the last worker knows that it is complete. The ratio by processor time leaves out all waiting.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import multiprocessing
import tempfile
import time
from collections.abc import Callable, Sequence
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import torch
from merge_lab_agent.claims import Claims
from merge_lab_agent.devices import Device
from merge_lab_agent.fingerprint import fingerprint
from merge_lab_agent.identifiers import new_worker_id
from merge_lab_agent.models import open_model
from merge_lab_agent.plan import Merge, Plan
from merge_lab_agent.progress import Progress
from merge_lab_agent.results import ResultIndex, ResultWriter
from merge_lab_agent.rooms import ResidentRooms
from merge_lab_agent.store import Store, compact_json
from merge_lab_agent.worker import Worker
from workloads import sample_evaluations, sample_models

CPU = Device("cpu", "cpu")


def write_plan(store: Store, merges: int) -> str:
    """Averages of subsets of the sample's nine experts, every merge under a key of its own."""
    base, experts = sample_models()
    evaluations = sample_evaluations()
    for evaluation in evaluations:
        evaluation.write(store)
    subsets = [list(s) for k in range(1, len(experts) + 1) for s in itertools.combinations(experts, k)]
    header: dict[str, Any] = {
        "format": 1,
        "scorer": 1,
        "pool": list(experts),
        "sizes": {
            "S": {
                "base": _model(base),
                "experts": {name: _model(folder) for name, folder in experts.items()},
                "parameters": 10_000,
            }
        },
        "methods": [{"method": "average", "compatibility": "none"}],
        "embeddings": "exact",
        "evaluations": {evaluation.domain: evaluation.id for evaluation in evaluations},
        "dtype": "float32",
        "batch_tokens": 2048,
        "references": {},
    }
    lines = [
        {
            "key": hashlib.sha256(f"merge {number}".encode()).hexdigest(),
            "size": "S",
            "method": 0,
            # Apart by more than a half, so that each stretch of the plan is a mixture of all k.
            "subset": subsets[number * 317 % len(subsets)],
            "seed": None,
            "purpose": ["design"],
            "draws": 1,
        }
        for number in range(merges)
    ]
    content = b"".join(compact_json(line) + b"\n" for line in [header, *lines])
    identity = hashlib.sha256(content).hexdigest()
    store.plan(identity).write_bytes(content)
    return identity


def _model(folder: Path) -> dict[str, Any]:
    return {
        "fingerprint": fingerprint(open_model(folder)),
        "path": str(folder),
        "source": folder.name,
        "kind": "checkpoint",
    }


class Share:
    """One of the processes, with its room furnished."""

    def __init__(self, number: int, workers: int, plans: Sequence[tuple[str, str]]) -> None:
        torch.set_num_threads(1)
        self.number, self.workers = number, workers
        self.stores = [(Store.open(root), plan) for root, plan in plans]
        store, plan = self.stores[0]
        self.rooms = ResidentRooms(store, Plan.read(store, plan), CPU)
        self.rooms.check(self.rooms.plan.merges[:1])
        self.score(self.rooms.plan.merges[:4])

    def score(self, merges: Sequence[Merge]) -> None:
        for merge in merges:
            self.rooms.enter(merge).score(merge, self.rooms.plan.scoring(merge).evaluations, 1)

    def ceiling(self) -> None:
        self.score(self.rooms.plan.merges[self.number :: self.workers])

    def shared(self, turn: int) -> Callable[[], None]:
        """Works at a plan of its own for each turn; reading it is no part of what is timed."""
        store, plan = self.stores[turn]
        index = ResultIndex(store)
        progress = Progress(Plan.read(store, plan), index)
        writer = ResultWriter(store, plan)

        def work() -> None:
            with Claims(store, plan, new_worker_id()) as claims:
                Worker(progress, claims, writer, self.rooms).work()
            writer.close()

        return work


def process(number: int, workers: int, plans: list[tuple[str, str]], barrier: Barrier, answers: Any) -> None:
    share = Share(number, workers, plans)
    for turn in range(len(plans)):
        for label, work in (("ceiling", share.ceiling), ("shared", share.shared(turn))):
            barrier.wait()
            begun, used = time.perf_counter(), time.process_time()
            work()
            answers.put((turn, label, time.perf_counter() - begun, time.process_time() - used))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--merges", type=int, default=256)
    parser.add_argument("--turns", type=int, default=3)
    options = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        stores = [Store.open(Path(folder) / str(turn)) for turn in range(options.turns)]
        plans = [(str(store.root), write_plan(store, options.merges)) for store in stores]
        answers, barrier = context.Queue(), context.Barrier(options.workers)
        processes = [
            context.Process(target=process, args=(number, options.workers, plans, barrier, answers))
            for number in range(options.workers)
        ]
        for one in processes:
            one.start()
        told = [answers.get() for _ in range(2 * options.turns * options.workers)]
        for one in processes:
            one.join()
    print(f"{options.workers} workers, sample S, {options.merges} merges, {options.turns} turns")
    for turn in range(options.turns):
        times = {
            label: [seconds for at, which, seconds, _ in told if (at, which) == (turn, label)]
            for label in ("ceiling", "shared")
        }
        used = {
            label: sum(spent for at, which, _, spent in told if (at, which) == (turn, label))
            for label in ("ceiling", "shared")
        }
        share = options.merges / options.workers
        ceiling = sum(share / seconds for seconds in times["ceiling"])
        shared = options.merges / max(times["shared"])
        print(
            f"  ceiling {ceiling:6.2f} merges/s, shared {shared:6.2f} merges/s, ratio {shared / ceiling:.3f}"
            f"; by processor time {used['ceiling'] / used['shared']:.3f}"
        )


if __name__ == "__main__":
    main()
