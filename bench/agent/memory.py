"""Anonymous memory of a sweep at 0.5B shape with 4 experts: its peak, and whether it grows over merges.

Mapped files are not counted: the system takes their pages back whenever it needs them.
"""

from __future__ import annotations

import argparse
import itertools
from pathlib import Path

from merge_lab_agent.resident import ResidentModel
from merge_lab_agent.scoring import Scorer
from workloads import half_billion, half_billion_evaluation, pool_of

METHODS = [
    ({"method": "average"}, None),
    ({"method": "ties", "scale": 0.5, "density": 0.5, "trim_scope": "tensor"}, None),
    ({"method": "dare", "drop_rate": 0.2}, 0),
    ({"method": "dare_ties", "drop_rate": 0.2, "scale": 1.0}, 1),
]


def anonymous_gib() -> float:
    """RssAnon of this process (Linux)."""
    status = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    fields = dict(line.split(":", 1) for line in status)
    return int(fields["RssAnon"].split()[0]) / (1 << 20)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--tokens", type=int, default=512)
    parser.add_argument("--dtype", default="bfloat16")
    options = parser.parse_args()
    base, experts = half_billion()
    pool = pool_of(base, experts)
    resident = ResidentModel(pool, dtype=options.dtype, device="cpu")
    scorer = Scorer(resident.model, device="cpu", dtype=options.dtype, batch_tokens=2048)
    evaluation = half_billion_evaluation(options.tokens)
    print(f"built: {anonymous_gib():.2f} GiB", flush=True)
    peak, ends = 0.0, []
    names = list(experts)
    for turn in range(options.rounds):
        for (method, seed), k in zip(METHODS, itertools.cycle([4, 2, 3, 1])):
            resident.apply(method, names[:k], seed)
            peak = max(peak, anonymous_gib())
            scorer.score(evaluation)
            peak = max(peak, anonymous_gib())
        ends.append(anonymous_gib())
        print(f"after {4 * (turn + 1)} merges: {ends[-1]:.2f} GiB, highest seen {peak:.2f} GiB", flush=True)
    growth = 1024 * (ends[-1] - ends[0])
    print(f"peak {peak:.2f} GiB (at most 5), grown by {growth:.0f} MiB since the first {len(METHODS)} merges")


if __name__ == "__main__":
    main()
