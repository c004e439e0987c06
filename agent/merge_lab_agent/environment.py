"""What this machine offers: Python, the libraries, devices with their free memory, and disk."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from merge_lab_agent import PROTOCOL, STORE_FORMAT, __version__

PACKAGES = ("torch", "transformers", "safetensors", "tokenizers", "numpy")


def environment(request: dict[str, Any]) -> dict[str, Any]:
    """The call `environment {store}`. Memory and disk in bytes; what cannot be known is null.

    A library that is missing or broken is a Problem in `problems`, not a failure of the call.
    """
    problems: list[dict[str, str]] = []
    versions = {name: _version(name, problems) for name in PACKAGES}
    store = request.get("store")
    return {
        "agent": __version__,
        "protocol": PROTOCOL,
        "store_format": STORE_FORMAT,
        "python": platform.python_version(),
        "executable": sys.executable,
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "host": platform.node(),
        **versions,
        "devices": [_processor(), *(_gpus() if versions["torch"] else [])],
        "disk": _disk(Path(store)) if isinstance(store, str) and store else None,
        "problems": problems,
    }


def _version(package: str, problems: list[dict[str, str]]) -> str | None:
    try:
        return str(import_module(package).__version__)
    except Exception as error:
        problems.append(
            {
                "code": "package_missing" if isinstance(error, ModuleNotFoundError) else "package_broken",
                "message": f"Python package {package} cannot be used: {error}",
                "fix": "Set up the agent's Python environment again.",
            }
        )
        return None


def _processor() -> dict[str, Any]:
    total, free = _memory()
    return {
        "name": "cpu",
        "description": f"{platform.processor() or platform.machine()}, {os.cpu_count()} threads",
        "memory_bytes": total,
        "free_memory_bytes": free,
    }


def _memory() -> tuple[int | None, int | None]:
    """Total and available bytes of main memory."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        kilobytes = {line.split(":")[0]: int(line.split()[1]) for line in lines}
        return kilobytes["MemTotal"] * 1024, kilobytes["MemAvailable"] * 1024
    except (OSError, KeyError, ValueError, IndexError):
        pass
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"), None
    except (AttributeError, ValueError, OSError):
        return None, None


def _gpus() -> list[dict[str, Any]]:
    import torch

    found = []
    for number in range(torch.cuda.device_count() if torch.cuda.is_available() else 0):
        free, total = torch.cuda.mem_get_info(number)
        found.append(
            {
                "name": f"cuda:{number}",
                "description": torch.cuda.get_device_name(number),
                "memory_bytes": total,
                "free_memory_bytes": free,
            }
        )
    if torch.backends.mps.is_available():
        found.append(
            {"name": "mps", "description": "Apple GPU", "memory_bytes": None, "free_memory_bytes": None}
        )
    return found


def _disk(folder: Path) -> dict[str, Any] | None:
    """Of the nearest folder that exists."""
    for candidate in (folder, *folder.parents):
        if candidate.exists():
            usage = shutil.disk_usage(candidate)
            return {"folder": str(candidate), "total_bytes": usage.total, "free_bytes": usage.free}
    return None
