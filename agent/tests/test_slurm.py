"""What a supervisor does, look by look, with a queue that a test answers for; and what sbatch is given."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from small_plans import SmallPlan, write_plan

from merge_lab_agent import claims as claiming
from merge_lab_agent import slurm
from merge_lab_agent import supervised_run as running
from merge_lab_agent import supervisor as supervising
from merge_lab_agent.claims import Claims
from merge_lab_agent.devices import planned_device
from merge_lab_agent.jobs import NoAnswer, Task
from merge_lab_agent.launch import launch
from merge_lab_agent.plan import Plan
from merge_lab_agent.precision import choose_dtype
from merge_lab_agent.problem import Problem
from merge_lab_agent.progress import Progress
from merge_lab_agent.results import ResultIndex, ResultWriter
from merge_lab_agent.runs import json_lines
from merge_lab_agent.slurm import flags, slurm_options
from merge_lab_agent.status import StatusWriter, WorkerStatus
from merge_lab_agent.store import Store, compact_json
from merge_lab_agent.supervised_run import wanted_workers
from merge_lab_agent.supervised_work import Merges, Scores
from merge_lab_agent.supervisor import MOST_FRUITLESS, SUPERVISOR, Supervisor


class FakeQueue:
    """Jobs that wait until `state` says otherwise."""

    def __init__(self) -> None:
        self.tasks: list[Task] = []
        self.submitted: list[int] = []
        self.refuses: str | None = None
        self.silent = False
        """Does not answer when jobs are submitted; `takes` them all the same."""
        self.takes = True

    def submit(self, count: int) -> str:
        self._answer()
        begin = len(self.tasks) + 1
        self.submitted.append(count)
        if self.takes:
            names = [f"{begin}_{n}" for n in range(count)]
            self.tasks += [Task(str(begin + n), name, "PENDING", "Resources") for n, name in enumerate(names)]
        if self.silent:
            raise NoAnswer("slurm_silent", "no answer", "fix")
        return str(begin)

    def look(self) -> list[Task]:
        self._answer()
        return list(self.tasks)

    def cancel(self, tasks: Sequence[Task]) -> None:
        for task in tasks:
            self.state(task.id, "CANCELLED")

    def state(self, job: str, state: str, reason: str = "None") -> None:
        self.tasks = [Task(t.id, t.name, state, reason) if t.id == job else t for t in self.tasks]

    def living(self) -> list[str]:
        return [task.id for task in self.tasks if task.lives]

    def _answer(self) -> None:
        if self.refuses:
            raise Problem("slurm_refused", self.refuses, "fix")


class FakeProcess:
    """A supervisor that was started for `run`; `code` once it has ended."""

    def __init__(self, run: str) -> None:
        self.run = run
        self.code: int | None = None

    def poll(self) -> int | None:
        return self.code


class Watched:
    """A supervisor of two workers that is asked to step by the test."""

    def __init__(self, plan: SmallPlan, wanted: int = 2) -> None:
        self.plan = plan
        read = Plan.read(plan.store, plan.id)
        self.index = ResultIndex(plan.store)
        self.progress = Progress(read, self.index)
        self.queue = FakeQueue()
        self.folder = plan.store.run("run")
        status = StatusWriter(
            plan.store, WorkerStatus(run="run", worker=SUPERVISOR, plan=plan.id, device="slurm")
        )
        self.status = status
        work = Merges(self.progress, ResultWriter(plan.store, plan.id))
        self.supervisor = Supervisor(self.queue, work, self.folder, status, wanted)

    def step(self, wish: str | None = None) -> bool:
        self.supervisor.work.look()
        return self.supervisor.step(wish, self.supervisor.look())

    @property
    def waiting_for(self) -> str | None:
        return self.status.status.waiting_for

    def says(self, worker: str, state: str, merge: dict[str, Any] | None = None, **more: Any) -> None:
        """What a worker wrote of itself."""
        said = WorkerStatus("run", worker, self.plan.id, "cpu", state=state, current=merge).to_json() | more
        file = self.folder / "status" / f"{worker}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(compact_json(said) + b"\n")

    def state_of(self, worker: str) -> str:
        (status,) = json_lines(self.folder / "status" / f"{worker}.json")
        return str(status["state"])


@pytest.fixture
def plan(tmp_path: Path, tiny_base: Path, tiny_experts: dict[str, Path]) -> SmallPlan:
    return write_plan(Store.open(tmp_path / "store"), tiny_base, tiny_experts, domains=1)


@pytest.fixture
def watched(plan: SmallPlan, monkeypatch: pytest.MonkeyPatch) -> Watched:
    monkeypatch.setattr(supervising, "RETRY_SECONDS", 0.0)
    return Watched(plan)


def test_it_says_what_waits_and_why_and_submits_what_is_lost_and_no_more(watched: Watched) -> None:
    assert not watched.step()
    assert watched.queue.submitted == [2]
    watched.step()
    assert watched.waiting_for == "Slurm to start 2 workers (Resources)"
    watched.queue.state("1", "RUNNING")
    watched.says("slurm-1-0", "running")
    watched.step()
    assert watched.waiting_for == "Slurm to start 1 worker (Resources)"
    watched.queue.state("2", "RUNNING")
    watched.says("slurm-2-0", "running")
    watched.step()
    assert watched.waiting_for is None
    assert watched.queue.submitted == [2]
    for state in ("TIMEOUT", "PREEMPTED", "NODE_FAIL", "CANCELLED"):
        lost = watched.queue.living()[0]
        watched.queue.state(lost, state)
        watched.step()
        assert len(watched.queue.living()) == 2, state
    assert watched.queue.submitted == [2, 1, 1, 1, 1]
    assert watched.state_of("slurm-1-0") == "stopped"


def test_a_worker_started_again_by_slurm_has_a_last_word_and_no_double(watched: Watched) -> None:
    watched.step()
    watched.queue.state("1", "RUNNING")
    watched.says("slurm-1-0", "running")
    watched.queue.state("1", "PENDING", "BeginTime")
    watched.step()
    assert watched.state_of("slurm-1-0") == "stopped"
    watched.queue.state("1", "RUNNING")
    watched.says("slurm-1-1", "running")
    watched.step()
    assert watched.state_of("slurm-1-1") == "running"
    assert watched.queue.submitted == [2]


def test_a_merge_that_ends_its_worker_twice_has_failed(watched: Watched) -> None:
    watched.step()
    merge = watched.progress.remaining[4]
    for job in ("1", "2"):
        watched.queue.state(job, "OUT_OF_MEMORY", "OutOfMemory")
        watched.says(f"slurm-{job}-0", "running", merge.to_json())
        assert watched.progress.failed == 0
        watched.step()
    assert watched.progress.failed == 1
    assert watched.index.attempts(merge.key) == 2
    lines = [json.loads(line) for f in watched.plan.store.results.iterdir() for line in f.open()][1:]
    assert {line["code"] for line in lines} == {"worker_died"}
    assert "OUT_OF_MEMORY" in lines[0]["message"]
    watched.queue.state("3", "PREEMPTED")
    watched.says("slurm-3-0", "running", watched.progress.remaining[5].to_json())
    watched.step()
    assert watched.index.attempts(watched.progress.remaining[5].key) == 0, "that was not the merge's doing"


def test_it_gives_up_where_workers_end_and_no_merge_is_scored(watched: Watched) -> None:
    with pytest.raises(Problem) as caught:
        for _ in range(MOST_FRUITLESS + 2):
            watched.step()
            for job in watched.queue.living():
                watched.queue.state(job, "FAILED", "NonZeroExitCode")
                watched.says(f"slurm-{job}-0", "starting")
    assert caught.value.code == "slurm_jobs_end"
    assert "FAILED (NonZeroExitCode)" in caught.value.message
    assert len(watched.queue.submitted) == MOST_FRUITLESS + 1


def test_jobs_that_slurm_took_without_an_answer_are_found_by_their_name(watched: Watched) -> None:
    watched.queue.silent = True
    watched.step()
    watched.step()
    assert watched.queue.submitted == [2]
    assert watched.waiting_for == "Slurm to start 2 workers (Resources)"


def test_where_slurm_never_answers_the_run_ends_and_leaves_no_job(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched.queue.silent, watched.queue.takes = True, False

    def late(*_: object) -> None:
        if len(watched.queue.submitted) > MOST_FRUITLESS:
            watched.queue.tasks = [Task("9", "9_0", "PENDING", "Resources")]

    monkeypatch.setattr(watched.supervisor, "_sleep", late)
    with pytest.raises(Problem) as caught:
        watched.supervisor.supervise()
    assert caught.value.code == "slurm_silent"
    assert watched.queue.living() == []


def test_a_worker_that_says_why_it_failed_is_not_tried_again(watched: Watched) -> None:
    watched.step()
    problem = {"code": "model_missing", "message": "There is no model.", "fix": "Put it there."}
    for job in ("1", "2"):
        watched.queue.state(job, "RUNNING")
    watched.says("slurm-1-0", "failed", problem=problem)
    watched.queue.state("1", "FAILED", "NonZeroExitCode")
    watched.step()
    assert watched.queue.submitted == [2], "the other goes on"
    watched.says("slurm-2-0", "failed", problem=problem)
    watched.queue.state("2", "FAILED", "NonZeroExitCode")
    with pytest.raises(Problem) as caught:
        watched.step()
    assert caught.value.code == "model_missing"


def test_scores_on_tasks_end_with_the_worker_that_says_so_and_go_on_after_one_that_is_lost(
    watched: Watched,
) -> None:
    watched.supervisor.work = Scores(watched.folder)
    watched.supervisor.wanted = 1
    watched.step()
    watched.queue.state("1", "RUNNING")
    watched.says("slurm-1-0", "running", done=2, total=6)
    watched.step()
    watched.queue.state("1", "PREEMPTED")
    assert not watched.step()
    assert watched.queue.submitted == [1, 1]
    watched.queue.state("2", "RUNNING")
    watched.says("slurm-2-0", "done", done=5, failed=1, total=6)
    watched.queue.state("2", "COMPLETED")
    assert watched.step()
    said = watched.status.status
    assert (said.done, said.failed, said.total) == (5, 1, 6)


def test_stop_cancels_what_waits_and_stop_now_everything(watched: Watched) -> None:
    watched.step()
    watched.queue.state("1", "RUNNING")
    assert not watched.step("stop")
    assert watched.queue.living() == ["1"], "it ends after its current merge"
    assert watched.status.status.state == "stopping"
    watched.step("stop-now")
    assert watched.queue.living() == []
    assert watched.step("stop-now")


def test_slurm_may_be_silent_once_it_has_answered(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    watched.queue.refuses = "Unable to contact slurm controller"
    with pytest.raises(Problem):
        watched.step()
    watched.queue.refuses = None
    watched.step()
    watched.says("slurm-1-0", "running")
    watched.queue.refuses = "Unable to contact slurm controller"
    assert not watched.step()
    assert watched.waiting_for == "Slurm, which says: Unable to contact slurm controller"
    assert not watched.step("stop")
    monkeypatch.setattr(supervising, "GRACE_SECONDS", 0.0)
    assert watched.step("stop"), "workers read the wish for themselves"
    assert watched.state_of("slurm-1-0") == "stopped"


def test_workers_are_no_more_than_the_work_is_for(plan: SmallPlan, watched: Watched) -> None:
    assert wanted_workers(200, watched.progress) == len(plan.lines)
    assert wanted_workers(3, watched.progress) == 3
    assert wanted_workers(None, watched.progress) == 1


@pytest.mark.parametrize(("repeat", "count"), [(20, 2), (400, 8)])
def test_auto_grows_with_the_merges_and_stays_polite(
    tmp_path: Path, tiny_base: Path, tiny_experts: dict[str, Path], repeat: int, count: int
) -> None:
    made = write_plan(Store.open(tmp_path / "store"), tiny_base, tiny_experts, repeat=repeat, domains=1)
    read = Plan.read(made.store, made.id)
    assert wanted_workers(None, Progress(read, ResultIndex(made.store))) == count


def test_options_are_flags_and_nothing_else_is_an_option() -> None:
    options = slurm_options(
        {"partition": "gpu", "gpus": "a100:1", "cpus": 4, "time": "4:00:00", "mem": "16G"}
    )
    assert flags(options) == [
        "--partition=gpu",
        "--gres=gpu:a100:1",
        "--cpus-per-task=4",
        "--time=4:00:00",
        "--mem=16G",
    ]
    assert flags({"gpus": 0, "partition": "--wrap=id"}) == ["--partition=--wrap=id"]
    for wrong in (None, [], {"wrap": "id"}, {"time": ""}, {"time": "a\nb"}, {"cpus": True}, {"mem": 1.5}):
        with pytest.raises(Problem) as caught:
            slurm_options(wrong)
        assert caught.value.code == "request_invalid"


def test_a_command_without_an_answer_is_told_apart_from_one_that_refuses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "squeue").write_text("#!/bin/sh\nexec sleep 60\n")
    (tmp_path / "squeue").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(slurm, "PATIENCE_SECONDS", 0.2)
    with pytest.raises(NoAnswer) as caught:
        slurm.Queue("run", tmp_path, {}).look()
    assert caught.value.code == "slurm_silent"


def test_a_host_without_slurm_says_so(
    plan: SmallPlan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    request = {"store": str(plan.store.root), "plan": plan.id, "device": "cpu", "slurm": {}}
    with pytest.raises(Problem) as caught:
        launch(request)
    assert caught.value.code == "slurm_missing"
    assert "login node" in caught.value.fix


def test_a_plan_for_a_cluster_asks_nothing_of_the_login_node() -> None:
    gpu, processor = planned_device("elsewhere:cuda"), planned_device("elsewhere:cpu")
    assert (gpu.name, gpu.here, processor.name, processor.here) == ("cuda", False, "cpu", False)
    assert choose_dtype("auto", "cuda", {"bfloat16"}, 10**9, here=False).value == "bfloat16"
    assert choose_dtype("auto", "cuda", {"float32"}, 10**9, here=False).value == "float32"
    assert choose_dtype("auto", "cpu", {"bfloat16"}, 10**9, here=False).value == "float32"
    assert choose_dtype("float16", "cuda", {"bfloat16"}, 10**9, here=False).value == "float16"


def test_one_login_node_sees_to_a_run_and_another_takes_over_when_its_lease_stands(
    plan: SmallPlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claiming, "alive", lambda process: None)  # as of a process on another machine
    monkeypatch.setattr(claiming, "RENEW_SECONDS", 0.02)
    for module in (claiming, running):
        monkeypatch.setattr(module, "LEASE_SECONDS", 1.0)
    monkeypatch.setattr(running, "LOOK_SECONDS", 0.02)
    with Claims(plan.store, plan.id, "first") as first, Claims(plan.store, plan.id, "second") as second:
        assert running._take_over(first, "supervisor-run")
        assert not running._take_over(second, "supervisor-run")
        monkeypatch.setattr(first, "renew", lambda: None)
        assert running._take_over(second, "supervisor-run")
        assert not first.holds("supervisor-run")


@pytest.fixture
def supervisors(monkeypatch: pytest.MonkeyPatch) -> list[FakeProcess]:
    """Those that were started, instead of processes."""
    found: list[FakeProcess] = []

    def start(_: str, request: dict[str, Any], __: Path) -> FakeProcess:
        found.append(FakeProcess(request["run"]))
        return found[-1]

    monkeypatch.setattr(running, "start_detached", start)
    return found


def supervised(plan: SmallPlan, run: str) -> dict[str, Any]:
    """A run that has not ended; the request that asks about it."""
    store, folder = str(plan.store.root), plan.store.run(run)
    running.request_file(folder, "slurm").parent.mkdir(parents=True)
    request = {"store": store, "plan": plan.id, "run": run, "job": "downstream", "slurm": {}}
    running.request_file(folder, "slurm").write_bytes(compact_json(request))
    running.add_event(folder, "launched", job="downstream", plan=plan.id)
    return {"store": store, "run": run}


def test_the_run_that_is_asked_about_goes_on_whatever_came_after_it(
    plan: SmallPlan, supervisors: list[FakeProcess]
) -> None:
    older = supervised(plan, "20260101T000000-aaaa")
    newer = supervised(plan, "20260102T000000-bbbb")
    running.see_to(older)
    running.see_to({"store": older["store"], "plan": plan.id})
    assert [process.run for process in supervisors] == [older["run"], newer["run"]]


def test_asking_often_starts_one_supervisor_until_it_has_its_claim_or_is_gone(
    plan: SmallPlan, supervisors: list[FakeProcess]
) -> None:
    asked = supervised(plan, "20260101T000000-cccc")
    for _ in range(5):
        running.see_to(asked)
    assert len(supervisors) == 1
    supervisors[0].code = 1
    running.see_to(asked)
    assert len(supervisors) == 2, "that one never came to its claim"


def test_a_lease_of_another_login_node_is_watched_by_one_at_a_time_and_now_and_then(
    plan: SmallPlan, supervisors: list[FakeProcess], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = supervised(plan, "20260101T000000-dddd")
    elsewhere = {"host": "login1", "space": "", "pid": 1, "started": "5"}
    seat = plan.store.claims(plan.id) / f"{SUPERVISOR}-{asked['run']}"
    seat.parent.mkdir(parents=True, exist_ok=True)
    seat.write_bytes(compact_json(elsewhere))
    for _ in range(5):
        running.see_to(asked)
    supervisors[0].code = 0
    running.see_to(asked)
    assert len(supervisors) == 1
    monkeypatch.setattr(running, "LEASE_SECONDS", 0.0)
    running.see_to(asked)
    assert len(supervisors) == 2


def test_slurm_without_a_cluster_is_told_from_one_that_refuses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = "sbatch: error: resolve_ctls_from_dns_srv: res_nsearch error: Unknown host"
    program = tmp_path / "sbatch"
    program.write_text(f"#!/bin/sh\necho '{said}' >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    with pytest.raises(Problem) as caught:
        slurm._call("sbatch", cwd=tmp_path)
    assert caught.value.code == "slurm_unconfigured"
    assert "resolve_ctls_from_dns_srv" in caught.value.message
