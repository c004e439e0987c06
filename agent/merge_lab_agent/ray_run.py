"""What a run on Ray begins with: its cluster, how much of it each worker takes, and how many there are."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from merge_lab_agent.claims import blocks
from merge_lab_agent.cores import cores_of_worker, usable_cores
from merge_lab_agent.crew import (
    MERGES_OF_WORKER,
    Workers,
    asked_workers,
    memory_of_worker,
    workers_on_processor,
)
from merge_lab_agent.devices import Device, planned_device
from merge_lab_agent.plan import Merge, Plan
from merge_lab_agent.problem import Problem
from merge_lab_agent.progress import Progress
from merge_lab_agent.ray_actors import Actors, Demand
from merge_lab_agent.ray_cluster import Cluster, find_cluster, joined, ray_address, started
from merge_lab_agent.request import invalid, text_field
from merge_lab_agent.results import ResultIndex, ResultWriter
from merge_lab_agent.runs import request_file
from merge_lab_agent.status import StatusWriter
from merge_lab_agent.store import Store, compact_json, write_atomically
from merge_lab_agent.supervised_work import Merges
from merge_lab_agent.supervisor import RAY, Supervisor


def supervise(store: Store, request: dict[str, Any], folder: Path, status: StatusWriter) -> str:
    """How a run on Ray ended: `done` or `stopped`. Raises the Problem that ends it early."""
    if request.get("job") == "downstream":
        raise invalid("Tasks are not scored by workers of Ray: ask without 'ray'.")
    plan = Plan.read(store, text_field(request, "plan"))
    index = ResultIndex(store, frozenset(merge.key for merge in plan.merges))
    index.refresh()
    progress = Progress(plan, index)
    settled = progress.done + progress.failed
    status.update(at_start=settled, done=progress.done, failed=progress.failed, total=len(plan.merges))
    if not progress.remaining:
        return "done"
    file = request_file(folder, "ray")
    begun = file.exists()
    file.parent.mkdir(exist_ok=True)
    writer = ResultWriter(store, plan.id)
    try:
        with actors(request, folder, progress) as (queue, wanted):
            write_atomically(file, compact_json(request))
            work = Merges(progress, writer)
            return Supervisor(queue, work, folder, status, wanted, engine=RAY, begun=begun).supervise()
    finally:
        writer.close()


@contextlib.contextmanager
def actors(request: dict[str, Any], folder: Path, progress: Progress) -> Iterator[tuple[Actors, int]]:
    """The workers to submit for `{store, plan, run, device, workers, ray}`, and how many are wanted.

    Raises Problem `ray_missing`, `ray_unreachable`, `ray_refused`, `ray_too_small`, `workers_do_not_fit`.
    """
    address, asked = find_cluster(ray_address(request.get("ray"))), asked_workers(request)
    missing = list(progress.remaining.values())
    on_gpu = text_field(request, "device").startswith("cuda")
    if address is None:
        demand = _demand(progress.plan, missing, usable_cores(), on_gpu)
        count = asked if on_gpu else workers_on_processor(asked, progress.plan, missing)
        place = started(folder.name, max(usable_cores(), demand.cpus * (count or 1)))
    else:
        count, place = asked, joined(address)
    with place as cluster:
        if not cluster.own:
            cores = int(max(node.get("CPU", 0) for node in cluster.nodes))
            demand = _demand(progress.plan, missing, cores, on_gpu, memory=True)
        device = "cuda" if on_gpu else request["device"]
        threads = {} if on_gpu else {"threads": demand.cpus}
        names = ("store", "plan", "run", "allow_remote_code")
        own = {name: request[name] for name in names if name in request} | {"device": device} | threads
        wanted = wanted_actors(count, progress, demand, cluster)
        yield Actors(folder, own, demand, cluster.own), wanted


def wanted_actors(asked: Workers, progress: Progress, demand: Demand, cluster: Cluster) -> int:
    """No more than there are blocks to claim. `auto`: as many as fit and have work worth their start."""
    room = demand.fit(cluster.nodes)
    if room == 0:
        nodes = len(cluster.nodes)
        where = (
            "this machine" if cluster.own else "its only node" if nodes == 1 else f"none of its {nodes} nodes"
        )
        raise Problem(
            "ray_too_small",
            f"No worker fits on the Ray cluster: one needs {demand}, which {where} "
            f"{'has not' if nodes == 1 else 'has'}.",
            "Add such a node, or plan for another device.",
        )
    missing = progress.remaining
    every = blocks(len(progress.plan.merges))
    open_blocks = sum(any(position in missing for position in block) for block in every)
    if asked is not None:
        return min(asked, open_blocks)
    worth = len(missing) // (MERGES_OF_WORKER if demand.cpus == 1 and not demand.gpus else 1)
    return max(1, min(room, worth, open_blocks))


def device_of_cluster(address: str) -> Device:
    """What `auto` plans for: GPUs where the cluster has any; where none runs yet, this machine."""
    found = find_cluster(ray_address(address))
    if found is None:
        return planned_device("auto")
    with joined(found) as cluster:
        has_gpus = any(node.get("GPU", 0) >= 1 for node in cluster.nodes)
    return planned_device("elsewhere:cuda" if has_gpus else "elsewhere:cpu")


def _demand(
    plan: Plan, missing: Sequence[Merge], cores: int, on_gpu: bool, *, memory: bool = False
) -> Demand:
    """`cores`: of the largest node. `memory`: of main memory, where nobody has looked whether it is there."""
    if on_gpu or not missing:
        return Demand(1, gpus=1 if on_gpu else 0)
    names = {name for merge in missing for name in merge.average or (merge.size,)}
    largest = max(plan.sizes[name].parameters for name in names)
    return Demand(
        max(1, min(cores, cores_of_worker(largest))),
        memory=memory_of_worker(plan, missing) if memory else 0,
    )
