"""In float32 our merges are mergekit's own: its command runs in its own environment on the same folders."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from tiny_models import make_model

from merge_lab_agent.checkpoint import Checkpoint
from merge_lab_agent.task_vectors import Pool
from merge_lab_agent.write import write_folder

ORDER = ["gamma", "alpha", "beta"]  # neither by name nor by fingerprint
MARKS = {"alpha": "1" * 64, "beta": "0" * 64, "gamma": "2" * 64}
SEED = 17


def gta(method: str, normalize: bool, **parameters: Any) -> dict[str, Any]:
    return {"merge_method": method, "parameters": {"normalize": normalize} | parameters}


# Ours, and what to write for mergekit: `density` belongs to its models, all else to the merge.
CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "average": ({"method": "average", "compatibility": "none"}, gta("linear", True)),
    "task_arithmetic": (
        {"method": "task_arithmetic", "scale": 0.8, "normalize": True, "compatibility": "none"},
        gta("task_arithmetic", True, **{"lambda": 0.8}),
    ),
    "task_arithmetic_sum": (
        {"method": "task_arithmetic", "scale": 0.3, "normalize": False, "compatibility": "none"},
        gta("task_arithmetic", False, **{"lambda": 0.3}),
    ),
    "ties": (
        {"method": "ties", "scale": 0.5, "density": 1.0, "trim_scope": "tensor", "compatibility": "none"},
        gta("ties", True, **{"lambda": 0.5}),
    ),
    "ties_trimmed": (
        {"method": "ties", "scale": 1.0, "density": 0.3, "trim_scope": "tensor", "compatibility": "none"},
        gta("ties", True, density=0.3),
    ),
    "ties_compatible": (
        {"method": "ties", "scale": 1.0, "density": 0.3, "trim_scope": "tensor", "compatibility": "mergekit"},
        gta("ties", True, density=0.3),
    ),
    "dare": (
        {"method": "dare", "drop_rate": 0.2, "compatibility": "mergekit"},
        gta("dare_linear", True, density=0.8),
    ),
    "dare_ties": (
        {"method": "dare_ties", "drop_rate": 0.6, "scale": 0.9, "compatibility": "mergekit"},
        gta("dare_ties", True, density=0.4, **{"lambda": 0.9}),
    ),
}

# mergekit takes seconds to import; its command's own function runs once for each case.
RUN_COMMANDS = """
import json, sys
from mergekit.scripts.run_yaml import main
for arguments in json.load(sys.stdin):
    main(arguments, standalone_mode=False)
"""


def mergekit_python() -> Path:
    named = os.environ.get("MERGE_LAB_MERGEKIT_PYTHON")
    root = Path(__file__).parents[2]
    python = Path(named) if named else root / ".venv-mergekit" / "bin" / "python"
    if python.exists():
        return python
    reason = f"mergekit's environment is missing: no {python}; set MERGE_LAB_MERGEKIT_PYTHON to its Python."
    if os.environ.get("CI", "").lower() in ("1", "true"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="module", params=["float32", "bfloat16"])
def models(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Stored as float32, or as bfloat16 and merged in float32: then differences are exact and often zero."""
    folder = tmp_path_factory.mktemp(f"parity-{request.param}")
    base = make_model(folder / "base", dtype=request.param)
    experts = {n: make_model(folder / n, like=base, noise=0.1, seed=s) for s, n in enumerate(MARKS, 1)}
    return {"base": base} | experts


@pytest.fixture(scope="module")
def theirs(models: dict[str, Path]) -> dict[str, dict[str, torch.Tensor]]:
    folder = models["base"].parent
    commands = []
    for name, (_, config) in CASES.items():
        density = config["parameters"].get("density")
        own = {"weight": 1.0} | ({} if density is None else {"density": density})
        document = {
            "merge_method": config["merge_method"],
            "parameters": {k: v for k, v in config["parameters"].items() if k != "density"},
            "models": [{"model": str(models[expert]), "parameters": own} for expert in ORDER],
            "dtype": "float32",
        }
        if config["merge_method"] != "linear":
            document["base_model"] = str(models["base"])
        file = folder / f"{name}.yaml"
        file.write_text(json.dumps(document))
        commands.append([str(file), str(folder / f"out-{name}"), "--random-seed", str(SEED), "--quiet"])
    run = subprocess.run(
        [str(mergekit_python()), "-c", RUN_COMMANDS],
        input=json.dumps(commands),
        capture_output=True,
        text=True,
        env=os.environ | {"HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"},
    )
    assert run.returncode == 0, run.stderr[-3000:]
    return {name: load_file(folder / f"out-{name}" / "model.safetensors") for name in CASES}


def ambiguous(base: Checkpoint, experts: dict[str, Checkpoint], name: str, density: float) -> torch.Tensor:
    """Where a magnitude equals the last one kept: of those, mergekit's sort keeps any, we the first."""
    theta = base.read(name).float().flatten()
    found = torch.zeros(theta.shape, dtype=torch.bool)
    for expert in experts.values():
        size = (expert.read(name).float().flatten() - theta).abs()
        last = size.sort(descending=True).values[int(density * len(size)) - 1]
        if last > 0 and int((size == last).sum()) > 1:
            found |= size == last
    assert found.float().mean() < 0.5 or len(theta) < 50, name
    return found


@pytest.mark.parametrize("memory", [1000, 1 << 30])
@pytest.mark.parametrize("case", CASES)
def test_same_parameters_as_mergekit(
    case: str,
    memory: int,
    models: dict[str, Path],
    theirs: dict[str, dict[str, torch.Tensor]],
) -> None:
    experts = {name: Checkpoint.open(models[name]) for name in MARKS}
    base = Checkpoint.open(models["base"])
    pool = Pool(base, experts, MARKS, memory_limit=memory)
    seed = SEED if case.startswith("dare") else None
    found: dict[str, torch.Tensor] = {slot.name: torch.empty(slot.n) for slot in pool.slots}
    for piece, values in pool.merged(pool.plan(CASES[case][0], ORDER, seed)):
        for part in pool.within(piece):
            assert part.slot is not None
            begin = part.begin - part.slot.begin
            found[part.slot.name][begin : begin + part.n] = values[part.begin - piece.begin :][: part.n]
    assert found.keys() == theirs[case].keys()
    moved = 0
    for name, expected in theirs[case].items():
        assert expected.dtype == torch.float32
        certain = ~ambiguous(base, experts, name, 0.3) if case.startswith("ties_") else slice(None)
        assert (found[name] - expected.flatten())[certain].abs().max() < 1e-6, name
        moved += int((expected.flatten() != base.read(name).float().flatten()).sum())
    assert moved > 0.4 * pool.length


def test_mergekit_loads_a_folder_that_we_wrote(models: dict[str, Path], tmp_path: Path) -> None:
    experts = {name: Checkpoint.open(models[name]) for name in MARKS}
    pool = Pool(Checkpoint.open(models["base"]), experts, MARKS)
    write_folder(pool, pool.plan({"method": "average"}, ORDER, None), tmp_path / "ours", {})
    config = {
        "merge_method": "linear",
        "models": [{"model": str(tmp_path / "ours"), "parameters": {"weight": 1.0}}],
        "dtype": "float32",
    }
    (tmp_path / "again.yaml").write_text(json.dumps(config))
    run = subprocess.run(
        [str(mergekit_python()), "-c", RUN_COMMANDS],
        input=json.dumps([[str(tmp_path / "again.yaml"), str(tmp_path / "again"), "--quiet"]]),
        capture_output=True,
        text=True,
        env=os.environ | {"HF_HUB_OFFLINE": "1"},
    )
    assert run.returncode == 0, run.stderr[-3000:]
    ours = load_file(tmp_path / "ours" / "model.safetensors")
    again = load_file(tmp_path / "again" / "model.safetensors")
    assert all(torch.equal(again[name], ours[name].float()) for name in ours)
