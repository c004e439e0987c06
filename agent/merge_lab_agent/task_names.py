"""Which tasks cannot be scored as they are asked for: `python -m merge_lab_agent.task_names JSON`.

Asked before anything long is run for them, with a list of `{task, folder, metric}`: as the experiment names
it, its absolute folder or null, and null for its own metric. Prints `{place in the list: problem}`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from merge_lab_agent.downstream_task import check_known, read_folder
from merge_lab_agent.harness_metrics import check_metric
from merge_lab_agent.problem import Problem


def refused(asked: list[dict[str, Any]], manager: Callable[[], Any]) -> dict[int, dict[str, Any]]:
    """Names that the harness's `TaskManager` lacks, groups, folders that are no task, unknown metrics.

    manager: called only where a task of the harness is asked for, since reading its collection takes long.
    """
    found = {}
    for place, task in enumerate(asked):
        try:
            _check(task, manager)
        except Problem as problem:
            found[place] = problem.to_json()
    return found


def _check(task: dict[str, Any], manager: Callable[[], Any]) -> None:
    from merge_lab_agent.harness import check_metrics, configuration, members

    name, folder, metric = task["task"], task["folder"], task["metric"]
    if folder is None:
        known = manager()
        collections = [*known.all_groups, *known.all_tags]
        check_known(name, known.all_subtasks, collections, lambda group: members(known, group))
        config = {} if metric is None else configuration(known, name)
    else:
        config = read_folder(Path(folder))
        check_metrics(config, Path(folder))
    if metric is not None:
        check_metric(name, config, metric)


if __name__ == "__main__":
    from merge_lab_agent.harness import task_manager

    print(json.dumps(refused(json.loads(sys.argv[1]), lambda: task_manager(True))))
