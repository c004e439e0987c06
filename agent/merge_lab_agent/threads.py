"""Threads that each work on a piece of their own.

Cutting every small operation among threads costs a meeting of all of them for each; on a busy machine, where
one is always late, nearly all time goes into waiting. Here a thread does all operations of its pieces alone.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, contextmanager, nullcontext
from itertools import islice
from typing import TypeVar

import torch

from merge_lab_agent.cores import SMALL_PARAMETERS

_T = TypeVar("_T")


@contextmanager
def one_thread() -> Iterator[None]:
    """Inside, torch's operations of this thread are not cut: small ones gain little by it, and lose much."""
    before = torch.get_num_threads()
    if before > 1:
        torch.set_num_threads(1)
    try:
        yield
    finally:
        if before > 1:
            torch.set_num_threads(before)


def threads_for(parameters: int) -> AbstractContextManager[None]:
    """One thread for the passes of a small model, torch's own number for others."""
    return one_thread() if parameters <= SMALL_PARAMETERS else nullcontext()


class Threads:
    """As many threads as torch uses, each of which runs torch's operations alone."""

    def __init__(self) -> None:
        self.count = torch.get_num_threads()
        self._executor: ThreadPoolExecutor | None = None

    def each(self, items: Iterable[_T], work: Callable[[_T], None], at_once: int = 4) -> None:
        """work(item) for every item, in any order, handing `at_once` to a thread together.

        The first exception, in the order of items, is raised when all threads have ended their work.
        """
        groups = list(_in_groups(items, at_once))
        if self.count == 1 or len(groups) <= 1:
            with one_thread():
                for item in (item for group in groups for item in group):
                    work(item)
            return
        if self._executor is None:
            self._executor = self._start()

        def work_all(some: list[_T]) -> None:
            for item in some:
                work(item)

        futures = [self._executor.submit(work_all, group) for group in groups]
        wait(futures)
        for future in futures:
            future.result()

    def _start(self) -> ThreadPoolExecutor:
        """Torch's setting is each thread's own, but also becomes that of later threads: restored."""
        executor = ThreadPoolExecutor(self.count, "merge", initializer=torch.set_num_threads, initargs=(1,))
        all_here = threading.Barrier(self.count)
        for _ in executor.map(lambda _: all_here.wait(), range(self.count)):
            pass
        torch.set_num_threads(self.count)
        return executor


def _in_groups(items: Iterable[_T], at_once: int) -> Iterator[list[_T]]:
    source = iter(items)
    while group := list(islice(source, at_once)):
        yield group
