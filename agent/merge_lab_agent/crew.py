"""The crew: the workers of one run. The first starts the others, and from then on all are alike.

On GPUs there is one worker each; on a processor one for each group of cores that a worker keeps busy, so that
small models, which are scored on one thread, use them all.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from merge_lab_agent.cores import cores_of_worker, usable_cores
from merge_lab_agent.detached import start_detached
from merge_lab_agent.devices import Device
from merge_lab_agent.memory import available_memory
from merge_lab_agent.plan import Merge, Plan, PlanSize
from merge_lab_agent.problem import Problem
from merge_lab_agent.process import identify
from merge_lab_agent.request import invalid, text_field
from merge_lab_agent.status import add_event
from merge_lab_agent.store import Store

MOST_WORKERS = 256
MERGES_OF_WORKER = 64
"""Small merges that are worth a worker's start, which takes some seconds."""

Workers = int | None
"""How many are asked for; None for `auto`."""


def asked_workers(request: dict[str, Any]) -> Workers:
    """`workers: auto | n` of a request; one where it says nothing."""
    asked = request.get("workers", 1)
    if asked == "auto":
        return None
    if type(asked) is not int or not 1 <= asked <= MOST_WORKERS:
        raise invalid(f"'workers' is neither auto nor a number from 1 to {MOST_WORKERS}.")
    return asked


def other_gpus(
    asked: Workers, asked_device: str, first: Device, needed: int, *, averages: bool = False
) -> list[Device]:
    """The GPUs of the others, where the run may use any device; `auto` leaves out those that are too small.

    `needed` is the memory of one worker in bytes. Where `averages` of logits are missing, a number is the
    most: it was asked for with single models in mind. Raises Problem `workers_do_not_fit`.
    """
    if asked == 1 or first.name == "cpu":
        return []
    may_choose = asked_device == "auto" and first.name.startswith("cuda")
    found = [gpu for gpu in _gpus() if gpu.device != first] if may_choose else []
    fit = [gpu.device for gpu in found if gpu.memory >= needed]
    if asked is None:
        return fit
    if asked - 1 <= len(found if averages else fit):
        return fit[: asked - 1]
    why = (
        f"the device {asked_device} was named"
        if not may_choose
        else f"of {1 + len(found)} GPUs here {1 + len(fit)} have the {needed / 1e9:.1f} GB that one needs"
    )
    raise Problem(
        "workers_do_not_fit",
        f"{asked} workers were asked for, but each has a GPU of its own, and {why}.",
        f"Use workers: auto, or at most {1 + len(fit)}.",
    )


@dataclass(frozen=True)
class _Gpu:
    device: Device
    memory: int


def _gpus() -> list[_Gpu]:
    """All of them, with all their memory: what is free now may be another run's that ends soon."""
    import torch

    def gpu(number: int) -> _Gpu:
        properties = torch.cuda.get_device_properties(number)
        return _Gpu(Device(f"cuda:{number}", torch.cuda.get_device_name(number)), properties.total_memory)

    return [gpu(number) for number in range(torch.cuda.device_count())]


def workers_on_processor(asked: Workers, plan: Plan, missing: Sequence[Merge]) -> int:
    """How many the processor's cores and memory are for; `auto` never asks for more than fit.

    Where averages of logits are missing, a number is the most: it was asked for with single models in mind.
    Raises Problem `workers_do_not_fit` for one that does not fit otherwise.
    """
    if asked == 1:
        return 1
    parameters = max(plan.sizes[name].parameters for names in _resident(missing) for name in names)
    needed, free = memory_of_worker(plan, missing), available_memory("cpu")
    fit = max(1, free // needed) if free else MOST_WORKERS
    if asked is None:
        cores = cores_of_worker(parameters)
        wanted = len(missing) // (MERGES_OF_WORKER if cores == 1 else 1)
        # Workers on one thread leave a core to the editor, and to the analysis that draws what arrives.
        room = usable_cores() - 1 if cores == 1 else usable_cores() // cores
        return max(1, min(room, wanted, fit, MOST_WORKERS))
    if asked > fit and not averages_missing(missing):
        raise Problem(
            "workers_do_not_fit",
            f"{asked} workers need about {needed / 1e9:.1f} GB of memory each, {asked * needed / 1e9:.1f} GB "
            f"together; {free / 1e9:.1f} GB are free.",
            f"Use workers: auto, or at most {fit}; or close other programs.",
        )
    return min(asked, fit)


def averages_missing(missing: Iterable[Merge]) -> bool:
    """Whether one worker may need the memory of several models."""
    return any(merge.average for merge in missing)


def memory_of_worker(plan: Plan, missing: Sequence[Merge]) -> int:
    """Bytes at the peak of one worker, for the most demanding size, or models whose logits are averaged."""
    from merge_lab_agent import estimate

    return max(
        estimate.memory_together([_memory_of(plan.sizes[name]) for name in names])
        for names in _resident(missing)
    )


def _resident(missing: Sequence[Merge]) -> set[tuple[str, ...]]:
    """Sizes that are in memory together, each set of them once."""
    return {merge.average or (merge.size,) for merge in missing}


def _memory_of(size: PlanSize) -> int:
    from merge_lab_agent import estimate
    from merge_lab_agent.checkpoint import Checkpoint

    load = estimate.SizeLoad(Checkpoint.open(Path(size.base.path)), len(size.experts))
    return estimate.memory_bytes(load, size.scoring.dtype, size.scoring.batch_tokens)


def start_others(
    request: dict[str, Any], devices: Iterable[Device], threads: int | None
) -> list[subprocess.Popen[bytes]]:
    """Starts a worker on each device, for the same run; they outlive this process as a run does.

    One that cannot be started is said in the run's log: the others do its share.
    """
    folder = Store.open(text_field(request, "store")).run(text_field(request, "run"))
    started = []
    for device in devices:
        own = request | {"device": device.name, "workers": 1, "threads": threads}
        try:
            process = start_detached("run", own, folder)
        except Problem as problem:
            print(problem.message, file=sys.stderr)
            continue
        identity = identify(process.pid).to_json()
        add_event(folder, "launched", job="run", plan=request["plan"], device=device.name, process=identity)
        started.append(process)
    return started
