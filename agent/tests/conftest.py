"""Shared fixtures: a tiny base, three experts on it, and evaluation data for two domains."""

from __future__ import annotations

import os
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import pytest
import torch
from tiny_models import make_model, tiny_records, write_records

torch.set_num_threads(1)


@pytest.fixture(scope="session")
def tiny_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("models") / "base")


@pytest.fixture(scope="session")
def tiny_experts(tiny_base: Path) -> dict[str, Path]:
    """Three experts, each 10% of the base's norm away; full checkpoints beside the base."""
    names = ["alpha", "beta", "gamma"]
    return {
        name: make_model(tiny_base.parent / name, like=tiny_base, noise=0.1, seed=seed)
        for seed, name in enumerate(names, start=1)
    }


@pytest.fixture(scope="session")
def tiny_eval(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Two domains as JSON arrays of instruction and output."""
    folder = tmp_path_factory.mktemp("eval")
    return {name: write_records(folder / f"{name}.json", tiny_records(name)) for name in ("alpha", "beta")}
