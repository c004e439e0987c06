"""A cluster of Slurm on this machine: its daemons in a temporary folder, on ports of their own.

`python small_cluster.py` starts one, prints its `SLURM_CONF`, and stops it when its input ends.
"""

from __future__ import annotations

import contextlib
import os
import platform
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

PROGRAMS = ("munged", "slurmctld", "slurmd")
CONFIGURATION = """\
ClusterName=small
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller}
SlurmdPort={daemon}
AuthType=auth/munge
AuthInfo=socket={folder}/munge/socket
CryptoType=crypto/munge
MpiDefault=none
ProctrackType=proctrack/pgid
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
SlurmUser={user}
SlurmdUser={user}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=0,sched_min_interval=0,sched_interval=1,bf_interval=1
JobRequeue=1
KillWait=5
NodeName={host} NodeAddr=127.0.0.1 CPUs={cores} RealMemory=1000 State=UNKNOWN
PartitionName=work Nodes=ALL Default=YES MaxTime=INFINITE State=UP
PartitionName=closed Nodes=ALL MaxTime=INFINITE State=DOWN
"""


def why_no_cluster() -> str | None:
    """None, or why tests on a cluster are left out."""
    if platform.system() != "Linux" or os.getuid() != 0:
        return "Slurm's daemons are started as root on Linux"
    missing = [name for name in PROGRAMS if _program(name) is None]
    return (
        f"{', '.join(missing)} of Slurm not installed (Debian: apt install slurmctld slurmd slurm-client)"
        if missing
        else None
    )


@contextlib.contextmanager
def small_cluster() -> Iterator[Path]:
    """The path of its `slurm.conf`; it is ready for jobs."""
    folder = Path(tempfile.mkdtemp(prefix="merge-lab-slurm-"))
    started: list[subprocess.Popen[bytes]] = []
    try:
        for name in ("munge", "state", "spool"):
            (folder / name).mkdir(mode=0o700)
        (folder / "munge" / "key").write_bytes(os.urandom(128))
        (folder / "munge" / "key").chmod(0o400)
        configuration = folder / "slurm.conf"
        host, user = platform.node().partition(".")[0], "root"
        controller, daemon = _free_port(), _free_port()
        cores = len(os.sched_getaffinity(0))
        configuration.write_text(CONFIGURATION.format_map(locals()))
        munge = [
            f"--{name}={folder}/munge/{name}" for name in ("socket", "pid-file", "log-file", "seed-file")
        ]
        key = f"--key-file={folder}/munge/key"
        started.append(_start(folder, "munged", "--foreground", "--force", key, *munge))
        _wait_for(lambda: (folder / "munge" / "socket").exists(), folder)
        started.append(_start(folder, "slurmctld", "-D", "-f", str(configuration)))
        started.append(_start(folder, "slurmd", "-D", "-f", str(configuration)))
        _wait_for(lambda: _sinfo(configuration) == "idle", folder)
        yield configuration
        _end_jobs(configuration)
    finally:
        for process in reversed(started):
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _program(name: str) -> str | None:
    return shutil.which(name, path=f"/usr/sbin:/usr/local/sbin:{os.environ.get('PATH', '')}")


def _start(folder: Path, name: str, *arguments: str) -> subprocess.Popen[bytes]:
    with (folder / f"{name}.log").open("ab") as log:
        program = _program(name)
        assert program is not None
        return subprocess.Popen([program, *arguments], stdin=subprocess.DEVNULL, stdout=log, stderr=log)


def _sinfo(configuration: Path) -> str:
    command = ["sinfo", "--noheader", "--partition=work", "--format=%t"]
    environment = os.environ | {"SLURM_CONF": str(configuration)}
    return subprocess.run(
        command, capture_output=True, text=True, env=environment, check=False
    ).stdout.strip()


def _end_jobs(configuration: Path) -> None:
    """Their guards would outlive the daemons."""
    environment = os.environ | {"SLURM_CONF": str(configuration)}

    def jobs() -> list[str]:
        command = ["squeue", "--noheader", "--format=%A"]
        return subprocess.run(command, capture_output=True, text=True, env=environment).stdout.split()

    subprocess.run(["scancel", "--full", f"--user={os.getuid()}"], env=environment, check=False)
    _wait_for(lambda: not jobs(), configuration.parent)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _wait_for(condition: object, folder: Path) -> None:
    assert callable(condition)
    deadline = time.monotonic() + 30
    while not condition():
        if time.monotonic() > deadline:
            logs = "\n".join(file.read_text(errors="replace")[-1000:] for file in folder.glob("*.log"))
            raise RuntimeError(f"the cluster does not start: {logs}")
        time.sleep(0.1)


if __name__ == "__main__":
    with small_cluster() as running:
        print(running, flush=True)
        sys.stdin.read()
