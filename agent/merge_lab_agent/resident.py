"""One model, built once; every merge overwrites its parameters in place.

Its parameters lie in one flat buffer in the order of the pool, so that a small model is replaced by a handful
of vectorised operations. What a checkpoint's tensors are called in the module is not assumed but verified:
after loading the base, every tensor must be found again, bit for bit, in the parameter it belongs to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch

from merge_lab_agent.layout import Piece, Slot
from merge_lab_agent.problem import Problem
from merge_lab_agent.task_vectors import Merge, Pool

_DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}


class ResidentModel:
    """The transformers module (`.model`, in eval mode) that merges of a pool are written into.

    Example:
        resident = ResidentModel(pool, dtype="float32", device="cpu")
        resident.apply({"method": "average"}, ["code", "math"], None)
    """

    def __init__(self, pool: Pool, *, dtype: str, device: str, allow_remote_code: bool = False) -> None:
        """Load the base. Raises: Problem `dtype_unsupported`, `model_unsupported`, `weights_missing`."""
        if dtype not in _DTYPES:
            raise Problem(
                "dtype_unsupported", f"There is no dtype {dtype!r}.", f"Use one of {', '.join(_DTYPES)}."
            )
        self.pool, self.dtype, self.device = pool, _DTYPES[dtype], torch.device(device)
        self._allow_remote_code = allow_remote_code
        loaded = self._load()
        self.model: torch.nn.Module = loaded.model.to(self.device).eval().requires_grad_(False)
        self._refuse_missing(loaded)
        found = self._find_parameters(loaded)
        self._parameters: dict[str, torch.nn.Parameter] | None = found
        self._flat: torch.Tensor | None = None
        if found is None:
            self._verify_conversion()
        elif all(p.dtype == self.dtype for p in found.values()):
            self._flat = self._flatten(found)

    def apply(
        self,
        method: dict[str, Any] | None,
        subset: list[str],
        seed: int | None,
        weights: Mapping[str, float] | None = None,
    ) -> None:
        """Overwrite the parameters: a merge of `subset`; or with method None the base (no name), one expert
        as it is, or θ0 + Σ w_i v_i with `weights`. What was applied before does not matter.

        Raises: Problem `method_invalid`, `expert_unknown`.
        """
        merge = self.pool.plan(method, subset, seed, weights)
        if self._parameters is None:
            tensors = self._converted(self._merged_tensors(merge))
            _overwrite(self.model, tensors)
            return
        self.pool.merge_into(merge, self._destination, self._store)

    # Writing merged pieces into the module ----------------------------------------------------------------

    def _destination(self, piece: Piece) -> torch.Tensor | None:
        """Merge straight into the parameters where they are float32 on the pool's device."""
        if self._flat is None or self.dtype != torch.float32 or self.device != self.pool.device:
            return None
        return self._flat[piece.begin : piece.end]

    def _store(self, piece: Piece, values: torch.Tensor) -> None:
        if self._flat is not None:
            target = self._flat[piece.begin : piece.end]
            if target.data_ptr() != values.data_ptr():
                target.copy_(values)
            return
        assert self._parameters is not None
        for part in self.pool.within(piece):
            assert part.slot is not None
            parameter = self._parameters.get(part.slot.name)
            if parameter is not None:
                begin = part.begin - part.slot.begin
                into = parameter.data.view(-1)[begin : begin + part.n]
                into.copy_(values[part.begin - piece.begin : part.end - piece.begin])

    def _flatten(self, parameters: dict[str, torch.nn.Parameter]) -> torch.Tensor:
        """Make the parameters views of one buffer laid out like the pool; tied ones stay tied."""
        flat = torch.zeros(self.pool.length, dtype=self.dtype, device=self.device)
        for slot in self.pool.slots:
            parameter = parameters.get(slot.name)
            if parameter is not None:
                view = flat[slot.begin : slot.end].view(slot.shape)
                view.copy_(parameter.data)
                parameter.data = view
        return flat

    # Finding the checkpoint's tensors in the module -------------------------------------------------------

    def _refuse_missing(self, loaded: _Loaded) -> None:
        """Every parameter must be the checkpoint's, under its own name, a converted one or a tied one's.

        Raises: Problem `weights_missing`.
        """
        named = dict(self.model.named_parameters(remove_duplicate=False))
        given = {p.data_ptr() for name, p in named.items() if name not in loaded.missing}
        missing = [name for name, p in named.items() if p.data_ptr() not in given]
        if missing:
            more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
            raise Problem(
                "weights_missing",
                f"{self.pool.base.folder} has no tensor for {missing[0]}{more}, "
                "so its values would be made up.",
                "Use a complete checkpoint of a causal language model.",
                file=self.pool.base.folder,
            )

    def _find_parameters(self, loaded: _Loaded) -> dict[str, torch.nn.Parameter] | None:
        """Checkpoint name to parameter, each compared bit for bit; None where loading converts the tensors
        (such as experts of a mixture fused into one parameter), so that merges must be loaded the same way.
        """
        named = dict(self.model.named_parameters(remove_duplicate=False))
        prefix = f"{getattr(self.model, 'base_model_prefix', '')}."
        found: dict[str, torch.nn.Parameter] = {}
        for slot in self.pool.slots:
            names = (slot.name, prefix + slot.name, slot.name.removeprefix(prefix))
            parameter = next((named[name] for name in names if name in named), None)
            if parameter is not None and self._holds(parameter, slot):
                found[slot.name] = parameter
            elif slot.name not in loaded.unexpected:
                return None
        covered = {parameter.data_ptr() for parameter in found.values()}
        return found if all(p.data_ptr() in covered for p in named.values()) else None

    def _holds(self, parameter: torch.nn.Parameter, slot: Slot) -> bool:
        stored = self.pool.base.read(slot.name)
        return parameter.shape == stored.shape and torch.equal(parameter.data, stored.to(parameter.data))

    def _load(self, tensors: dict[str, torch.Tensor] | None = None) -> _Loaded:
        """The base by transformers' own loader, or the same model with `tensors` in place of its files."""
        from transformers import AutoModelForCausalLM
        from transformers.utils import logging

        logging.disable_progress_bar()
        folder = self.pool.base.folder
        options: dict[str, Any] = {"dtype": self.dtype, "output_loading_info": True}
        try:
            if tensors is None:
                options |= {"local_files_only": True, "use_safetensors": True}
                options["trust_remote_code"] = self._allow_remote_code
                model, info = AutoModelForCausalLM.from_pretrained(str(folder), **options)
            else:
                kind = type(self.model)
                options |= {"config": self.model.config, "state_dict": tensors}
                model, info = kind.from_pretrained(None, **options)  # type: ignore[attr-defined]
        except (OSError, ValueError, RuntimeError, KeyError, ImportError, AttributeError) as error:
            raise Problem(
                "model_unsupported",
                f"transformers cannot load {folder}: {error}",
                "Use a causal language model that this version of transformers knows.",
                file=folder,
            ) from error
        return _Loaded(model, frozenset(info["missing_keys"]), frozenset(info["unexpected_keys"]))

    # Architectures whose tensors are converted while loading ----------------------------------------------

    def _merged_tensors(self, merge: Merge) -> dict[str, torch.Tensor]:
        """The merged checkpoint as tensors: merged ones in the model's dtype, others from the base."""
        base = self.pool.base
        tensors = {name: base.read(name) for name in base.tensors}
        if base.tied_embeddings and base.head is not None:
            del tensors[base.head]
        for slot in self.pool.slots:
            tensors[slot.name] = torch.empty(slot.shape, dtype=self.dtype)
        for piece, values in self.pool.merged(merge):
            for part in self.pool.within(piece):
                assert part.slot is not None
                into = tensors[part.slot.name].view(-1)[part.begin - part.slot.begin :][: part.n]
                into.copy_(values[part.begin - piece.begin : part.end - piece.begin])
        return tensors

    def _converted(self, tensors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        state: dict[str, torch.Tensor] = self._load(tensors).model.state_dict()
        return state

    def _verify_conversion(self) -> None:
        """Loading the base from tensors in memory must give what loading its files gave. Raises: Problem."""
        converted = self._converted(self._merged_tensors(self.pool.plan(None, [], None)))
        state = self.model.state_dict()
        if converted.keys() != state.keys() or not all(
            torch.equal(converted[name].to(self.device), state[name]) for name in state
        ):
            raise Problem(
                "model_unsupported",
                f"The tensors of {self.pool.base.folder} cannot be found again in the model that "
                f"transformers makes of them ({type(self.model).__name__}).",
                "Use another architecture, or a version of transformers that loads this one unchanged.",
                file=self.pool.base.folder,
            )


@dataclass(frozen=True)
class _Loaded:
    model: torch.nn.Module
    missing: frozenset[str]
    unexpected: frozenset[str]


def _overwrite(model: torch.nn.Module, tensors: dict[str, torch.Tensor]) -> None:
    for name, target in model.state_dict().items():
        target.copy_(tensors[name])
