"""A run on Slurm or Ray, or scores on tasks: a light process on the login or head
node keeps its workers in the queue until nothing is missing.

It may be killed at any moment: its jobs go on, and the next one finds them by the run's name. One at a time
sees to a run, by a claim with a lease, since a cluster has several login nodes.
"""

from __future__ import annotations

import subprocess
import threading
import time
from pathlib import Path
from typing import Any

from merge_lab_agent.claims import LEASE_SECONDS, Claims, blocks
from merge_lab_agent.cores import cores_of_worker
from merge_lab_agent.crew import MERGES_OF_WORKER, Workers, asked_workers
from merge_lab_agent.detached import start_detached
from merge_lab_agent.identifiers import new_worker_id
from merge_lab_agent.plan import Plan
from merge_lab_agent.process import ProcessIdentity, alive, this_process
from merge_lab_agent.progress import Progress
from merge_lab_agent.request import text_field
from merge_lab_agent.results import ResultIndex, ResultWriter
from merge_lab_agent.run import as_problem
from merge_lab_agent.runs import ENGINES, RunRecord, engine_of, json_lines, read_run, request_file
from merge_lab_agent.slurm import Queue, slurm_options
from merge_lab_agent.status import ENDED, StatusWriter, WorkerStatus, add_event
from merge_lab_agent.store import Store, compact_json, write_atomically
from merge_lab_agent.supervised_work import Merges, Scores
from merge_lab_agent.supervisor import SUPERVISOR, Supervisor

LOOK_SECONDS = 0.2
MOST_AUTO_WORKERS = 8
"""What a shared cluster takes kindly; more are asked for by number."""
LARGE_MERGES_OF_WORKER = 8
MODELS_OF_WORKER = 2
"""Of an ensemble: each is loaded for itself, so that a worker's start is little beside it."""
PATIENCE_LEASES = 1.5
"""The lease of a living supervisor moves within this many."""

_started: dict[Path, tuple[subprocess.Popen[bytes], float]] = {}
"""The last supervisor of each run that was started from here, and when."""
_starting = threading.Lock()


def supervised_run(request: dict[str, Any]) -> dict[str, Any]:
    """`{store, plan, run, device, workers, slurm | ray}` → the last status of the supervisor.

    With `job: downstream` the request of that job, of which one worker does all. Returns `{}` where another
    one sees to the run.
    """
    store = Store.open(text_field(request, "store"))
    plan_id, run = text_field(request, "plan"), text_field(request, "run")
    folder = store.run(run)
    with Claims(store, plan_id, new_worker_id()) as claims:
        if not _take_over(claims, _seat(run)):
            return {}
        first = WorkerStatus(run=run, worker=SUPERVISOR, plan=plan_id, device=str(engine_of(request)))
        identity = this_process().to_json()
        add_event(folder, "started", job=job_of(request), plan=plan_id, worker=SUPERVISOR, process=identity)
        with StatusWriter(store, first) as status:
            try:
                state, problem = _supervise(store, request, folder, status), None
            except Exception as error:
                state, problem = "failed", as_problem(error)
            said = {} if problem is None else {"problem": problem.to_json()}
            status.update(state=state, waiting_for=None, **said)
            add_event(folder, state, **said)
    return status.status.to_json()


def _seat(run: str) -> str:
    """A claim beside those of blocks."""
    return f"{SUPERVISOR}-{run}"


def _take_over(claims: Claims, seat: str) -> bool:
    """False where whoever sees to the run lives: its lease moves for longer than a dead one's would stand."""
    deadline = time.monotonic() + PATIENCE_LEASES * LEASE_SECONDS
    while not claims.claim(seat):
        if time.monotonic() > deadline:
            return False
        time.sleep(LOOK_SECONDS)
    return True


def job_of(request: dict[str, Any]) -> str:
    return "downstream" if request.get("job") == "downstream" else "run"


def _supervise(store: Store, request: dict[str, Any], folder: Path, status: StatusWriter) -> str:
    if engine_of(request) == "ray":
        from merge_lab_agent.ray_run import supervise

        return supervise(store, request, folder, status)
    queue = Queue(text_field(request, "run"), folder, slurm_options(request.get("slurm")))
    begun = request_file(folder, "slurm").exists()
    request_file(folder, "slurm").parent.mkdir(exist_ok=True)
    if job_of(request) == "downstream":
        write_atomically(request_file(folder, "slurm"), compact_json(request))
        return Supervisor(queue, Scores(folder), folder, status, 1, begun=begun).supervise()
    plan = Plan.read(store, text_field(request, "plan"))
    index = ResultIndex(store, frozenset(merge.key for merge in plan.merges))
    index.refresh()
    progress = Progress(plan, index)
    status.update(at_start=progress.done + progress.failed, total=len(plan.merges))
    wanted = wanted_workers(asked_workers(request), progress)
    write_atomically(request_file(folder, "slurm"), compact_json(request))
    writer = ResultWriter(store, plan.id)
    try:
        return Supervisor(queue, Merges(progress, writer), folder, status, wanted, begun=begun).supervise()
    finally:
        writer.close()


def wanted_workers(asked: Workers, progress: Progress) -> int:
    """No more than there are blocks to claim; `auto`: as many as have work that is worth their start."""
    sizes, missing = progress.plan.sizes, progress.remaining
    open_blocks = sum(
        any(position in missing for position in block) for block in blocks(len(progress.plan.merges))
    )
    if asked is not None:
        return min(asked, open_blocks)
    small = all(cores_of_worker(sizes[merge.size].parameters) == 1 for merge in missing.values())
    large = MODELS_OF_WORKER if progress.plan.ensemble else LARGE_MERGES_OF_WORKER
    worth = len(missing) // (MERGES_OF_WORKER if small else large)
    return min(max(1, worth), open_blocks, MOST_AUTO_WORKERS)


def resume(store: Store, plan: str, job: str = "run") -> RunRecord | None:
    """The newest run of a plan with a supervisor that has not ended, and see that it goes on."""
    requests = (file for engine in ENGINES for file in store.runs.glob(f"*/{engine}/request.json"))
    for request in sorted(requests, reverse=True):
        record = read_run(request.parent.parent)
        if (record.plan, record.job) == (plan, job):
            return record if _goes_on(store, record, request) else None
    return None


def _goes_on(store: Store, record: RunRecord, request: Path) -> bool:
    """Unless it has ended; where its supervisor is gone, there is another.

    On another login node that cannot be known: the new one leaves when it finds that the other's lease moves.
    """
    if _has_ended(record.folder):
        return False
    claim = store.claims(record.plan) / _seat(record.run)
    with _starting:
        owner = next((ProcessIdentity.from_json(line) for line in json_lines(claim)), None)
        life = False if owner is None else alive(owner)
        if not (life or _is_tried(record.folder, life)):
            for document in json_lines(request):
                start_supervisor(document, record.folder)
    return True


def start_supervisor(request: dict[str, Any], folder: Path) -> subprocess.Popen[bytes]:
    """Remembered, so that whoever asks before it has its claim starts no other."""
    process = start_detached("supervised_run", request, folder)
    _started[folder] = process, time.monotonic()
    return process


def _is_tried(folder: Path, life: bool | None) -> bool:
    """Whether one that was started from here waits for the claim; where nothing is known of the owner's
    `life`, whether one has lately watched its lease."""
    if folder not in _started:
        return False
    process, since = _started[folder]
    lately = time.monotonic() - since < PATIENCE_LEASES * LEASE_SECONDS
    return process.poll() is None or (life is None and lately)


def see_to(request: dict[str, Any]) -> None:
    """Before a call about a `plan` or `run` of a `store`: who asks about a supervised one keeps it going."""
    store = Store.at(text_field(request, "store"))
    if "run" in request:
        # That one, whatever was started after it.
        record = read_run(store.run(text_field(request, "run")))
        files = (request_file(record.folder, engine) for engine in ENGINES)
        if record.plan and (file := next(filter(Path.exists, files), None)):
            _goes_on(store, record, file)
    elif plan := str(request.get("plan") or ""):
        for job in ("run", "downstream"):
            resume(store, plan, job)


def _has_ended(folder: Path) -> bool:
    return any(
        status.get("state") in ENDED for status in json_lines(folder / "status" / f"{SUPERVISOR}.json")
    )
