"""A worker of a run that Ray has started: an actor in a process of its own, on a device that Ray allots."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import Any

from merge_lab_agent.problem import Problem


class RayWorker:
    """The actor. Its process is the worker's: whoever kills it loses the current merge and no more."""

    def begin(self, folder: str, token: str) -> dict[str, Any] | None:
        """None, or the Problem of a node that does not see the run's `folder`, which holds `token`."""
        file = Path(folder) / "ray" / "token"
        try:
            found = file.read_text(encoding="ascii")
        except (OSError, ValueError):
            found = ""
        return None if found == token else _not_shared(folder).to_json()

    def work(self, request: dict[str, Any], folder: str) -> dict[str, Any]:
        """Works as any worker does; returns its last status. What it prints goes to the run's log."""
        log = os.open(Path(folder) / "agent.log", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        for stream in (1, 2):
            os.dup2(log, stream)
        from merge_lab_agent.run import run

        return run(request)


def _not_shared(folder: str) -> Problem:
    return Problem(
        "ray_folder_not_shared",
        f"The node {platform.node()} of the Ray cluster does not see the run's folder {folder}.",
        "Name a folder that all of its machines share, at the same path, as `directory:` in hosts.yaml.",
    )
