"""Samples as padded batches of about one length, made once and used for every merge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import torch


class Scorable(Protocol):
    """Token ids, and the ascending positions t ≥ 1 whose token is scored given those before it."""

    @property
    def tokens(self) -> list[int]: ...
    @property
    def scored(self) -> list[int]: ...


@dataclass(frozen=True)
class Batch:
    """B right-padded sequences of length L, and P scored tokens in them."""

    tokens: torch.Tensor  # [B, L] ids; padding is id 0
    mask: torch.Tensor  # [B, L] 1 where there is a token
    position: torch.Tensor  # [P] index into B·L of the token before each scored one: its logits predict it
    targets: torch.Tensor  # [P] ids of the scored tokens
    sample: torch.Tensor  # [P] index of the sample each belongs to


def make_batches(samples: Sequence[Scorable], batch_tokens: int, device: torch.device) -> list[Batch]:
    """Batches of at most `batch_tokens` tokens with padding; a longer sample is a batch of its own.

    Sorted by length, longest first, so that little is padding and memory runs out at once or never. Tokens
    after the last scored one cannot change a loss and are left out, samples without a scored token too.
    """
    lengths = [sample.scored[-1] if sample.scored else 0 for sample in samples]
    order = sorted((i for i in range(len(samples)) if lengths[i]), key=lambda i: (-lengths[i], i))
    groups: list[list[int]] = []
    for i in order:
        if groups and (len(groups[-1]) + 1) * lengths[groups[-1][0]] <= batch_tokens:
            groups[-1].append(i)
        else:
            groups.append([i])
    return [_batch(samples, group, lengths[group[0]], device) for group in groups]


def _batch(samples: Sequence[Scorable], group: list[int], length: int, device: torch.device) -> Batch:
    tokens = torch.zeros((len(group), length), dtype=torch.long)
    mask = torch.zeros((len(group), length), dtype=torch.long)
    position: list[int] = []
    targets: list[int] = []
    owner: list[int] = []
    for row, i in enumerate(group):
        seen = samples[i].tokens[: samples[i].scored[-1]]
        tokens[row, : len(seen)] = torch.tensor(seen)
        mask[row, : len(seen)] = 1
        for t in samples[i].scored:
            position.append(row * length + t - 1)
            targets.append(samples[i].tokens[t])
            owner.append(i)
    return Batch(
        tokens.to(device),
        mask.to(device),
        torch.tensor(position, device=device),
        torch.tensor(targets, device=device),
        torch.tensor(owner, device=device),
    )
