"""Devices that merges run on, and the seats by which one run at a time uses each of them."""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from merge_lab_agent.problem import Problem

LOOK_SECONDS = 0.25
GATE_SECONDS = 1.0


@dataclass(frozen=True)
class Device:
    """`name` as torch takes it; `description` as results record it: the hardware, not its number. One that is
    not `here` belongs to a node that a batch system will choose: of it only the kind is known."""

    name: str
    description: str
    here: bool = True


ELSEWHERE = {
    "elsewhere:cuda": Device("cuda", "a GPU of the cluster", here=False),
    "elsewhere:cpu": Device("cpu", "processors of the cluster", here=False),
}


def planned_device(asked: str) -> Device:
    """What a plan is made for: a device of this machine, or `elsewhere:cuda`, `elsewhere:cpu`; what a Ray
    cluster is for with `ray:ADDRESS`."""
    if asked.startswith("ray:"):
        from merge_lab_agent.ray_run import device_of_cluster

        return device_of_cluster(asked.removeprefix("ray:"))
    return ELSEWHERE.get(asked) or resolve_device(asked)


def resolve_device(asked: str) -> Device:
    """`auto` is the first GPU there is, else the processor. Raises Problem `device_missing`.

    `cpu` needs no torch, so that a run on it queues without loading anything.
    """
    if asked == "cpu":
        return Device("cpu", "cpu")
    if re.fullmatch(r"auto|mps|cuda(:\d+)?", asked) is None:
        raise _missing(asked)
    import torch

    if asked == "auto":
        asked = (
            "cuda:0" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
        )
    if asked == "cpu":
        return Device("cpu", "cpu")
    if asked == "mps":
        if not torch.backends.mps.is_available():
            raise _missing(asked)
        return Device("mps", "mps")
    number = int(asked.partition(":")[2] or 0)
    if not torch.cuda.is_available() or number >= torch.cuda.device_count():
        raise _missing(asked)
    return Device(f"cuda:{number}", torch.cuda.get_device_name(number))


def _missing(asked: str) -> Problem:
    return Problem(
        "device_missing",
        f"This machine has no device '{asked[:40]}' that PyTorch can use.",
        "Use the device `auto` or `cpu`, or install a PyTorch build for your GPU.",
    )


def home() -> Path:
    """Where this user's locks lie; `MERGE_LAB_HOME` names another folder than `~/.merge-lab`."""
    named = os.environ.get("MERGE_LAB_HOME")
    return Path(named) if named else Path.home() / ".merge-lab"


@contextlib.contextmanager
def device_lock(
    device: Device,
    holder: str,
    *,
    waiting: Callable[[str], None],
    stopping: Callable[[], bool],
) -> Iterator[bool]:
    """Holds a seat at the device for the duration of the context; the system frees it when the process dies.

    Workers with the same `holder` sit side by side. While another run sits there, `waiting` is told which.
    Yields False if a wish to stop came first.
    """
    said = ""
    while isinstance(seat := _seat(device, holder), str):
        if stopping():
            yield False
            return
        if seat != said:
            said = seat
            waiting(seat)
        time.sleep(LOOK_SECONDS)
    try:
        yield True
    finally:
        seat.release()


def _seat(device: Device, holder: str) -> Any:
    """The lock of a free seat, or who else sits at the device."""
    from filelock import Timeout

    stem = device.name.replace(":", "-")
    gate = _lock(_lock_folder() / f"{stem}.gate")
    try:
        gate.acquire(timeout=GATE_SECONDS)
    except Timeout:
        return "another run"
    taken = None
    try:
        *known, new = _seats(stem)
        for file in known:
            lock = _lock(file)
            try:
                lock.acquire(timeout=0)
            except Timeout:
                if (other := _holder(file)) != holder:
                    if taken is not None:
                        taken.release()
                    return other
                continue
            if taken is None:
                taken, place = lock, file
            else:
                lock.release()
        if taken is None:
            taken, place = _lock(new), new
            taken.acquire(timeout=0)
        with contextlib.suppress(OSError):
            place.with_suffix(".holder").write_text(holder, encoding="utf-8")
        return taken
    finally:
        gate.release()


def _seats(stem: str) -> list[Path]:
    """`cpu.lock`, `cpu.1.lock`, ...: those that are known, and a new one, which is free."""
    folder = _lock_folder()
    known = {folder / f"{stem}.lock", *folder.glob(f"{stem}.*.lock")}
    new = next(file for n in itertools.count(1) if (file := folder / f"{stem}.{n}.lock") not in known)
    return [*sorted(known, key=lambda file: (len(file.name), file.name)), new]


def _lock(file: Path) -> Any:
    from filelock import FileLock

    # Each lock object must be its own: filelock would otherwise share one within a process.
    return FileLock(file, is_singleton=False)


def _lock_folder() -> Path:
    folder = home() / "devices"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if os.access(folder, os.W_OK):
            return folder
    except OSError:
        pass
    # A home that cannot be written (containers, batch systems): the lock is then per machine.
    user = os.getuid() if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")
    folder = Path(tempfile.gettempdir()) / f"merge-lab-{user}" / "devices"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _holder(file: Path) -> str:
    try:
        return file.with_suffix(".holder").read_text(encoding="utf-8") or "another run"
    except OSError:
        return "another run"
