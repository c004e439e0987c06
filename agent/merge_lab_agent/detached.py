"""Starting this agent as another process: a job that is waited for, or one that outlives everything here."""

from __future__ import annotations

import getpass
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from merge_lab_agent.problem import Problem
from merge_lab_agent.store import compact_json

PACKAGE = Path(__file__).resolve().parent


def agent_command(name: str) -> list[str]:
    return [sys.executable, "-m", "merge_lab_agent", name]


def agent_environment() -> dict[str, str]:
    """The same package in the child, also where it runs from a checkout that is not installed.

    Nothing is imported from the folder that it is started in, from Python 3.11 on.
    """
    environment = dict(os.environ, PYTHONSAFEPATH="1")
    if PACKAGE.parent.name not in ("site-packages", "dist-packages"):
        paths = [str(PACKAGE.parent), *filter(None, [environment.get("PYTHONPATH")])]
        environment["PYTHONPATH"] = os.pathsep.join(paths)
    return environment


@dataclass
class Jobs:
    """Processes that answer one request each and end with the one who asked."""

    _running: set[subprocess.Popen[bytes]] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _closed: bool = False

    def ask(self, name: str, request: dict[str, Any]) -> dict[str, Any]:
        """The answer of `python -m merge_lab_agent NAME`. Raises its Problem, or `agent_died`.

        A process of its own: torch is not loaded here, and a crash in there ends nothing here.
        """
        with self._lock:
            if self._closed:
                raise Problem("agent_closed", "The agent is ending.", "Ask again.")
            process = subprocess.Popen(
                agent_command(name),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=agent_environment(),
                cwd=PACKAGE.parent,
            )
            self._running.add(process)
        try:
            output, said = process.communicate(compact_json(request))
        finally:
            with self._lock:
                self._running.discard(process)
        return _answer(name, output, said, process.returncode)

    def close(self) -> None:
        with self._lock:
            self._closed = True
            for process in self._running:
                process.terminate()


def _answer(name: str, output: bytes, said: bytes, code: int) -> dict[str, Any]:
    """The last line of output that is an object: the answer, or `{"error": Problem}`."""
    for line in reversed(output.splitlines()):
        try:
            document = json.loads(line)
        except ValueError:
            continue
        if isinstance(document, dict):
            if isinstance(document.get("error"), dict):
                raise problem_of(document["error"])
            return document
    tail = said.decode("utf-8", "replace").strip()[-1000:]
    raise Problem(
        "agent_died",
        f"The agent ended with {code} during {name} and gave no answer.{' It said: ' + tail if tail else ''}",
        "Try again; if it happens again, look at memory and at the agent's Python environment.",
    )


def problem_of(document: dict[str, Any]) -> Problem:
    """A Problem from its JSON."""
    known = {"code", "message", "fix", "file", "line"}
    line = document.get("line")
    return Problem(
        str(document.get("code", "agent_failed")),
        str(document.get("message", "")),
        str(document.get("fix", "")),
        file=document.get("file"),
        line=line if isinstance(line, int) else None,
        **{name: str(value) for name, value in document.items() if name not in known},
    )


def start_detached(name: str, request: dict[str, Any], folder: Path) -> subprocess.Popen[bytes]:
    """Starts the agent so that it outlives this process, its terminal and its connection.

    Its words go to `agent.log` in `folder`. Raises Problem `launch_failed`.
    """
    options: dict[str, Any] = {}
    if os.name == "nt":
        flags = ("CREATE_NEW_PROCESS_GROUP", "DETACHED_PROCESS", "CREATE_BREAKAWAY_FROM_JOB")
        options["creationflags"] = sum(getattr(subprocess, flag) for flag in flags)
    else:
        options["start_new_session"] = True
    try:
        with (folder / "agent.log").open("ab") as log:
            process = subprocess.Popen(
                [*_outliving_logout(), *agent_command(name)],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=folder,
                env=agent_environment(),
                **options,
            )
        stdin: IO[bytes] | None = process.stdin
        assert stdin is not None
        with stdin:
            stdin.write(compact_json(request))
    except OSError as error:
        raise Problem(
            "launch_failed",
            f"The run cannot be started: {error.strerror or error}.",
            "Look at agent.log of the run, and at the agent's Python environment.",
            file=folder / "agent.log",
        ) from error
    return process


def _outliving_logout() -> Sequence[str]:
    """A scope of the user's own manager, where that goes on after logout; the session's own scope may not."""
    if _lingers() and shutil.which("systemd-run") and _user_manager():
        return ("systemd-run", "--user", "--scope", "--quiet", "--collect", "--")
    return ()


def logout_note() -> str | None:
    """What to say where the system ends a user's processes at logout; None where a run goes on."""
    if not Path("/run/systemd/system").exists() or (_lingers() and _user_manager()):
        return None
    return (
        "This system ends your processes at logout, a run too; `loginctl enable-linger` lets them go on."
        if _kills_at_logout()
        else None
    )


def _lingers() -> bool:
    try:
        return (Path("/var/lib/systemd/linger") / getpass.getuser()).exists()
    except (OSError, KeyError, ImportError):
        return False


def _user_manager() -> bool:
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    return bool(runtime) and (Path(str(runtime)) / "systemd" / "private").exists()


def _kills_at_logout() -> bool:
    """`KillUserProcesses` of logind; False where it cannot be asked."""
    login = ("org.freedesktop.login1", "/org/freedesktop/login1", "org.freedesktop.login1.Manager")
    command = ["busctl", "get-property", *login, "KillUserProcesses"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=2, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.stdout.strip() == "b true"
