"""EleutherAI's lm-evaluation-harness on a model that is resident: nothing is written or loaded again."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from merge_lab_agent.downstream_results import Metric
from merge_lab_agent.downstream_task import TaskRequest, check_known, read_folder
from merge_lab_agent.harness_metrics import digest_of, is_metric, metric_of
from merge_lab_agent.harness_version import REQUIREMENT, harness_version
from merge_lab_agent.problem import Problem

LARGEST_BATCH = 64
BATCH_LENGTH = 1024
"""Tokens that a sequence is taken to have when the first batch is cut; batches that do not fit are halved."""
BOOTSTRAP = 200
SEED = 1234
"""The harness's own: which solved examples stand before an item, the same for every model."""
_OFFLINE = ("OfflineModeIsEnabled", "LocalEntryNotFoundError", "DatasetNotFoundError", "ConnectError")


class Harness:
    """The harness, with the tasks that were asked for. Not more than one in a process."""

    def __init__(self) -> None:
        """Raises Problem `harness_missing`."""
        os.environ.setdefault("TQDM_DISABLE", "1")
        os.environ.setdefault("DISABLE_MULTIPROC", "1")
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        self.version = harness_version()
        try:
            from lm_eval import utils
        except ImportError as error:
            raise Problem(
                "harness_missing",
                f"The installed lm-evaluation-harness does not start: {error}.",
                f'Install it again: python -m pip install --force-reinstall "{REQUIREMENT}".',
            ) from error
        _sandbox(utils)

    def load(self, request: TaskRequest) -> Any:
        """A task of the harness, its data read. Raises Problem `task_...`."""
        manager = task_manager(request.name is not None)
        if request.name is not None:
            collections = [*manager.all_groups, *manager.all_tags]
            check_known(request.name, manager.all_subtasks, collections, lambda name: members(manager, name))
            config: Any = request.name
            hub: str | None = request.name
        else:
            assert request.folder is not None
            config = read_folder(request.folder)
            check_metrics(config, request.folder)
            hub = None if "data_files" in (config.get("dataset_kwargs") or {}) else config.get("dataset_path")
        _draw_anew()
        try:
            tasks = manager.load([config])["tasks"]
        except Exception as error:
            raise _unusable(request.source, error, hub) from error
        (task,) = tasks.values()
        shots = request.shots if request.shots is not None else task.get_config("num_fewshot")
        task.set_config(key="num_fewshot", value=shots or 0)
        if not len(task.eval_docs):
            raise Problem(
                "task_invalid",
                f"The task '{request.source}' has no items.",
                "Give it data.",
                file=request.folder,
            )
        return task

    def score(self, model: HarnessModel, task: Any, limit: int | None) -> tuple[str, int, tuple[Metric, ...]]:
        """(digest of the requests, number of items, metrics). What the harness raises is passed on."""
        from lm_eval.evaluator import evaluate

        def ask() -> Any:
            _draw_anew()
            task.set_fewshot_seed(seed=SEED)
            return evaluate(
                model.lm,
                {"tasks": {task.task_name: task}},
                limit=limit,
                bootstrap_iters=BOOTSTRAP,
                log_samples=True,
            )

        found = model.halving(ask)
        samples = found["samples"][task.task_name]
        results = found["results"][task.task_name]
        metrics = tuple(
            metric_of(task, name, results, samples) for name in results if is_metric(name, results[name])
        )
        return digest_of(samples), len({sample["doc_id"] for sample in samples}), metrics


class HarnessModel:
    """The resident module as the harness sees a model. Its parameters may change between scores."""

    def __init__(self, module: Any, folder: Path, batch_tokens: int) -> None:
        """folder: of the base, for its tokenizer; batch_tokens: as the scorer's."""
        from lm_eval.models.huggingface import HFLM
        from transformers import PreTrainedTokenizerFast
        from transformers.utils import logging

        logging.set_verbosity_error()
        self.module = module
        # This class reads tokenizer.json as it is; others rebuild some tokenizers from parts.
        tokenizer = PreTrainedTokenizerFast.from_pretrained(str(folder), local_files_only=True)
        self.lm: Any = HFLM(
            pretrained=module,
            backend="causal",
            tokenizer=tokenizer,
            softmax_dtype="float32",
            batch_size=max(1, min(LARGEST_BATCH, batch_tokens // BATCH_LENGTH)),
        )

    def halving(self, work: Callable[[], Any]) -> Any:
        """Work, with batches halved until they fit."""
        while True:
            try:
                return work()
            except (MemoryError, RuntimeError) as error:
                size = self.lm.batch_size_per_gpu
                if "out of memory" not in str(error).lower() or size <= 1:
                    raise
                self.lm.batch_size_per_gpu = size // 2


@cache
def task_manager(named: bool) -> Any:
    """The harness's collection, which takes long to read, only where a task of it is asked for."""
    from lm_eval.tasks import TaskManager

    return TaskManager(include_defaults=named)


def members(manager: Any, name: str) -> list[str]:
    """The tasks of a group or tag of the collection, ascending; groups in it are taken apart."""
    found: set[str] = set()
    seen: set[str] = set()
    open_names = [name]
    while open_names:
        one = open_names.pop()
        if one in manager.all_subtasks:
            found.add(one)
        elif one not in seen and (entry := manager.task_index.get(one)) is not None:
            seen.add(one)
            listed = (entry.cfg or {}).get("task") or sorted(entry.tags)
            for each in [listed] if isinstance(listed, str) else listed:
                open_names.append(str(each.get("task") if isinstance(each, dict) else each))
    return sorted(found)


def _draw_anew() -> None:
    """What a task draws, for solved examples or for sampled answers, is the same whatever came before it."""
    import torch

    random.seed(SEED)
    np.random.seed(SEED)
    torch.manual_seed(SEED)


def configuration(manager: Any, name: str) -> dict[str, Any]:
    """What the YAML of a task of the collection says, with all that it includes; empty where it is code."""
    from lm_eval.tasks._yaml_loader import load_yaml

    file = manager.task_index[name].yaml_path
    return {} if file is None else dict(load_yaml(file, resolve_func=False, recursive=True))


def check_metrics(config: dict[str, Any], folder: Path) -> None:
    """A metric that the harness lacks would be downloaded as code. Raises Problem `task_code_refused`."""
    from lm_eval.api import metrics  # noqa: F401, which fills the registry
    from lm_eval.api.registry import METRIC_REGISTRY

    for entry in config.get("metric_list") or []:
        if entry["metric"] not in METRIC_REGISTRY:
            raise Problem(
                "task_code_refused",
                f"The harness has no metric '{entry['metric']}'; it would be downloaded as code.",
                "Use one of its own, such as acc, acc_norm, exact_match or perplexity.",
                file=folder,
            )


def _sandbox(utils: Any) -> None:
    """Templates of tasks are data from others: they read their document and reach nothing else."""
    from jinja2 import StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    before = utils.env
    utils.env = SandboxedEnvironment(undefined=StrictUndefined, keep_trailing_newline=True)
    utils.env.filters.update(before.filters)


def _unusable(source: str, error: Exception, hub: str | None) -> Problem:
    chain = [error, error.__cause__, error.__context__]
    offline = any(isinstance(one, ConnectionError) or type(one).__name__ in _OFFLINE for one in chain)
    if hub is not None and offline:
        return Problem(
            "task_needs_network",
            f"The data of the task '{source}' is on the Hugging Face hub, which cannot be reached: {error}"[
                :500
            ],
            "Run it once where there is a network: its data is then kept. Or use a folder with its data.",
        )
    return Problem(
        "task_invalid",
        f"The harness cannot use the task '{source}': {type(error).__name__}: {error}"[:600],
        "Correct the task, or leave it out.",
    )
