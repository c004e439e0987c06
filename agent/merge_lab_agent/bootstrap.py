"""Makes a host ready for the agent. A client sends this file to the host's Python, before the agent is there.

Standard library only, nothing of this package: one JSON request a line comes in, JSON lines go out, each
behind a mark, because a login shell may print. It ends with its input, and with it whatever it started.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from tempfile import TemporaryFile
from typing import Any

MARK = "merge-lab-host "
READY = "merge-lab.json"
"""In an environment that is complete: written last."""
ENDED = ("stopped", "done", "failed")
BEAT_SECONDS = 30.0
UNTOUCHED_SECONDS = 24 * 3600.0
"""What a client still brings is touched more often."""
LONGEST_HEADER = 100_000_000
_saying = threading.Lock()


class Refused(Exception):
    """A code, what is wrong, and what to do."""

    def __init__(self, code: str, message: str, fix: str) -> None:
        super().__init__(message)
        self.problem = {"code": code, "message": message, "fix": fix}


def say(**message: Any) -> None:
    with _saying:
        sys.stdout.write("\n" + MARK + json.dumps(message) + "\n")
        sys.stdout.flush()


def beat() -> None:
    """Says that it lives, for a client to know long work from a host that is gone."""
    while True:
        time.sleep(BEAT_SECONDS)
        say(alive=True)


def look(request: dict[str, Any]) -> dict[str, Any]:
    """`{directory, models, agent, environment, named}` → what is there; `named`: the agent runs in it.

    Creates nothing: others may be at it.
    """
    directory, models = expanded(request["directory"]), expanded(request["models"])
    there = writable_part(directory)
    source = directory / "agent" / request["agent"]
    environment = directory / "environments" / request["environment"]
    return {
        "system": f"{os.uname().sysname} {os.uname().machine}",
        "python": sys.executable,
        "version": ".".join(str(part) for part in sys.version_info[:3]),
        "directory": str(directory),
        "models": str(models),
        "models_there": models.is_dir(),
        "free_bytes": shutil.disk_usage(there).free,
        "gpus": gpus(),
        **slurm(),
        "torch": installed("torch"),
        "ray": installed("ray") if request.get("named") else ray_in(environment),
        "venv": has_venv(),
        "source": str(source) if (source / "merge_lab_agent").is_dir() else None,
        "environment": str(environment / "bin" / "python") if (environment / READY).exists() else None,
        "noexec": not can_execute(there),
    }


def place(request: dict[str, Any]) -> dict[str, Any]:
    """`{directory, agent, files}` → `{source}`: the agent's sources in a folder of their version.

    The version names its content: a folder that holds anything else is damaged, and made again.
    """
    directory = expanded(request["directory"])
    source = directory / "agent" / request["agent"]
    with alone(directory):
        private(directory / "store")
        if not is_whole(source, request["files"]):
            private(source.parent)
            half = source.parent / f".{source.name}.new"
            shutil.rmtree(half, ignore_errors=True)
            for name, text in request["files"].items():
                file = half / inside(name)
                file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                file.write_bytes(text.encode())
            aside = source.parent / f".removed-{source.name}"
            shutil.rmtree(aside, ignore_errors=True)
            if source.exists():
                source.replace(aside)
            half.replace(source)
            shutil.rmtree(aside, ignore_errors=True)
    return {"source": str(source)}


def is_whole(source: Path, files: dict[str, str]) -> bool:
    try:
        return all((source / inside(name)).read_bytes() == text.encode() for name, text in files.items())
    except OSError:
        return False


def environment(request: dict[str, Any]) -> dict[str, Any]:
    """`{directory, environment, torch, requirements}` → `{python}`: a Python environment of our own.

    `torch` is what pip is asked for first, so that no other package decides its build.
    """
    directory = expanded(request["directory"])
    folder = directory / "environments" / request["environment"]
    python = folder / "bin" / "python"
    with alone(directory):
        if (folder / READY).exists():
            return {"python": str(python)}
        private(folder.parent)
        shutil.rmtree(folder, ignore_errors=True)
        say(progress="Making a Python environment")
        run([sys.executable, "-m", "venv", str(folder)], "venv_missing", "The environment cannot be made")
        pip = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
        if request["torch"]:
            say(progress="Installing PyTorch")
            install_torch(pip, request["torch"])
        if request["requirements"]:
            say(progress="Installing what the agent needs")
            run([*pip, *request["requirements"]], "pip_failed", "What the agent needs cannot be installed")
        (folder / READY).write_text(json.dumps(request["requirements"]), encoding="utf-8")
    return {"python": str(python)}


def install(request: dict[str, Any]) -> dict[str, Any]:
    """`{directory, python, requirements}` → `{}`: more packages into an environment of our own, and no other.

    pip installs what a package needs before it: one that is there is whole, wherever pip was cut.
    """
    directory = expanded(request["directory"])
    python, environments = Path(request["python"]), directory / "environments"
    if python.parent.parent.parent != environments:
        raise Refused(
            "host_path_invalid",
            f"{python} is of no environment that was made in {environments}: it is used, never changed.",
            "Install into it by hand.",
        )
    with alone(directory):
        say(progress=f"Installing {', '.join(request['requirements'])}")
        pip = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
        run([*pip, *request["requirements"]], "pip_failed", "It cannot be installed")
    return {}


def leftovers(request: dict[str, Any]) -> dict[str, Any]:
    """`{directory, agent, environment}` → versions and environments that this version does not need, and
    what a client began to bring from or to the store and did not end.

    With the bytes of each, whether it stays as in use, the age of what was begun, and the bytes of the rest
    of the store, which is needed.
    """
    directory = expanded(request["directory"])
    needed = {("agent", request["agent"]), ("environments", request["environment"])}
    folders = [
        folder
        for kind in ("agent", "environments")
        for folder in sorted((directory / kind).glob("*"))
        if folder.is_dir() and not folder.is_symlink() and (kind, folder.name) not in needed
    ]
    listed = [
        {
            "name": f"{folder.parent.name}/{folder.name}",
            "bytes": bytes_in(folder),
            "age_seconds": None,
            "in_use": in_use(folder) or used_by_runs(directory, folder),
        }
        for folder in folders
    ]
    begun: list[dict[str, Any]] = [
        {
            "name": path.relative_to(directory).as_posix(),
            "bytes": bytes_in(path),
            "age_seconds": age(path),
            "in_use": age(path) < UNTOUCHED_SECONDS,
        }
        for path in unended(directory / "store")
    ]
    kept = bytes_in(directory / "store") - sum(each["bytes"] for each in begun)
    return {"directory": str(directory), "leftovers": [*listed, *begun], "store_bytes": kept}


def unended(store: Path) -> list[Path]:
    """Merged models that no client has fetched to its end, and copies of models that wait for their rest."""
    merged = [path for path in (store / "merged").glob("*") if path.is_dir() and not path.is_symlink()]
    data = [path for path in (store / "data").glob("*") if path.is_file() and not path.is_symlink()]
    return sorted([*merged, *(path for path in data if path.suffix == ".part" or is_safetensors(path))])


def is_safetensors(file: Path) -> bool:
    """By its beginning, which no text has: the length of a header in JSON, and the header."""
    try:
        with file.open("rb") as opened:
            begin = opened.read(9)
    except OSError:
        return False
    return begin[8:] == b"{" and int.from_bytes(begin[:8], "little") <= LONGEST_HEADER


def age(path: Path) -> float:
    """Seconds since it, or anything right in it, changed last."""
    changed = [0.0]
    for each in (path, *path.glob("*")):
        with suppress(OSError):
            changed.append(each.lstat().st_mtime)
    return max(0.0, time.time() - max(changed))


def remove(request: dict[str, Any]) -> dict[str, Any]:
    """`{directory, names}` → `{removed, freed_bytes}`; what a process runs from stays."""
    directory = expanded(request["directory"])
    removed: list[str] = []
    freed = 0
    with alone(directory):
        for name in request["names"]:
            path = inside(name)
            if path.parts[:1] == ("store",) and len(path.parts) == 3:
                freed += remove_unended(directory, path, removed)
                continue
            if len(path.parts) != 2 or path.parts[0] not in ("agent", "environments"):
                raise Refused("host_path_invalid", f"'{name}' is not for cleaning.", "Ask what is left over.")
            folder = directory / path
            if (
                folder.is_symlink()
                or not folder.is_dir()
                or in_use(folder)
                or used_by_runs(directory, folder)
            ):
                continue
            # Under another name first, so that a cut leaves nothing that looks whole.
            aside = folder.with_name(f".removed-{folder.name}")
            shutil.rmtree(aside, ignore_errors=True)
            folder.replace(aside)
            size = bytes_in(aside)
            shutil.rmtree(aside)
            removed.append(name)
            freed += size
    return {"removed": removed, "freed_bytes": freed}


def remove_unended(directory: Path, path: PurePosixPath, removed: list[str]) -> int:
    """Bytes that are free now; what was touched within a day stays."""
    place = directory / path
    if path.parts[1] not in ("merged", "data"):
        raise Refused("host_path_invalid", f"'{path}' is not for cleaning.", "Ask what is left over.")
    if place not in unended(directory / "store") or age(place) < UNTOUCHED_SECONDS:
        return 0
    size = bytes_in(place)
    if place.is_dir():
        shutil.rmtree(place)
    else:
        place.unlink()
        place.with_name(f"{place.name}.lock").unlink(missing_ok=True)
    removed.append(str(path))
    return size


def bytes_in(folder: Path) -> int:
    """Of a file, or of all files below, links not followed; what goes meanwhile counts nothing."""
    if folder.is_file():
        return folder.stat().st_size
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                total += (Path(parent) / name).lstat().st_size
            except OSError:
                continue
    return total


def in_use(folder: Path) -> bool:
    """Whether a process of this user was started from there: its words or its environment name the folder."""
    name = os.fsencode(folder)
    if Path("/proc/self/environ").exists():
        return any(name in said for process in Path("/proc").glob("[0-9]*") for said in words_of(process))
    listed = subprocess.run(["ps", "axeww", "-o", "command="], capture_output=True, check=False)
    return name in listed.stdout


def used_by_runs(directory: Path, folder: Path) -> bool:
    """Whether a run that has not ended has workers on other machines from there: no process here says so.

    One that does not say where its agent lies may need any.
    """
    here = (f"{folder}/", f"{folder.resolve()}/")
    for run in sorted((directory / "store" / "runs").glob("[!.]*")):
        statuses = [status for file in (run / "status").glob("[!.]*.json") for status in objects_in(file)]
        elsewhere = any((run / kind / "request.json").exists() for kind in ("slurm", "ray")) or any(
            status.get("host") not in (None, os.uname().nodename) for status in statuses
        )
        if not elsewhere or (statuses and all(status.get("state") in ENDED for status in statuses)):
            continue
        needed = [
            str(event[name])
            for event in objects_in(run / "events.jsonl")
            for name in ("source", "python")
            if name in event
        ]
        if not needed or any(f"{path}/".startswith(here) for path in needed):
            return True
    return False


def objects_in(file: Path) -> list[dict[str, Any]]:
    """JSON objects, a line each; those that are damaged or being written are passed over."""
    found = []
    try:
        for line in file.read_bytes().splitlines():
            with suppress(ValueError):
                found.append(json.loads(line))
    except OSError:
        return []
    return [each for each in found if isinstance(each, dict)]


def words_of(process: Path) -> Iterator[bytes]:
    for file in ("cmdline", "environ"):
        try:
            yield (process / file).read_bytes()
        except OSError:  # another user's, or gone
            continue


def install_torch(pip: list[str], wanted: str) -> None:
    """Linux without an NVIDIA card takes the build without CUDA, where pip's sources have it."""
    if sys.platform == "linux" and not gpus() and "+" not in wanted and " " not in wanted:
        try:
            run([*pip, f"{wanted}+cpu"], "pip_failed", "PyTorch cannot be installed")
        except Refused as refused:
            if "No matching distribution" not in str(refused):
                raise
        else:
            return
    run([*pip, *wanted.split()], "pip_failed", "PyTorch cannot be installed")


def run(command: list[str], code: str, what: str) -> None:
    """Its lines are told as they come; they are the reason where it fails.

    It holds what this process has locked: where this one is killed, others wait until it has gone too.
    """
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        errors="replace", start_new_session=True, pass_fds=_locks,
    )  # fmt: skip
    _children.add(process)
    last: list[str] = []
    assert process.stdout is not None
    for line in process.stdout:
        last = [*last[-20:], line.strip()]
        say(detail=line.strip()[:300])
    _children.discard(process)
    if process.wait() == 0:
        return
    errors = [line for line in last if line.startswith("ERROR")] or [line for line in last if line]
    if any("No space left" in line for line in last):
        raise Refused("disk_full", "The host's disk is full.", "Free some space there, then try again.")
    raise Refused(
        code,
        f"{what}: {'; '.join(errors[-3:]) or f'exit code {process.returncode}'}",
        "Mend that on the host, or name a Python there that has PyTorch as `python:` in hosts.yaml.",
    )


_children: set[subprocess.Popen[str]] = set()
_locks: set[int] = set()
"""Open files of the locks that are held."""


def expanded(text: str) -> Path:
    try:
        path = Path(text).expanduser()
    except RuntimeError as error:
        raise Refused(
            "host_path_invalid",
            f"'{text}' begins with a home that the host does not know.",
            "Give an absolute path as `directory:` or `models:` in hosts.yaml, or set HOME there.",
        ) from error
    if not path.is_absolute():
        raise Refused("host_path_invalid", f"'{text}' is no absolute path.", "Begin it with / or ~/.")
    return path


def inside(name: str) -> PurePosixPath:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts:
        raise Refused("host_path_invalid", f"'{name}' leads out of the agent's folder.", "Send other names.")
    return path


def private(folder: Path) -> None:
    """The folder, for its owner alone where it is made here."""
    try:
        if not folder.is_dir():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.chmod(0o700)
    except OSError as error:
        raise not_writable(folder, error) from error


def writable_part(folder: Path) -> Path:
    """What there is already of its path, tried with a file that has no name where the system knows such."""
    try:
        there = next(part for part in (folder, *folder.parents) if part.exists())
        with TemporaryFile(dir=there) as probe:
            probe.write(b"x")
    except OSError as error:
        raise not_writable(folder, error) from error
    return there


def not_writable(folder: Path, error: OSError) -> Refused:
    return Refused(
        "host_not_writable",
        f"The folder {folder} of the host cannot be written: {error.strerror or error}.",
        "Name another folder there as `directory:` in hosts.yaml, or give yourself the right to write.",
    )


def can_execute(folder: Path) -> bool:
    """False on a file system that is mounted without the right to run programs."""
    if not hasattr(os, "ST_NOEXEC"):
        return True
    return not os.statvfs(folder).f_flag & os.ST_NOEXEC


def gpus() -> list[str]:
    return lines_of("nvidia-smi", "--query-gpu=name,memory.total", "--format=csv,noheader")


def slurm() -> dict[str, Any]:
    """`partitions` with the state of their nodes, and what `sinfo` said instead: nothing where it answered,
    None where the shell finds none."""
    command = ["sinfo", "--noheader", "--format=%R is %a: %D %T"]
    try:
        ended = subprocess.run(command, capture_output=True, timeout=20, check=False)
    except subprocess.TimeoutExpired as error:
        return {"partitions": [], "sinfo": one_line(error.stderr or b"") or "nothing, for 20 s"}
    except OSError:
        return {"partitions": [], "sinfo": None}
    if ended.returncode != 0:
        return {"partitions": [], "sinfo": one_line(ended.stderr) or f"exit code {ended.returncode}"}
    return {"partitions": ended.stdout.decode(errors="replace").strip().splitlines(), "sinfo": ""}


def one_line(said: bytes) -> str:
    lines = (line.strip() for line in said.decode(errors="replace").splitlines())
    return "; ".join(line for line in lines if line)[:500]


def lines_of(*command: str) -> list[str]:
    """What a program prints; nothing where it is not there, or fails."""
    try:
        said = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return []
    return said.stdout.strip().splitlines() if said.returncode == 0 else []


def installed(package: str) -> str | None:
    """Its version in this Python."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(package)
    except PackageNotFoundError:
        return None


def ray_in(environment: Path) -> str | None:
    found = next(environment.glob("lib/*/site-packages/ray-*.dist-info"), None)
    return found.name.removeprefix("ray-").removesuffix(".dist-info") if found else None


def has_venv() -> bool:
    """Debian keeps parts of it apart."""
    from importlib.util import find_spec

    return find_spec("venv") is not None and find_spec("ensurepip") is not None


@contextmanager
def alone(directory: Path) -> Iterator[None]:
    """One client at a time changes a host; the system gives the right back when its processes are gone."""
    private(directory)
    with (directory / ".set-up.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say(progress="Waiting for another client that sets this host up")
            fcntl.flock(lock, fcntl.LOCK_EX)
        _locks.add(lock.fileno())
        try:
            yield
        finally:
            _locks.discard(lock.fileno())


CALLS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "look": look,
    "place": place,
    "environment": environment,
    "install": install,
    "leftovers": leftovers,
    "remove": remove,
}


def answer(line: bytes) -> None:
    request = json.loads(line)
    try:
        say(answer=CALLS[request["call"]](request))
    except Refused as refused:
        say(error=refused.problem)
    except OSError as error:
        say(error=no_space(error) or refusal(error))


def no_space(error: OSError) -> dict[str, str] | None:
    if error.errno not in (errno.ENOSPC, errno.EDQUOT):
        return None
    where = f": {error.filename} cannot be written" if error.filename else ""
    fix = "Free some space there, then try again; or name another folder as `directory:` in hosts.yaml."
    return {"code": "host_disk_full", "message": f"The disk of the host is full{where}.", "fix": fix}


def refusal(error: OSError) -> dict[str, str]:
    said, fix = f"The host refuses: {error}.", "Mend that on the host, then try again."
    return {"code": "host_failed", "message": said, "fix": fix}


def main() -> None:
    """Requests are read apart from the work, so that the end of input ends it."""
    source = sys.stdin.buffer
    waiting: list[bytes] = []
    arrived = threading.Condition()

    def read() -> None:
        for line in source:
            with arrived:
                waiting.append(line)
                arrived.notify()
        for child in list(_children):
            os.killpg(child.pid, 15)
        os._exit(0)

    for side in (read, beat):
        threading.Thread(target=side, daemon=True).start()
    while True:
        with arrived:
            arrived.wait_for(lambda: bool(waiting))
            line = waiting.pop(0)
        answer(line)


if __name__ == "__main__":
    main()
