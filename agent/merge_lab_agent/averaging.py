"""Models of one tokenizer as one predictor: log softmax of the mean of their logits, a product of experts."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import Any

import torch

from merge_lab_agent.batches import Batch
from merge_lab_agent.scoring import Scorer
from merge_lab_agent.threads import Threads


class AveragedScorer(Scorer):
    """Scores models together as `Scorer` scores one; the mean is taken in float32, in the order given.

    Tables padded to different lengths are cut to the shortest: an id that a model lacks has probability 0.
    As many logits are in memory at a time, over all models, as one model's scorer holds.

    Example: `AveragedScorer([Scorer(one, ...), Scorer(other, ...)]).score(evaluation)`
    """

    def __init__(self, members: Sequence[Scorer]) -> None:
        """members: on one device, each with its way proved."""
        first = members[0]
        self.members = members
        self.model, self.device, self.dtype = first.model, first.device, torch.float32
        self.batch_tokens = min(member.batch_tokens for member in members)
        self.vocabulary = min(member.vocabulary for member in members)
        self.rows = max(1, min(member.rows for member in members) // len(members))
        self.threads, self.way = first.threads, first.way
        self._batches: dict[tuple[str, ...], list[Batch]] = {}
        self._threads = Threads()
        self._spaces = threading.local()
        for member in members:
            member.rows = self.rows  # parts of all cover the same tokens

    def _logits(self, batch: Batch, way: str) -> Iterator[torch.Tensor]:
        parts = (member._logits(batch, member.way) for member in self.members)
        for logits in zip(*parts, strict=True):
            mean = torch.zeros_like(logits[0][:, : self.vocabulary], dtype=torch.float32)
            for each in logits:
                mean += each[:, : self.vocabulary]
            yield mean.div_(len(logits))

    def _check_tokens(self, samples: Sequence[Any]) -> None:
        for member in self.members:
            member._check_tokens(samples)
