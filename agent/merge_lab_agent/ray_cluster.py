"""Ray's clusters, through its own library: one that runs is joined, else one of this machine is started.

Ray is imported when it is asked for and not before: it reads its settings from the environment then.
https://docs.ray.io/en/latest/ray-core/starting-ray.html
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from merge_lab_agent.problem import Problem
from merge_lab_agent.request import invalid

REQUIREMENT = "ray>=2.52,<3"
"""With the first version whose clusters can ask for a token."""
ADDRESS = re.compile(r"(?:ray://)?(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9][A-Za-z0-9._-]{0,252}):(\d{1,5})")
ANSWER_SECONDS = 5.0
SETTINGS = b"\x04"
FIRST_WORDS = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0" + SETTINGS + b"\0" * 5
OBJECT_STORE_BYTES = 80 << 20
"""The least that Ray takes, nearly: workers read files, and only small words go through it."""
LONGEST_FOLDER = 40
"""Of characters: sockets of Ray lie 60 deeper, and their paths have 107 at most."""


@dataclass(frozen=True)
class Cluster:
    """What each living node has in all (`CPU`, `GPU`, `memory` in bytes). `own`: of this run alone."""

    nodes: tuple[dict[str, float], ...]
    own: bool


def ray_address(value: Any) -> str:
    """`ray` of a request, checked: `auto` or `HOST:PORT`, with `ray://` before it for Ray's client."""
    if isinstance(value, str) and (value == "auto" or ADDRESS.fullmatch(value)):
        return value
    raise invalid("'ray' is neither auto nor the address of a cluster, HOST:PORT.")


def find_cluster(address: str) -> str | None:
    """Where to join; None where `auto` finds no cluster. Raises Problem `ray_unreachable`.

    `auto` is the address in RAY_ADDRESS, else this user's last `ray start` on this machine, if it answers.
    """
    if address != "auto":
        return _answering(address, "`ray:` of this host in hosts.yaml")
    if named := os.environ.get("RAY_ADDRESS"):
        if ADDRESS.fullmatch(named) is None:
            raise _unreachable(named, "RAY_ADDRESS", "that is no HOST:PORT")
        return _answering(named, "RAY_ADDRESS")
    started = _started_here()
    return started if started is not None and _silence(started) is None else None


@contextlib.contextmanager
def joined(address: str) -> Iterator[Cluster]:
    """A cluster that runs already. Raises Problem `ray_missing`, `ray_refused`."""
    ray = _ray()
    try:
        # Ray's own words go to its own logs; a notebook's progress bars are of no use here.
        ray.init(address=address, log_to_driver=False, namespace="merge-lab")
        nodes = _nodes(ray)
    except Exception as error:
        ray.shutdown()
        raise _refused(f"The Ray cluster at {address} cannot be used", error) from error
    try:
        yield Cluster(nodes, own=False)
    finally:
        ray.shutdown()


@contextlib.contextmanager
def started(name: str, cores: int) -> Iterator[Cluster]:
    """A cluster of this machine for one run, which ends with this process, however that ends.

    It listens on the loopback address alone and asks for a token, since others may be on this machine.
    """
    folder = _folder(name)
    os.environ |= {
        "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",  # Ray's switch for the loopback address, on any system
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN": secrets.token_hex(32),
        "RAY_worker_niceness": "0",  # Ray's own default lets them wait behind everything else on the machine
        "RAY_enable_worker_prestart": "0",
        "RAY_prestart_worker_first_driver": "0",
    }
    ray = _ray()
    try:
        try:
            folder.mkdir(mode=0o700)
            ray.init(
                address="local",
                num_cpus=cores,
                include_dashboard=False,
                object_store_memory=OBJECT_STORE_BYTES,
                log_to_driver=False,
                namespace="merge-lab",
                _temp_dir=str(folder),
                _node_ip_address="127.0.0.1",
            )
            nodes = _nodes(ray)
        except Exception as error:
            raise _refused("No Ray cluster can be started on this machine", error) from error
        yield Cluster(nodes, own=True)
    finally:
        ray.shutdown()
        shutil.rmtree(folder, ignore_errors=True)


def _ray() -> Any:
    """The library. Raises Problem `ray_missing`."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    try:
        import ray
    except ImportError as error:
        raise Problem(
            "ray_missing",
            f"The Python that runs the agent here has no Ray: {sys.executable} ({error}).",
            "Install Ray there, in the cluster's version: "
            f'{sys.executable} -m pip install "{REQUIREMENT}". '
            "Or name a Python that has it and PyTorch as `python:` of this host in hosts.yaml.",
        ) from error
    return ray


def _nodes(ray: Any) -> tuple[dict[str, float], ...]:
    return tuple(dict(node["Resources"]) for node in ray.nodes() if node["Alive"])


def _folder(name: str) -> Path:
    """For Ray's sockets and logs; what a killed run of that name left there is removed."""
    parent = Path(tempfile.gettempdir())
    folder = parent / f"mlr-{name}"
    if len(str(folder)) > LONGEST_FOLDER:
        folder = Path("/tmp") / folder.name[:LONGEST_FOLDER]
    shutil.rmtree(folder, ignore_errors=True)
    return folder


def _started_here() -> str | None:
    """What the last `ray start` of this user wrote down, where Ray itself looks for it."""
    file = Path(os.environ.get("RAY_TMPDIR") or "/tmp") / "ray" / "ray_current_cluster"
    try:
        with file.open(encoding="utf-8") as opened:
            is_own = not hasattr(os, "getuid") or os.fstat(opened.fileno()).st_uid == os.getuid()
            address = opened.read(300).strip()
    except (OSError, ValueError):
        return None
    return address if is_own and ADDRESS.fullmatch(address) else None


def _answering(address: str, named_by: str) -> str:
    if (why := _silence(address)) is not None:
        raise _unreachable(address, named_by, why)
    return address


def _silence(address: str) -> str | None:
    """Why no server of Ray's kind is there; None where one is. Ray itself would try for minutes.

    Its servers speak gRPC, which is HTTP/2: whoever says its first words is answered with a SETTINGS frame
    (RFC 9113, section 3.4). Under TLS only the connection is tried.
    """
    host, _, port = address.removeprefix("ray://").rpartition(":")
    try:
        with socket.create_connection((host.strip("[]"), int(port)), timeout=ANSWER_SECONDS) as link:
            if os.environ.get("RAY_USE_TLS", "0") == "0":
                link.sendall(FIRST_WORDS)
                if link.recv(9)[3:4] != SETTINGS:
                    return "what is there is no cluster"
    except TimeoutError:
        return f"it said nothing within {ANSWER_SECONDS:.0f} s"
    except (OSError, OverflowError) as error:
        return getattr(error, "strerror", None) or str(error)
    return None


def _unreachable(address: str, named_by: str, why: str) -> Problem:
    return Problem(
        "ray_unreachable",
        f"No Ray cluster answers at {address[:100]}: {why}.",
        f"Start it (`ray start --head` says its address), or correct {named_by}.",
    )


def _refused(what: str, error: Exception) -> Problem:
    words = next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
    return Problem(
        "ray_refused",
        f"{what}: {words[:500]}",
        "Ray and Python must be of the same version on all of its machines, and RAY_AUTH_TOKEN is needed "
        "where the cluster asks for one; `ray status` there says more.",
    )
