"""Slurm, spoken to by its own commands: jobs submitted, looked at and cancelled, by the name of their run.

Arguments go as lists and the script is fixed text: nothing from a file becomes part of a shell's line.
Options are those of sbatch(1), states and reasons those of squeue(1), https://slurm.schedmd.com/.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from merge_lab_agent.detached import agent_environment
from merge_lab_agent.jobs import NoAnswer, Task
from merge_lab_agent.problem import Problem
from merge_lab_agent.request import invalid

SCRIPT = '#!/bin/sh\nexec "$1" -m merge_lab_agent slurm_worker < "$2" >> agent.log 2>&1\n'
FLAGS = {
    "partition": "--partition={}",
    "account": "--account={}",
    "qos": "--qos={}",
    "constraint": "--constraint={}",
    "gpus": "--gres=gpu:{}",
    "cpus": "--cpus-per-task={}",
    "mem": "--mem={}",
    "time": "--time={}",
}
PLACES = ("/usr/local/bin", "/opt/slurm/bin", "/usr/local/slurm/bin", "/cm/shared/apps/slurm/current/bin")
"""Beyond the PATH: shells without a login do not read what adds Slurm to it on many clusters."""
PATIENCE_SECONDS = 30.0
_UNCONFIGURED = re.compile(
    r"resolve_ctls_from_dns_srv|configuration source|unable to (process|status) .*(config|slurm\.conf)", re.I
)
"""What Slurm's library says where it knows of no cluster."""


@dataclass(frozen=True)
class Queue:
    """The jobs of one run. `options` are those of `FLAGS`; `folder` is the run's, on a shared file system."""

    run: str
    folder: Path
    options: Mapping[str, str | int]

    @property
    def _name(self) -> str:
        return f"merge-lab-{self.run}"

    def submit(self, count: int) -> str:
        """An array of workers on `slurm/request.json`; its number. Raises `slurm_refused`, NoAnswer."""
        script = self.folder / "slurm" / "worker.sh"
        script.write_text(SCRIPT, encoding="ascii")
        # The script writes its log itself: Slurm would read % in the folder's name as a pattern.
        fixed = ("--nodes=1", "--ntasks=1", "--requeue", "--export=ALL", "--input=none", "--output=/dev/null")
        own = (f"--job-name={self._name}", f"--array=0-{count - 1}")
        job = (str(script), sys.executable, "slurm/request.json")
        said = _call("sbatch", "--parsable", *own, *fixed, *flags(self.options), *job, cwd=self.folder)
        return said.strip().partition(";")[0]

    def look(self) -> list[Task]:
        """Those that wait, run, or ended a short while ago. Raises `slurm_refused`, NoAnswer."""
        mine = (f"--name={self._name}", f"--user={os.getuid()}")
        shape = ("--noheader", "--array", "--states=all", "--format=%A|%i|%T|%r")
        lines = [line.split("|", 3) for line in _call("squeue", *shape, *mine, cwd=self.folder).splitlines()]
        return [Task(*(field.strip() for field in line)) for line in lines if len(line) == 4]

    def cancel(self, tasks: Sequence[Task]) -> None:
        if tasks:
            _call("scancel", "--quiet", *(task.name for task in tasks), cwd=self.folder)


def flags(options: Mapping[str, str | int]) -> list[str]:
    return [FLAGS[name].format(value) for name, value in options.items() if (name, value) != ("gpus", 0)]


def slurm_options(value: Any) -> dict[str, str | int]:
    """`slurm` of a request, checked: options of `FLAGS`, each a number or a short text."""
    if not isinstance(value, dict) or not value.keys() <= FLAGS.keys():
        raise invalid("'slurm' has options that this agent does not know.")
    for name, option in value.items():
        fine = type(option) is int or (isinstance(option, str) and 0 < len(option) <= 200)
        if not fine or (isinstance(option, str) and not option.isprintable()):
            raise invalid(f"The option '{name}' of 'slurm' is neither a number nor a short text.")
    return dict(value)


def _call(command: str, *arguments: str, cwd: Path) -> str:
    """What it printed. Raises `slurm_missing`, `slurm_refused` in Slurm's own words, or NoAnswer."""
    places = os.pathsep.join([os.environ.get("PATH", os.defpath), *PLACES])
    program = shutil.which(command, path=places)
    if program is None:
        raise Problem(
            "slurm_missing",
            f"This host has no {command} where its shell looks for programs.",
            "Name a login node of the cluster as `ssh:` in hosts.yaml, or add Slurm's commands to the PATH "
            "of shells that are no login shells there.",
        )
    try:
        ended = subprocess.run(
            [program, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            cwd=cwd,
            env=agent_environment(),
            timeout=PATIENCE_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise NoAnswer(
            "slurm_silent",
            f"Slurm's {command} gave no answer within {PATIENCE_SECONDS:.0f} s.",
            "See with `sinfo` on the host whether Slurm answers; once it does, run again.",
        ) from error
    except OSError as error:
        raise _refused(command, f"{error}") from error
    if ended.returncode != 0:
        raise _refused(command, ended.stderr.decode("utf-8", "replace"))
    return ended.stdout.decode("utf-8", "replace")


def _refused(command: str, said: str) -> Problem:
    words = "; ".join(
        line.strip().removeprefix(f"{command}: ").removeprefix("error: ")
        for line in said.splitlines()
        if line.strip()
    )
    if _UNCONFIGURED.search(words):
        return Problem(
            "slurm_unconfigured",
            f"Slurm is installed on this host but not configured. {command} said: {words[:500]}",
            "Remove `slurm:` of this host in hosts.yaml, or name a login node of the cluster as `ssh:`.",
        )
    return Problem(
        "slurm_refused",
        f"Slurm's {command} refused: {words[:500] or 'it gave no reason'}",
        "Correct `slurm:` of this host in hosts.yaml; `sinfo` there lists partitions and their state.",
    )
