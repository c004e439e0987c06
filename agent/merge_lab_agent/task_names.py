"""Which names the evaluation harness does not know: `python -m merge_lab_agent.task_names NAME...`.

Asked before anything long is run for them; prints `{name: problem}` of those that cannot be scored.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from merge_lab_agent.downstream_task import check_known
from merge_lab_agent.problem import Problem


def refused(names: list[str], manager: Any) -> dict[str, dict[str, Any]]:
    """Those that the harness's `TaskManager` lacks, with near names, and groups, with their tasks."""
    from merge_lab_agent.harness import members

    collections = [*manager.all_groups, *manager.all_tags]
    found = {}
    for name in names:
        try:
            check_known(name, manager.all_subtasks, collections, lambda group: members(manager, group))
        except Problem as problem:
            found[name] = problem.to_json()
    return found


if __name__ == "__main__":
    from lm_eval.tasks import TaskManager

    print(json.dumps(refused(sys.argv[1:], TaskManager())))
