"""Small plans for tests: every subset of a few experts, written as the planner writes them."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from merge_lab_agent.evaluation import EvaluationSet, Sample, evaluation_id
from merge_lab_agent.fingerprint import fingerprint
from merge_lab_agent.models import open_model
from merge_lab_agent.results import ResultIndex, decode
from merge_lab_agent.run import run
from merge_lab_agent.store import Store, compact_json

AVERAGE = {"method": "average", "compatibility": "none"}
DARE = {"method": "dare", "drop_rate": 0.2, "compatibility": "none"}


@dataclass(frozen=True)
class SmallPlan:
    store: Store
    id: str
    header: dict[str, Any]
    lines: list[dict[str, Any]]

    def __getitem__(self, part: slice) -> SmallPlan:
        """The same plan with a part of its lines."""
        return save_plan(self.store, self.header, self.lines[part])

    def request(self, run: str, device: str = "cpu") -> dict[str, Any]:
        return {"store": str(self.store.root), "plan": self.id, "run": run, "device": device}


def write_evaluation(store: Store, domain: str, seed: int, samples: int = 4) -> str:
    """A set of token ids below 250, the last half of each sample scored."""
    made = []
    for number in range(samples):
        length = 6 + (number * 5 + seed) % 7
        tokens = [(seed * 37 + number * 11 + position * 7) % 250 for position in range(length)]
        made.append(Sample(number, tokens, list(range(length // 2, length)), length, False))
    found = EvaluationSet(evaluation_id(64, made), domain, 64, made, 0, "token ids")
    found.write(store)
    return found.id


def model_document(folder: Path) -> dict[str, Any]:
    return {
        "fingerprint": fingerprint(open_model(folder)),
        "path": str(folder),
        "source": f"./{folder.name}",
        "kind": "checkpoint",
    }


def key_of(**content: Any) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def write_plan(
    store: Store,
    base: Path,
    experts: dict[str, Path],
    *,
    methods: tuple[dict[str, Any], ...] = (AVERAGE,),
    domains: int = 2,
    repeat: int = 1,
    header: dict[str, Any] | None = None,
) -> SmallPlan:
    """Base, each expert, then every subset by every method; `repeat` adds them again under further keys."""
    models = {name: model_document(folder) for name, folder in experts.items()}
    sizes = {"S": {"base": model_document(base), "experts": models, "parameters": 10_000}}
    document = {
        "format": 1,
        "scorer": 1,
        "pool": list(experts),
        "sizes": sizes,
        "methods": list(methods),
        "embeddings": "exact",
        "evaluations": {f"domain{n}": write_evaluation(store, f"domain{n}", n) for n in range(domains)},
        "dtype": "float32",
        "batch_tokens": 256,
        "references": {},
    } | (header or {})
    lines = [plan_line(None, [], None), *(plan_line(None, [name], None) for name in experts)]
    for again, (index, method) in itertools.product(range(repeat), enumerate(methods)):
        seed = 0 if method["method"].startswith("dare") else None
        for k in range(1, len(experts) + 1):
            lines += [plan_line(index, list(s), seed, again) for s in itertools.combinations(experts, k)]
    return save_plan(store, document, lines)


def plan_line(method: int | None, subset: list[str], seed: int | None, again: int = 0) -> dict[str, Any]:
    return {
        "key": key_of(method=method, subset=subset, seed=seed, again=again),
        "size": "S",
        "method": method,
        "subset": subset,
        "seed": seed,
        "purpose": ["design"] if method is not None else ["anchor"],
        "draws": 1,
    }


def save_plan(store: Store, header: dict[str, Any], lines: list[dict[str, Any]]) -> SmallPlan:
    content = b"".join(compact_json(line) + b"\n" for line in [header, *lines])
    identity = hashlib.sha256(content).hexdigest()
    store.plan(identity).write_bytes(content)
    return SmallPlan(store, identity, header, lines)


def losses(store: Store) -> dict[tuple[str, str], float]:
    """(merge key, evaluation) to nll, first valid line first, by a plain reading of every results file."""
    found: dict[tuple[str, str], float] = {}
    for file in sorted(store.results.glob("*.jsonl")):
        for line in file.read_bytes().split(b"\n")[1:]:
            document = decode(line)
            if document is not None and document["nll"] is not None:
                found.setdefault((document["key"], document["evaluation"]), document["nll"])
    return found


def index_of(store: Store) -> ResultIndex:
    index = ResultIndex(store)
    index.refresh()
    return index


def agent_environment(home: Path, **more: str) -> dict[str, str]:
    environment = {name: value for name, value in os.environ.items() if name != "MERGE_LAB_FAULT"}
    package = str(Path(__file__).resolve().parent.parent)
    return environment | {
        "MERGE_LAB_HOME": str(home),
        "PYTHONPATH": package,
        "OMP_NUM_THREADS": "1",
        "HF_HUB_OFFLINE": "1",
        **more,
    }


def start_agent(
    name: str, request: dict[str, Any] | None, home: Path, **more: str
) -> subprocess.Popen[bytes]:
    """`python -m merge_lab_agent NAME` with the request on its input, its output on pipes."""
    process = subprocess.Popen(
        [sys.executable, "-m", "merge_lab_agent", name],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=agent_environment(home, **more),
    )
    if request is not None:
        assert process.stdin is not None
        process.stdin.write(json.dumps(request).encode())
        process.stdin.close()
        process.stdin = None
    return process


class ForkedRun:
    """A run in a process of its own that need not import torch again."""

    def __init__(self, request: dict[str, Any], home: Path, **environment: str) -> None:
        self.pid = os.fork()
        if self.pid == 0:
            code = 70
            try:
                os.environ.update(agent_environment(home, **environment))
                # A fork breaks torch's thread pool; it is mended by the first thread that asks for it alone.
                torch.set_num_threads(1)

                code = 1 if run(request)["state"] == "failed" else 0
            finally:
                os._exit(code)

    def wait(self) -> int:
        """The exit code, or the signal that ended it as a negative number."""
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def forked_run(request: dict[str, Any], home: Path, **environment: str) -> int:
    return ForkedRun(request, home, **environment).wait()


def run_agent(
    name: str, request: dict[str, Any], home: Path, **more: str
) -> tuple[int, dict[str, Any] | None, str]:
    """Exit code, the answer if there is one, and what it said."""
    process = start_agent(name, request, home, **more)
    output, said = process.communicate()
    answer = json.loads(output.splitlines()[-1]) if output.strip() else None
    return process.returncode, answer, said.decode()
