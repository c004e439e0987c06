"""A tiny experiment for tests of the runner: a base, three experts, two domains, in the folder named."""

import sys
from pathlib import Path

agent = Path(__file__).resolve().parents[2] / "agent"
sys.path[:0] = [str(agent), str(agent / "tests")]

from tiny_models import make_model, tiny_records, write_records  # noqa: E402

root = Path(sys.argv[1])
base = make_model(root / "models" / "base")
for seed, name in enumerate(["alpha", "beta", "gamma"], start=1):
    make_model(root / "models" / name, like=base, noise=0.1, seed=seed)
for name in ["alpha", "beta"]:
    write_records(root / "eval" / f"{name}.json", tiny_records(name))
