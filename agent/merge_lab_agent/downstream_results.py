"""Scores of the evaluation harness: one file a writer, append-only and sealed as results are.

A line is the score of one model on one task, or the failure to get one.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from merge_lab_agent.results import seal, unseal
from merge_lab_agent.store import Store

LARGEST = 1000
"""Above so many items a metric keeps sums over as many blocks of them."""
Scored = Mapping[tuple[str, str], Set[str]]
"""By (merge key, task key): the digests of what the model was asked."""


@dataclass(frozen=True)
class Metric:
    """One number of a task. `form` says how it follows from Σ numerators / Σ weights over the items: itself
    (`mean`), exp(−it) (`perplexity`) or −it / ln 2 (`bits`); None where it follows from no such ratio.

    `stderr` is the harness's own, None where it has none.
    """

    name: str
    value: float
    stderr: float | None
    higher_is_better: bool
    form: str | None
    numerators: npt.NDArray[np.float64] | None
    weights: npt.NDArray[np.float64] | None

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "value": self.value,
            "stderr": self.stderr,
            "higher_is_better": self.higher_is_better,
            "form": self.form,
            "numerators": _encoded(self.numerators),
            "weights": _encoded(self.weights),
        }


@dataclass(frozen=True)
class TaskScore:
    """`task` is the key of what was asked; `requests` the SHA-256 of what the harness asked the model.

    Without metrics there is a `code` and a `message`.
    """

    key: str
    task: str
    name: str
    harness: str
    requests: str | None
    items: int
    metrics: tuple[Metric, ...]
    seconds: float
    device: str
    code: str | None = None
    message: str | None = None

    def encode(self) -> bytes:
        """The line's bytes, checksum last, newline included."""
        return seal(
            {
                "key": self.key,
                "task": self.task,
                "name": self.name,
                "harness": self.harness,
                "requests": self.requests,
                "items": self.items,
                "metrics": [metric.to_json() for metric in self.metrics],
                "seconds": round(self.seconds, 6),
                "device": self.device,
                "code": self.code,
                "message": self.message,
            }
        )


def in_blocks(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Sums over 1,000 blocks of consecutive items where there are more of them than that."""
    if len(values) <= LARGEST:
        return values
    sums: npt.NDArray[np.float64] = np.add.reduceat(values, np.arange(LARGEST) * len(values) // LARGEST)
    return sums


def _encoded(values: npt.NDArray[np.float64] | None) -> str | None:
    return None if values is None else base64.b64encode(values.astype("<f4").tobytes()).decode("ascii")


def read_scored(store: Store, harness: str) -> Scored:
    """Every score that this version of the harness gave."""
    found: dict[tuple[str, str], set[str]] = {}
    for file in sorted(store.downstream.glob("*.jsonl")):
        for line in _lines(file):
            if line.get("harness") == harness and line.get("code") is None:
                found.setdefault((line["key"], line["task"]), set()).add(str(line.get("requests")))
    return found


def _lines(file: Path) -> Iterable[dict[str, Any]]:
    for line in file.read_bytes().split(b"\n")[1:]:
        document = unseal(line)
        if isinstance(document, dict) and isinstance(document.get("key"), str) and "task" in document:
            yield document
