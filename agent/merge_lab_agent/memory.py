"""How much memory there is to use, on a device or in this process's share of the machine."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path


def available_memory(device: str) -> int:
    """Bytes that a run on `device` (`cpu`, `mps`, `cuda:0`) may still take; 0 where nothing says so."""
    if device.startswith("cuda"):
        import torch

        return int(torch.cuda.mem_get_info(device)[0])
    amounts = [amount for amount in (_of_machine(), _of_control_group()) if amount is not None]
    return min(amounts, default=0)


def _of_machine() -> int | None:
    """Free memory and what the system would give up for it (file caches)."""
    try:
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        pass
    if os.name == "nt":
        return _of_windows()
    return _of_mac()


def _of_mac() -> int | None:
    """Free, inactive and speculative pages, as `vm_stat` counts them."""
    try:
        text = subprocess.run(["vm_stat"], capture_output=True, text=True, timeout=10, check=True).stdout
        page = int(text.split("page size of ")[1].split()[0])
        pages = sum(
            int(line.split(":")[1].strip().rstrip("."))
            for line in text.splitlines()
            if line.startswith(("Pages free", "Pages inactive", "Pages speculative"))
        )
    except (OSError, subprocess.SubprocessError, ValueError, IndexError):
        return None
    return page * pages


def _of_windows() -> int | None:
    import ctypes

    class Status(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ulong), ("load", ctypes.c_ulong)] + [
            (name, ctypes.c_ulonglong) for name in ("total", "free", "a", "b", "c", "d", "e")
        ]

    status = Status()
    status.length = ctypes.sizeof(Status)
    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009  (exists on Windows only)
    return int(status.free) if kernel.GlobalMemoryStatusEx(ctypes.byref(status)) else None


def _of_control_group() -> int | None:
    """What is left under a container's or batch system's limit; file caches can be given up."""
    root = Path("/sys/fs/cgroup")
    for limit_file, usage_file, cache_key in (
        (root / "memory.max", root / "memory.current", "inactive_file"),
        (root / "memory/memory.limit_in_bytes", root / "memory/memory.usage_in_bytes", "total_inactive_file"),
    ):
        try:
            limit = int(limit_file.read_text(encoding="ascii"))
            used = int(usage_file.read_text(encoding="ascii"))
            counts = (limit_file.parent / "memory.stat").read_text(encoding="ascii").splitlines()
        except (OSError, ValueError):  # no such group, or `max`
            continue
        cached = next((int(c.split()[1]) for c in counts if c.split()[:1] == [cache_key]), 0)
        return max(0, limit - used + cached)
    return None
