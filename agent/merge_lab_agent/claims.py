"""Claims: which worker has which block of a plan, so that any number of workers may share it.

A claim is a file created exclusively. Its owner raises a lease counter in it every few seconds. Another
worker takes a block over when the owner's process is known to be dead (same machine), or when it has itself
watched the counter stand still for `LEASE_SECONDS` on its own clock: clocks of different hosts are never
compared. Two workers on one block would only do the same work twice, since the first valid result wins: races
cost time, nothing else.
"""

from __future__ import annotations

import contextlib
import json
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

from merge_lab_agent import STORE_FORMAT
from merge_lab_agent.faults import fault
from merge_lab_agent.problem import Problem
from merge_lab_agent.process import ProcessIdentity, alive, this_process
from merge_lab_agent.store import Store, cannot_write, compact_json, write_atomically

BLOCK_MERGES = 32
MANY_WORKERS = 64
LEASE_SECONDS = 30.0
RENEW_SECONDS = 5.0


Block = int | str
"""A block of a plan by its number; or by name, whatever else one alone may do for it."""


def blocks(total: int) -> list[range]:
    """The positions of a plan in blocks: of 32 merges, and of ever fewer towards its end, so that no worker
    is left with many while others have none."""
    found, begin = [], 0
    while begin < total:
        length = max(1, min(BLOCK_MERGES, (total - begin) // MANY_WORKERS))
        found.append(range(begin, begin + length))
        begin += length
    return found


class Claims:
    """The blocks that one worker holds. Use as a context: leaving it releases them and ends the renewal."""

    def __init__(
        self, store: Store, plan_id: str, worker: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.folder = store.claims(plan_id)
        self.worker = worker
        self._clock = clock
        self._lease = 0
        self._held: set[Block] = set()
        self._seen: dict[Block, tuple[bytes, float]] = {}
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._renewal: threading.Thread | None = None
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise cannot_write(self.folder, error) from error

    def __enter__(self) -> Claims:
        self._renewal = threading.Thread(target=self._renew, name="lease", daemon=True)
        self._renewal.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        if self._renewal is not None:
            self._renewal.join()
        for block in list(self._held):
            self.release(block)

    def claim(self, block: Block) -> bool:
        """Takes a free or abandoned block; False where a living worker has it."""
        if block in self._held:
            return True
        if not self._create(block):
            owner = self._abandoned(block)
            if owner is None:
                return False
            self._bury(block, owner)
            if not self._create(block):
                return False
        self._held.add(block)
        self._seen.pop(block, None)
        fault("after_claim")
        return True

    def holds(self, block: Block) -> bool:
        """Whether a claim is still this worker's: one that slept for long may have lost it."""
        return self._owns(block)

    def release(self, block: Block) -> None:
        """Gives the block back, unless somebody took it over meanwhile."""
        with self._lock:
            self._held.discard(block)
            if self._owns(block):
                with contextlib.suppress(OSError):
                    self._file(block).unlink()

    def renew(self) -> None:
        """Raises the counter in every claim held; a claim that was taken over is left to its new owner."""
        with self._lock:
            self._lease += 1
            for block in list(self._held):
                if self._owns(block):
                    # A full disk must not end the worker here: the next append will say so.
                    with contextlib.suppress(Problem):
                        write_atomically(self._file(block), self._content(), durable=False)
                else:
                    self._held.discard(block)

    def _renew(self) -> None:
        while not self._ended.wait(RENEW_SECONDS):
            self.renew()

    def _file(self, block: Block) -> Path:
        return self.folder / str(block)

    def _content(self) -> bytes:
        owner = this_process().to_json() | {
            "format": STORE_FORMAT,
            "worker": self.worker,
            "lease": self._lease,
        }
        return compact_json(owner) + b"\n"

    def _create(self, block: Block) -> bool:
        """Exclusive creation with the content already in it: a kill in between leaves no empty claim."""
        file, temporary = self._file(block), self.folder / f".{block}.{self.worker}.tmp"
        try:
            temporary.write_bytes(self._content())
            try:
                if os.name == "nt":
                    temporary.rename(file)  # refuses an existing name there
                else:
                    os.link(temporary, file)
                return True
            except FileExistsError:
                return False
            except OSError:
                return self._create_plainly(file)  # a file system without links
            finally:
                temporary.unlink(missing_ok=True)
        except OSError as error:
            raise cannot_write(file, error) from error

    def _create_plainly(self, file: Path) -> bool:
        try:
            with file.open("xb") as opened:
                opened.write(self._content())
            return True
        except FileExistsError:
            return False

    def _abandoned(self, block: Block) -> bytes | None:
        """The content of a claim whose owner is gone, else None. Unreadable claims lapse like silent ones."""
        try:
            content = self._file(block).read_bytes()
        except FileNotFoundError:
            return b""
        except OSError:
            return None
        owner = _owner(content)
        if owner is not None and alive(owner) is False:
            return content
        seen, since = self._seen.get(block, (None, 0.0))
        if seen != content:
            self._seen[block] = (content, self._clock())
            return None
        return content if self._clock() - since >= LEASE_SECONDS else None

    def _bury(self, block: Block, content: bytes) -> None:
        """Removes the claim that was judged and no other: a newer one found in its place is put back."""
        file, grave = self._file(block), self.folder / f".{block}.{self.worker}.dead"
        with contextlib.suppress(OSError):
            file.rename(grave)
            if content and grave.read_bytes() != content:
                os.link(grave, file)
            grave.unlink()

    def _owns(self, block: Block) -> bool:
        with contextlib.suppress(OSError):
            return f'"worker":"{self.worker}"'.encode() in self._file(block).read_bytes()
        return False


def _owner(content: bytes) -> ProcessIdentity | None:
    try:
        return ProcessIdentity.from_json(json.loads(content))
    except (ValueError, RecursionError):
        return None
