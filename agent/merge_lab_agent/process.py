"""Which process is meant, and whether it still lives: a process id alone may be reused."""

from __future__ import annotations

import os
import platform
import subprocess
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

SYSTEM = platform.system()


@dataclass(frozen=True)
class ProcessIdentity:
    """A process on a machine. `space` tells boots and containers apart that share a host name."""

    host: str
    space: str
    pid: int
    started: str

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, document: Any) -> ProcessIdentity | None:
        """None where the document does not name a process."""
        if not isinstance(document, dict):
            return None
        host, space, pid, started = (document.get(name) for name in ("host", "space", "pid", "started"))
        if isinstance(host, str) and isinstance(space, str) and isinstance(started, str) and type(pid) is int:
            return cls(host, space, pid, started)
        return None


def this_process() -> ProcessIdentity:
    return identify(os.getpid())


def identify(pid: int) -> ProcessIdentity:
    """The process of this machine that has `pid` now; `started` is empty where there is none."""
    return ProcessIdentity(platform.node(), _space(), pid, _started(pid) or "")


def alive(process: ProcessIdentity) -> bool | None:
    """Whether it lives; None where that cannot be known from here (another host, another container)."""
    if process.host != platform.node() or process.space != _space():
        return None
    return bool(process.started) and _started(process.pid) == process.started


@cache
def _space() -> str:
    if SYSTEM != "Linux":
        return ""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot} {Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return ""


def _started(pid: int) -> str | None:
    """Start time of a living process in the system's own words; None for a dead one, a zombie included."""
    if SYSTEM == "Linux":
        try:
            stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return None
        # The name in parentheses may hold anything: fields count from its end, state first, start 20th.
        fields = stat[stat.rindex(")") + 2 :].split()
        return None if fields[0] in "ZXx" else fields[19]
    if SYSTEM == "Windows":
        return _started_windows(pid)
    answer = subprocess.run(
        ["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout.strip()
    return None if not answer or answer.startswith("Z") else answer.partition(" ")[2].strip()


def _started_windows(pid: int) -> str | None:
    import ctypes
    from ctypes import wintypes

    kernel = getattr(ctypes, "WinDLL")("kernel32", use_last_error=True)  # noqa: B009  (exists on Windows only)
    kernel.OpenProcess.restype = wintypes.HANDLE
    kernel.OpenProcess.argtypes = [wintypes.DWORD, wintypes.BOOL, wintypes.DWORD]
    kernel.GetProcessTimes.argtypes = [wintypes.HANDLE, *[ctypes.POINTER(wintypes.FILETIME)] * 4]
    kernel.CloseHandle.argtypes = [wintypes.HANDLE]
    handle = kernel.OpenProcess(0x1000, False, pid)  # PROCESS_QUERY_LIMITED_INFORMATION
    if not handle:
        return None
    try:
        created, ended, system, user = (wintypes.FILETIME() for _ in range(4))
        times = [ctypes.byref(moment) for moment in (created, ended, system, user)]
        if not kernel.GetProcessTimes(handle, *times) or ended.dwLowDateTime or ended.dwHighDateTime:
            return None
        return str(created.dwHighDateTime << 32 | created.dwLowDateTime)
    finally:
        kernel.CloseHandle(handle)


def anonymous_memory() -> int | None:
    """Bytes of anonymous memory of this process; None where the system does not tell."""
    try:
        for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
            if line.startswith("RssAnon:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return None
