"""What 64 workers on a plan of 65,535 merges cost one of them: claims, looks at what others did, and memory.

One real worker, whose merges take no time of their own; while it is at one, 63 simulated ones claim blocks of
the same store and append one result each. Only the worker's own time is counted, in seconds of the processor.
It looks at the others after every merge, where a real one does so once a second: an upper bound.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import workloads  # noqa: F401  (finds the agent)
from merge_lab_agent import worker as working
from merge_lab_agent.claims import Claims, blocks
from merge_lab_agent.plan import Merge, Plan
from merge_lab_agent.process import anonymous_memory
from merge_lab_agent.progress import Progress
from merge_lab_agent.results import ResultIndex, ResultLine, ResultWriter, seal
from merge_lab_agent.store import Store, compact_json
from merge_lab_agent.worker import Worker

EXPERTS = 16
SAMPLES = bytes(4 * 40)


def write_plan(store: Store, evaluation: str) -> str:
    """Every subset of sixteen experts."""
    pool = [f"expert{number}" for number in range(EXPERTS)]
    header: dict[str, Any] = {
        "format": 1,
        "scorer": 1,
        "pool": pool,
        "sizes": {
            "S": {"base": _model("base"), "experts": {name: _model(name) for name in pool}, "parameters": 1}
        },
        "methods": [{"method": "average", "compatibility": "none"}],
        "embeddings": "exact",
        "evaluations": {"domain": evaluation},
        "dtype": "float32",
        "batch_tokens": 2048,
        "references": {},
    }
    subsets = (s for k in range(1, EXPERTS + 1) for s in itertools.combinations(pool, k))
    lines = [
        {
            "key": _digest("+".join(subset)),
            "size": "S",
            "method": 0,
            "subset": list(subset),
            "seed": None,
            "purpose": ["design"],
            "draws": 1,
        }
        for subset in subsets
    ]
    content = b"".join(compact_json(line) + b"\n" for line in [header, *lines])
    identity = hashlib.sha256(content).hexdigest()
    store.plan(identity).write_bytes(content)
    return identity


def _model(name: str) -> dict[str, Any]:
    return {"fingerprint": _digest(name), "path": f"/{name}", "source": name, "kind": "checkpoint"}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


class Other:
    """A worker that claims blocks and has one result each time it is asked to go on."""

    def __init__(self, number: int, store: Store, plan: Plan, evaluation: str, left: list[int]) -> None:
        self.claims = Claims(store, plan.id, f"other{number}")
        self.plan, self.evaluation, self.left = plan, evaluation, left
        self.file: BinaryIO = (store.results / f"other{number}.jsonl").open("wb", buffering=0)
        self.file.write(seal({"format": 1, "writer": f"other{number}", "plan": plan.id}))
        self.blocks = blocks(len(plan.merges))
        self.steps = self._work()

    def _work(self) -> Iterator[None]:
        while self.left:
            block = self.left.pop(0)
            if not self.claims.claim(block):
                continue  # the real worker has it
            for position in self.blocks[block]:
                self.file.write(result(self.plan.merges[position].key, self.evaluation).encode())
                yield
            self.claims.release(block)


class Room:
    """Scores at once; meanwhile the others go on."""

    def __init__(self, others: list[Other], evaluation: str) -> None:
        self.others, self.evaluation = others, evaluation
        self.elsewhere = 0.0

    def enter(self, merge: Merge) -> Room:
        return self

    def check_unchanged(self, merge: Merge) -> None:
        pass

    def failure(self, merge: Merge, error: Exception, attempt: int) -> ResultLine:
        raise error

    def score(self, merge: Merge, evaluations: Sequence[str], attempt: int) -> list[ResultLine]:
        begun = time.process_time()
        for other in self.others:
            next(other.steps, None)
        self.elsewhere += time.process_time() - begun
        return [result(merge.key, self.evaluation)]


def result(key: str, evaluation: str) -> ResultLine:
    return ResultLine(key, evaluation, 1.0, 1204, 40, SAMPLES, 0.1, "cpu", 2048, None, 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=64)
    options = parser.parse_args()
    working.LOOK_SECONDS = 0.0
    with tempfile.TemporaryDirectory() as folder:
        store, evaluation = Store.open(Path(folder)), _digest("domain")
        identity = write_plan(store, evaluation)
        before, begun = anonymous_memory() or 0, time.process_time()
        plan = Plan.read(store, identity)
        index = ResultIndex(store, frozenset(merge.key for merge in plan.merges))
        progress = Progress(plan, index)
        reading, memory = time.process_time() - begun, (anonymous_memory() or 0) - before
        left = list(range(len(blocks(len(plan.merges)))))
        others = [Other(n, store, plan, evaluation, left) for n in range(options.workers - 1)]
        room, begun = Room(others, evaluation), time.process_time()
        with Claims(store, plan.id, "real") as claims:
            worker = Worker(progress, claims, ResultWriter(store, plan.id), room)
            worker.work()
        own = time.process_time() - begun - room.elsewhere
        written = sum(len(file.read_bytes().splitlines()) - 1 for file in store.results.iterdir())
        total = len(plan.merges)
    print(f"{options.workers} workers, {total:,} merges, {len(worker._blocks):,} blocks")
    print(f"  reading the plan {reading:.2f} s, {memory / 1e6:.0f} MB")
    print(
        f"  {worker.computed:,} merges of one worker: {own:.2f} s, {1e3 * own / worker.computed:.2f} ms each"
    )
    print(f"  of that to decode the others' lines {decoding(total):.2f} s; memory {grown(before):.0f} MB")
    print(f"  {written - total} of {total:,} merges were done twice")


def decoding(lines: int) -> float:
    """Seconds of the least that reading takes: check and parse as many lines."""
    from merge_lab_agent.results import decode

    line = result(_digest("line"), _digest("domain")).encode().rstrip()
    begun = time.process_time()
    for _ in range(lines):
        decode(line)
    return time.process_time() - begun


def grown(before: int) -> float:
    return ((anonymous_memory() or 0) - before) / 1e6


if __name__ == "__main__":
    main()
