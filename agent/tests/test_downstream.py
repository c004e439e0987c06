from __future__ import annotations

import base64
import hashlib
import json
import math
import signal
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from small_plans import SmallPlan, key_of, run_agent, start_agent, write_plan
from tiny_models import tiny_records, write_records

from merge_lab_agent.devices import resolve_device
from merge_lab_agent.downstream_results import Metric, TaskScore, in_blocks, read_scored
from merge_lab_agent.downstream_task import TaskRequest, check_known, read_folder, read_request
from merge_lab_agent.downstream_wanted import Wanted
from merge_lab_agent.evaluation import build_evaluation
from merge_lab_agent.harness import members
from merge_lab_agent.harness_metrics import metrics_of
from merge_lab_agent.plan import Merge, Plan
from merge_lab_agent.problem import Problem
from merge_lab_agent.rendering import ChatTemplate
from merge_lab_agent.results import ResultWriter, unseal
from merge_lab_agent.rooms import ResidentRooms
from merge_lab_agent.store import Store
from merge_lab_agent.task_names import refused
from merge_lab_agent.tokenizer import Tokenizer

TASK = """
task: sums
dataset_path: json
dataset_kwargs: { data_files: { test: items.jsonl } }
test_split: test
output_type: loglikelihood
doc_to_text: "{{context}}"
doc_to_target: "{{answer}}"
target_delimiter: ""
metric_list:
  - { metric: perplexity, aggregation: perplexity, higher_is_better: false }
"""
# Without white space at its end: the harness counts that to the answer.
TEMPLATE = (
    "{% for message in messages %}"
    "{{ '<|im_start|>' + message['role'] + ':' + message['content'] + '<|im_end|>' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant:' }}{% endif %}"
)


def write_task(folder: Path, text: str = TASK, items: list[dict[str, Any]] | None = None) -> Path:
    folder.mkdir(parents=True)
    (folder / "task.yaml").write_text(text, encoding="utf-8")
    lines = [json.dumps(item) for item in items or [{"context": "1 + 1 =", "answer": " 2"}]]
    (folder / "items.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def refusal(folder: Path) -> Problem:
    with pytest.raises(Problem) as caught:
        read_folder(folder)
    return caught.value


def test_a_folder_is_read_with_its_data_files_as_absolute_paths(tmp_path: Path) -> None:
    folder = write_task(tmp_path / "sums")
    config = read_folder(folder)
    assert config["task"] == "sums"
    assert config["dataset_kwargs"] == {"data_files": {"test": str(folder / "items.jsonl")}}


@pytest.mark.parametrize(
    "addition",
    [
        "process_docs: !function utils.docs",
        "class: mine.Task",
        "include: ../other.yaml",
        "process_results: utils.results",
        "unsafe_code: true",
    ],
)
def test_nothing_of_a_task_folder_is_run(tmp_path: Path, addition: str) -> None:
    problem = refusal(write_task(tmp_path / "sums", TASK + addition))
    assert problem.code == "task_code_refused"
    assert problem.file == str(tmp_path / "sums" / "task.yaml")


def test_a_tag_is_refused_at_its_line(tmp_path: Path) -> None:
    problem = refusal(write_task(tmp_path / "sums", "task: sums\nprocess_docs: !function utils.docs\n"))
    assert (problem.code, problem.line) == ("task_code_refused", 2)


@pytest.mark.parametrize("named", ["../secret.jsonl", "/etc/hostname", "missing.jsonl"])
def test_data_must_lie_in_the_folder(tmp_path: Path, named: str) -> None:
    (tmp_path / "secret.jsonl").write_text("{}")
    problem = refusal(write_task(tmp_path / "sums", TASK.replace("items.jsonl", named)))
    assert problem.code == "task_data_missing"


def test_a_folder_that_is_not_there_names_the_one_that_is_like_it(tmp_path: Path) -> None:
    write_task(tmp_path / "sums")
    problem = refusal(tmp_path / "sum")
    assert problem.code == "task_missing"
    assert "sums" in problem.fix


@pytest.mark.parametrize(
    "text",
    [
        "- a\n",
        "task: [a, b]\n",
        "task: a\nmetric_list: [acc]\n",
        "task: a\nmetric_list: 5\n",
        "a: [\n",
        "x: 1\n",
    ],
)
def test_what_is_no_task_is_refused(tmp_path: Path, text: str) -> None:
    assert refusal(write_task(tmp_path / "sums", text)).code == "task_invalid"


def test_two_tasks_in_a_folder_are_refused(tmp_path: Path) -> None:
    folder = write_task(tmp_path / "sums")
    (folder / "second.yml").write_text(TASK)
    assert "2 YAML files" in refusal(folder).message


def test_an_unknown_task_names_those_like_it() -> None:
    check_known("arc_easy", ["arc_easy"], [], lambda name: [])
    with pytest.raises(Problem) as caught:
        check_known("arc_eesy", ["arc_easy", "piqa"], ["mmlu"], lambda name: [])
    assert (caught.value.code, caught.value.fix) == ("task_unknown", "Did you mean arc_easy?")


def test_a_group_is_refused_with_what_to_write_instead() -> None:
    many = [f"task_{n}" for n in range(9)]
    for within, written in ((["cola", "sst2"], "[cola, sst2]"), (many, f"[{', '.join(many[:8])}, …]")):
        with pytest.raises(Problem) as caught:
            check_known("glue", ["piqa"], ["glue"], lambda name, within=within: within)  # type: ignore[misc]
        assert caught.value.code == "task_is_group"
        assert f"group of {len(within)} tasks" in caught.value.message
        assert f"`downstream: {written}`" in caught.value.fix


def asked_for(task: str, metric: str | None = None, folder: Path | None = None) -> dict[str, Any]:
    return {"task": task, "folder": None if folder is None else str(folder), "metric": metric}


def test_names_are_asked_before_anything_is_run() -> None:
    manager = SimpleNamespace(all_subtasks=["hellaswag", "arc_easy"], all_groups=[], all_tags=[])
    found = refused([asked_for("arc_easy"), asked_for("hellaswagg")], lambda: manager)
    assert list(found) == [1]
    assert found[1]["code"] == "task_unknown"
    assert "hellaswag" in found[1]["fix"]


def test_folders_and_metrics_are_asked_before_anything_is_run(tmp_path: Path) -> None:
    sums = write_task(tmp_path / "sums")
    filtered = write_task(tmp_path / "filtered", TASK + "filter_list: [{ name: last, filter: [] }]\n")
    file = tmp_path / "collected.yaml"
    file.write_text(TASK, encoding="utf-8")
    coded = tmp_path / "coded.yaml"
    coded.write_text(TASK + "process_results: !function utils.results\n", encoding="utf-8")
    index = {"collected": SimpleNamespace(yaml_path=file), "coded": SimpleNamespace(yaml_path=coded)}
    manager = SimpleNamespace(all_subtasks=list(index), all_groups=[], all_tags=[], task_index=index)
    asked = [
        asked_for("./sums", "perplexity", sums),
        asked_for("./sums", "acc", sums),
        asked_for("./filtered", "perplexity", filtered),
        asked_for("./filtered", "perplexity,last", filtered),
        asked_for("./sum", None, tmp_path / "sum"),
        asked_for("collected", "perplexity"),
        asked_for("collected", "acc"),
        asked_for("coded", "acc"),
    ]
    found = refused(asked, lambda: manager)
    assert {place: problem["code"] for place, problem in found.items()} == {
        1: "metric_unknown",
        2: "metric_unknown",
        4: "task_missing",
        6: "metric_unknown",
    }
    assert (found[1]["message"], found[1]["fix"]) == (
        "The task './sums' has no metric 'acc'.",
        "It has: perplexity.",
    )
    assert found[2]["fix"] == "It has: perplexity,last."


def test_metrics_of_a_task_that_lists_none_are_those_of_its_kind() -> None:
    assert metrics_of({"task": "a", "output_type": "multiple_choice"}) == ["acc", "acc_norm"]
    assert metrics_of({"task": "a"}) == ["exact_match"]
    assert metrics_of({}) == []


def test_members_are_the_tasks_of_groups_and_tags_whatever_is_in_them() -> None:
    def entry(task: Any = None, tags: tuple[str, ...] = ()) -> SimpleNamespace:
        return SimpleNamespace(cfg=None if task is None else {"task": task}, tags=set(tags))

    index = {
        "all": entry(["some", {"task": "b", "num_fewshot": 5}, "all"]),
        "some": entry("tagged"),
        "tagged": entry(tags=("c", "a")),
    }
    manager = SimpleNamespace(all_subtasks=["a", "b", "c"], task_index=index)
    assert members(manager, "all") == ["a", "b", "c"]


@pytest.mark.parametrize(
    "document",
    [
        {"key": "a"},
        {"key": "a", "name": "x", "folder": "/x"},
        {"key": "a", "folder": "/x", "files": {}},
        {"key": "../a", "files": {}},
        {"key": "a", "folder": "relative"},
        {"key": "a", "name": "x", "limit": 0},
        {"key": "a", "name": "x", "shots": True},
    ],
)
def test_a_request_that_is_none_is_refused(document: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(Problem) as caught:
        read_request(document, Store.open(tmp_path))
    assert caught.value.code == "request_invalid"


def test_files_that_were_sent_become_the_folder_once_and_nothing_beside_it(tmp_path: Path) -> None:
    store, key = Store.open(tmp_path / "store"), "a" * 64
    digest = hashlib.sha256(b"task: sums\n").hexdigest()
    asked = {"key": key, "files": {"task.yaml": digest, "more/items.jsonl": digest}}
    with pytest.raises(Problem) as caught:
        read_request(asked, store)
    assert caught.value.code == "task_data_missing"
    store.data(digest).parent.mkdir()
    store.data(digest).write_bytes(b"task: sums\n")
    folder = read_request(asked, store).folder
    assert folder == store.root / "tasks" / key
    assert sorted(path.name for path in folder.rglob("*.*")) == ["items.jsonl", "task.yaml"]
    assert read_request(asked, store).folder == folder
    assert [path.name for path in folder.parent.iterdir()] == [key]
    with pytest.raises(Problem) as caught:
        read_request({"key": "b" * 64, "files": {"../out.yaml": digest}}, store)
    assert caught.value.code == "path_outside_store"


# What is kept --------------------------------------------------------------------------------------------


def score(key: str, harness: str = "1.0", code: str | None = None) -> TaskScore:
    values = np.array([0.0, 1.0, 1.0])
    metric = Metric("acc", 2 / 3, None, True, "mean", values, np.ones(3))
    return TaskScore(key, "task", "sums", harness, "f" * 64, 3, (metric,), 0.1, "cpu", code, code)


def test_scores_are_found_again_unless_damaged_failed_or_of_another_harness(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    writer = ResultWriter(store, "0" * 64, store.downstream)
    writer.append([score("a"), score("b", harness="2.0"), score("c", code="merge_failed"), score("d")])
    writer.close()
    (file,) = store.downstream.iterdir()
    content = file.read_bytes()
    assert read_scored(store, "1.0") == {("a", "task"): {"f" * 64}, ("d", "task"): {"f" * 64}}
    file.write_bytes(content[:-9])  # killed while it wrote the last line
    assert list(read_scored(store, "1.0")) == [("a", "task")]
    assert unseal(content.split(b"\n")[1])["metrics"][0]["form"] == "mean"


def wanted(models: str, **asked: str) -> Wanted:
    """Models on one task; `asked` are the digests that models were asked before, by model."""
    task = TaskRequest("task", "sums", None, None, None)
    merges = [Merge(name, "S", None, None, (), None, None, 0) for name in models]
    return Wanted(merges, [task], {(model, "task"): set(digests) for model, digests in asked.items()})


def scored_by(job: Wanted, digest: str) -> list[str]:
    """Models in the order in which the job scores them, where the task asks `digest` today."""
    found = []
    while left := job.missing():
        for merge, task in left:
            found.append(merge.key)
            job.tried(merge, task, digest)
    return found


def test_models_that_were_asked_something_else_are_asked_again() -> None:
    assert scored_by(wanted("abc", a="1", b="1", c="1"), "1") == []
    assert scored_by(wanted("abc", a="1", b="1"), "1") == ["c"]
    assert scored_by(wanted("abc", a="1", b="2", c="1"), "1") == ["b"]
    assert scored_by(wanted("abc", a="21", b="2", c="1"), "1") == ["b"]
    assert scored_by(wanted("abc", a="1", b="1"), "2") == ["c", "a", "b"], "the data changed"
    assert len(scored_by(wanted("abc", a="1", b="2", c="3"), "1")) == 2, "each was asked something else"
    assert sorted(scored_by(wanted("abc", a="1", b="2", c="3"), "4")) == ["a", "b", "c"]


def test_a_model_that_fails_is_not_tried_twice() -> None:
    job = wanted("ab")
    for merge, task in job.missing():
        job.tried(merge, task, None)
    assert job.missing() == []


def test_many_items_become_a_thousand_blocks_with_the_same_sum() -> None:
    values = np.arange(2501.0)
    blocks = in_blocks(values)
    assert len(blocks) == 1000
    assert blocks.sum() == values.sum()
    assert blocks[0] == values[:2].sum()


# With the harness, where it is installed -----------------------------------------------------------------


@pytest.fixture
def plan(tmp_path: Path, tiny_base: Path, tiny_experts: dict[str, Path]) -> SmallPlan:
    return write_plan(Store.open(tmp_path / ".mergelab" / "local"), tiny_base, tiny_experts)


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_DATASETS_CACHE", str(tmp_path / "datasets"))


def request(plan: SmallPlan, *folders: Path, models: slice = slice(None)) -> dict[str, Any]:
    tasks = [{"key": key_of(task=folder.name), "folder": str(folder)} for folder in folders]
    return plan.request("down") | {"models": plan.lines[models], "tasks": tasks}


def test_without_the_harness_the_answer_is_what_to_install(
    plan: SmallPlan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from merge_lab_agent import harness_version as found

    monkeypatch.setattr(found, "PACKAGE", "no-such-package")
    with pytest.raises(Problem) as caught:
        found.harness_version()
    assert found.harness({}) == {"version": None}
    assert caught.value.code == "harness_missing"
    assert "pip install" in caught.value.fix


def lines_of(store: Store) -> list[dict[str, Any]]:
    return [
        unseal(line)
        for file in sorted(store.downstream.glob("*.jsonl"))
        for line in file.read_bytes().split(b"\n")[1:-1]
    ]


@pytest.mark.slow
def test_a_log_likelihood_of_the_harness_is_our_loss(
    tmp_path: Path, tiny_base: Path, tiny_experts: dict[str, Path]
) -> None:
    """Of base, experts and merges, item by item; a second job finds everything scored."""
    store = Store.open(tmp_path / ".mergelab" / "local")
    records = tiny_records("alpha")
    file = write_records(tmp_path / "alpha.json", records)
    template = ChatTemplate(TEMPLATE, "the base")
    tokenizer = Tokenizer.load(tiny_base)
    ours = build_evaluation("alpha", file, tokenizer, max_length=256, max_tokens=None, template=template)
    ours.write(store)
    plan = write_plan(store, tiny_base, tiny_experts, header={"evaluations": {"alpha": ours.id}})
    prompt = "<|im_start|>user:{}<|im_end|><|im_start|>assistant:"
    items = [
        {"context": prompt.format(one["instruction"]), "answer": one["output"] + "<|im_end|>"}
        for one in records
    ]
    asked = request(plan, write_task(tmp_path / "sums", items=items))
    code, answer, said = run_agent("downstream", asked, tmp_path)
    assert code == 0, said
    assert answer is not None
    counts = {"state": "done", "done": 11, "failed": 0, "total": 11}
    assert {name: answer[name] for name in counts} == counts
    lines = lines_of(store)
    assert [line["key"] for line in lines] == [line["key"] for line in plan.lines]
    rooms = ResidentRooms(store, Plan.read(store, plan.id), resolve_device("cpu"))
    for line, document in zip(lines, plan.lines):
        merge = rooms.plan.line(document)
        (score,) = rooms.enter(merge).score(merge, [ours.id], 1)
        assert score.per_sample is not None
        (metric,) = line["metrics"]
        theirs = np.frombuffer(base64.b64decode(metric["numerators"]), "<f4")
        np.testing.assert_allclose(-theirs, np.frombuffer(score.per_sample, "<f4"), rtol=2e-6)
        assert metric["value"] == pytest.approx(math.exp(score.nll / len(records)), rel=1e-5)
    assert len({line["metrics"][0]["value"] for line in lines}) == 8, (
        "an average of one expert is that expert"
    )
    # Nothing is scored twice, and what the harness asked is the same for all.
    assert len({line["requests"] for line in lines}) == 1
    code, again, _ = run_agent("downstream", asked, tmp_path)
    assert (code, again and again["done"]) == (0, 11)
    assert len(lines_of(store)) == 11


@pytest.mark.slow
def test_fewer_items_solved_examples_and_a_task_that_cannot_be_used(plan: SmallPlan, tmp_path: Path) -> None:
    items = [{"context": f"{n} + 1 =", "answer": f" {n + 1}"} for n in range(4)]
    folder = write_task(tmp_path / "sums", TASK + "fewshot_split: test\n", items)
    asked = request(plan, folder, models=slice(0, 2))
    (task,) = asked["tasks"]
    solved = task | {"key": key_of(shots=2), "limit": 2, "shots": 2}
    asked["tasks"] = [task | {"limit": 2}, solved]
    code, _, said = run_agent("downstream", asked, tmp_path)
    assert code == 0, said
    # Templates read their document and reach nothing else.
    wrong = write_task(tmp_path / "wrong", TASK.replace("{{answer}}", "{{ answer.__class__.__mro__ }}"))
    both = request(plan, wrong, models=slice(1, 3))
    both["tasks"].append(solved)
    code, refused, _ = run_agent("downstream", both, tmp_path)
    assert code == 1
    assert refused is not None
    assert refused["error"]["code"] == "task_invalid"
    assert "unsafe" in refused["error"]["message"]
    plain, shown = (
        [line for line in lines_of(plan.store) if line["task"] == one["key"]] for one in asked["tasks"]
    )
    assert {line["items"] for line in plain + shown} == {2}
    assert plain[0]["requests"] != shown[0]["requests"]
    models = [line["key"] for line in plan.lines[:3]]
    assert [line["key"] for line in shown] == models, "the task that can be used was scored"
    assert len({line["requests"] for line in shown}) == 1, "every model sees the same solved examples"


@pytest.mark.slow
def test_a_job_that_is_killed_or_stopped_goes_on_where_it_was(plan: SmallPlan, tmp_path: Path) -> None:
    asked = request(plan, write_task(tmp_path / "sums"), models=slice(0, 4))
    code, _, _ = run_agent("downstream", asked, tmp_path, MERGE_LAB_FAULT="mid_append:2")
    assert code != 0
    assert len(lines_of(plan.store)) == 1, "one line is whole, the next one torn"
    process = start_agent("downstream", asked, tmp_path)
    assert process.stdout is not None
    for line in process.stdout:
        if json.loads(line)["progress"]["done"] == 2:
            process.send_signal(signal.SIGINT)
            break
    *_, last = [json.loads(line) for line in process.stdout]
    process.communicate()
    assert (process.returncode, last["state"], last["failed"]) == (0, "stopped", 0)
    code, answer, _ = run_agent("downstream", asked, tmp_path)
    assert (code, answer and answer["done"]) == (0, 4)
    scored = [line["key"] for line in lines_of(plan.store) if line is not None]
    assert sorted(scored) == sorted(line["key"] for line in plan.lines[:4])


ROLLING = """
task: rolling
dataset_path: json
dataset_kwargs: { data_files: { test: items.jsonl } }
test_split: test
output_type: loglikelihood_rolling
doc_to_text: ""
doc_to_target: "{{context}}{{answer}}"
metric_list:
  - { metric: word_perplexity, aggregation: weighted_perplexity, higher_is_better: false }
  - { metric: bits_per_byte, aggregation: bits_per_byte, higher_is_better: false }
"""
GENERATED = """
task: generated
dataset_path: json
dataset_kwargs: { data_files: { test: items.jsonl } }
test_split: test
output_type: generate_until
doc_to_text: "{{context}}"
doc_to_target: "{{answer}}"
generation_kwargs: { until: ["\\n"], max_gen_toks: 4, do_sample: false }
metric_list:
  - { metric: exact_match, aggregation: mean, higher_is_better: true }
  - { metric: bleu, aggregation: bleu, higher_is_better: true }
"""
FORMS: dict[str, Callable[[float], float]] = {
    "mean": lambda ratio: ratio,
    "perplexity": lambda ratio: math.exp(-ratio),
    "bits": lambda ratio: -ratio / math.log(2),
}


@pytest.mark.slow
def test_scores_of_every_form_follow_from_their_items(plan: SmallPlan, tmp_path: Path) -> None:
    items = [{"context": f"What is {n} and {n}?", "answer": f" The sum is {2 * n}."} for n in range(5)]
    folders = [
        write_task(tmp_path / "rolling", ROLLING, items),
        write_task(tmp_path / "generated", GENERATED, items),
    ]
    code, _, said = run_agent("downstream", request(plan, *folders, models=slice(0, 1)), tmp_path)
    assert code == 0, said
    metrics = {metric["name"]: metric for line in lines_of(plan.store) for metric in line["metrics"]}
    assert {name: metric["form"] for name, metric in metrics.items()} == {
        "word_perplexity": "perplexity",
        "bits_per_byte": "bits",
        "exact_match": "mean",
        "bleu": None,
    }
    for metric in metrics.values():
        if metric["form"] is not None:
            x, w = (
                np.frombuffer(base64.b64decode(metric[name]), "<f4") for name in ("numerators", "weights")
            )
            assert FORMS[metric["form"]](x.sum() / w.sum()) == pytest.approx(metric["value"], rel=1e-4)
