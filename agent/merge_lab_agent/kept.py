"""Tensors worth keeping between merges, within a bound."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable

import torch


class Kept:
    """Things worth keeping, the least recently used thrown away beyond a limit in bytes."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.size = 0
        self._things: OrderedDict[Hashable, torch.Tensor] = OrderedDict()
        self._lock = threading.RLock()

    def get(self, key: Hashable, make: Callable[[], torch.Tensor]) -> torch.Tensor:
        """The thing kept under `key`, made first if need be; threads that ask for one being made wait."""
        with self._lock:
            return self._get(key, make)

    def _get(self, key: Hashable, make: Callable[[], torch.Tensor]) -> torch.Tensor:
        thing = self._things.get(key)
        if thing is not None:
            self._things.move_to_end(key)
            return thing
        thing = make()
        size = thing.numel() * thing.element_size()
        if size <= self.limit:
            while self.size + size > self.limit:
                _, old = self._things.popitem(last=False)
                self.size -= old.numel() * old.element_size()
            self._things[key] = thing
            self.size += size
        return thing
