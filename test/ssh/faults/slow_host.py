"""What a host of the fault tests does otherwise than this machine: its clock is set, its disk slow, or full.

Loaded by a `.pth` file of the host's Python. All are read from files, so that a test changes them under way.
A disk is made full here only where no small one can be mounted.
"""

import errno
import os
import shutil
import sys
import time
from pathlib import Path

_home = Path(sys.prefix)
_time, _time_ns, _gmtime, _strftime = time.time, time.time_ns, time.gmtime, time.strftime
_fsync, _write, _disk_usage = os.fsync, os.write, shutil.disk_usage


def _said(name: str) -> float:
    try:
        return float((_home / name).read_text(encoding="ascii") or 0)
    except (OSError, ValueError):
        return 0.0


def _moved(seconds: float | None = None) -> time.struct_time:
    return _gmtime(time.time() if seconds is None else seconds)


def _slowly(handle: int) -> None:
    if "run" in sys.orig_argv:
        time.sleep(_said("seconds_a_write"))
    _refuse_if_full()
    _fsync(handle)


def _written(handle: int, content: bytes) -> int:
    _refuse_if_full()
    return _write(handle, content)


def _refuse_if_full() -> None:
    if _said("disk_full"):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _room(folder: Path) -> "shutil._ntuple_diskusage":
    found = _disk_usage(folder)
    return found._replace(free=0) if _said("disk_full") else found


time.time = lambda: _time() + _said("clock_ahead")
time.time_ns = lambda: _time_ns() + int(_said("clock_ahead") * 1e9)
time.gmtime = _moved
time.strftime = lambda form, moment=None: _strftime(form, moment or _moved())
os.fsync, os.write, shutil.disk_usage = _slowly, _written, _room
