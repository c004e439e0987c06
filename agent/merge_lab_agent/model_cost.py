"""What a model costs to serve: parameters that a token uses, embeddings apart, and its multiply-adds."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

from merge_lab_agent.checkpoint import DERIVED, Checkpoint

_POSITIONS = ("wpe.weight", "embed_positions.weight", "position_embeddings.weight")
# Experts of a mixture, each by itself or all in one tensor; not `shared_experts`, which every token uses.
_EXPERT = re.compile(r"(?:^|\.)experts\.")
_EXPERTS = ("num_local_experts", "num_experts", "n_routed_experts", "moe_num_experts")
_USED = ("num_experts_per_tok", "num_experts_per_token", "moe_top_k", "moe_topk", "top_k_experts")


@dataclass(frozen=True)
class ModelCost:
    """`embedding` are input, output and position tables, tied ones once; `flops_per_token` are of the
    forward pass: two for each active parameter beside the tables and each entry of the output matrix."""

    total: int
    active: int
    embedding: int
    flops_per_token: int


def model_cost(model: Checkpoint) -> ModelCost:
    """Counted from tensor shapes; which experts of a mixture a token uses, from its config."""
    total = model.parameters
    experts = sum(_sizes(model, lambda name: _EXPERT.search(name) is not None))
    active = total - experts + math.ceil(experts * _share_used(model.config))
    tables = {model.embedding, None if model.tied_embeddings else model.head}
    embedding = sum(_sizes(model, lambda name: name in tables or name.endswith(_POSITIONS)))
    return ModelCost(total, active, embedding, 2 * (active - embedding + _output_projection(model)))


def _sizes(model: Checkpoint, wanted: Any) -> list[int]:
    return [
        info.elements
        for name, info in model.tensors.items()
        if info.is_float and wanted(name) and not name.endswith(DERIVED)
    ]


def _output_projection(model: Checkpoint) -> int:
    """Entries of vocabulary × width, whichever tensor holds them."""
    name = model.head if model.head is not None and not model.tied_embeddings else model.embedding
    return model.tensors[name].elements if name is not None else 0


def _share_used(config: dict[str, Any]) -> float:
    """Of a mixture's experts, the share that a token goes through; 1 where the config does not say."""
    text = config.get("text_config")
    config = text if isinstance(text, dict) else config
    count, used = _first(config, _EXPERTS), _first(config, _USED)
    return min(1.0, used / count) if count and used else 1.0


def _first(config: dict[str, Any], names: tuple[str, ...]) -> int | None:
    found = (config.get(name) for name in names)
    return next((value for value in found if type(value) is int and value > 0), None)
