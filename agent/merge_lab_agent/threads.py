"""Threads that each work on a piece of their own.

Cutting every small operation among threads costs a meeting of all of them for each; on a busy machine, where
one is always late, nearly all time goes into waiting. Here a thread does all operations of its pieces alone.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

import torch

_T = TypeVar("_T")
_AT_ONCE = 4  # items handed to a thread together


class Threads:
    """As many threads as torch uses, each of which runs torch's operations alone."""

    def __init__(self) -> None:
        self.count = torch.get_num_threads()
        self._executor: ThreadPoolExecutor | None = None

    def each(self, items: Iterable[_T], work: Callable[[_T], None]) -> None:
        """work(item) for every item, in any order; the first exception is raised when all have ended."""
        if self.count == 1:
            for item in items:
                work(item)
            return
        if self._executor is None:
            self._executor = self._start()

        def work_all(some: list[_T]) -> None:
            for item in some:
                work(item)

        for _ in self._executor.map(work_all, _in_groups(items)):
            pass

    def _start(self) -> ThreadPoolExecutor:
        """Torch's setting is each thread's own, but also becomes that of later threads: restored."""
        executor = ThreadPoolExecutor(self.count, "merge", initializer=torch.set_num_threads, initargs=(1,))
        all_here = threading.Barrier(self.count)
        for _ in executor.map(lambda _: all_here.wait(), range(self.count)):
            pass
        torch.set_num_threads(self.count)
        return executor


def _in_groups(items: Iterable[_T]) -> Iterator[list[_T]]:
    source = iter(items)
    while group := list(islice(source, _AT_ONCE)):
        yield group
