"""The loss of the resident model on evaluation sets: summed cross-entropy in nats over the scored tokens.

Only what is needed is computed: hidden states of length-sorted batches, logits at the scored positions alone,
and their float32 cross-entropy a few rows at a time. Whatever the architecture does between hidden state and
logits (soft caps, scaling) is done by its own forward method; that the shortcut equals full logits is proved
on one batch when the scorer is made, and where it does not, full logits are used.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import torch

from merge_lab_agent.batches import Batch, make_batches
from merge_lab_agent.methods import Workspace
from merge_lab_agent.problem import Problem
from merge_lab_agent.threads import Threads, threads_for

if TYPE_CHECKING:
    from merge_lab_agent.evaluation import EvaluationSet

_MOST_VALUES = 1000  # per sample; above, blocks of samples
_LOGITS = 1 << 25  # logits computed at a time: 64 MiB in bfloat16
_ROWS = 1 << 20  # of these in float32 at a time by one thread: what a cache holds
_TOLERANCE = {
    torch.float32: 1e-4,
    torch.float16: 2e-2,
    torch.bfloat16: 6e-2,
}  # nats a token, shortcut against full


@dataclass(frozen=True)
class Score:
    """The score of one merge on one evaluation set; `nll` in nats over `tokens`, not finite if `diverged`."""

    nll: float
    tokens: int
    samples: int
    per_sample: npt.NDArray[np.float32]
    """NLL of each sample; above 1,000, of blocks: block i sums samples ⌊i·n/1000⌋ to ⌊(i+1)·n/1000⌋−1. Of a
    set that shares its text always of each: an oracle chooses by sample."""
    seconds: float
    batch_tokens: int
    diverged: bool


class Scorer:
    """Scores a causal language model whose parameters may change between calls.

    Example: `Scorer(resident.model, device="cpu", dtype="float32", batch_tokens=8192).score(evaluation)`
    """

    def __init__(self, model: torch.nn.Module, *, device: str, dtype: str, batch_tokens: int) -> None:
        """batch_tokens: most tokens of a batch, padding included; halved for good when memory runs out."""
        self.model: Any = model
        self.device = torch.device(device)
        self.dtype: torch.dtype = getattr(torch, dtype)
        self.batch_tokens = batch_tokens
        self._batches: dict[tuple[str, ...], list[Batch]] = {}
        self._threads = Threads()
        self._spaces = threading.local()
        parameters = sum(parameter.numel() for parameter in model.parameters())
        self.threads = partial(threads_for, parameters)
        self.way = self._choose_way()

    def score(self, evaluation: EvaluationSet) -> Score:
        """The loss on one evaluation set. Raises: Problem `out_of_memory`, `token_out_of_range`."""
        return self.score_all([evaluation])[0]

    def score_all(self, evaluations: Sequence[EvaluationSet]) -> list[Score]:
        """The losses on several sets, whose samples share batches: fewer, fuller forward passes.

        Raises: Problem `out_of_memory`, `token_out_of_range`.
        """
        if not evaluations:
            return []
        begun = time.perf_counter()
        nll, scored = self._nll_by_sample(evaluations), 0
        seconds = time.perf_counter() - begun
        everything = sum(len(s.tokens) for e in evaluations for s in e.samples)
        scores = []
        for evaluation in evaluations:
            part = nll[scored : scored + len(evaluation.samples)]
            scored += len(part)
            share = sum(len(sample.tokens) for sample in evaluation.samples) / max(1, everything)
            scores.append(self._score(evaluation, part, seconds * share))
        return scores

    def _score(self, evaluation: EvaluationSet, nll: npt.NDArray[np.float64], seconds: float) -> Score:
        total = float(nll.sum())
        return Score(
            nll=total,
            tokens=sum(len(sample.scored) for sample in evaluation.samples),
            samples=len(evaluation.samples),
            per_sample=(nll if evaluation.shared else _in_blocks(nll)).astype(np.float32),
            seconds=seconds,
            batch_tokens=self.batch_tokens,
            diverged=not np.isfinite(total),
        )

    def _nll_by_sample(self, evaluations: Sequence[EvaluationSet]) -> npt.NDArray[np.float64]:
        """NLL of every sample of every set, in order; batches are halved until they fit."""
        while True:
            try:
                return self._run(evaluations)
            except (MemoryError, RuntimeError) as error:
                if not _is_out_of_memory(error):
                    raise
                self._halve(error)

    def _run(self, evaluations: Sequence[EvaluationSet]) -> npt.NDArray[np.float64]:
        batches = self._batches_of(evaluations)
        totals = torch.zeros(
            sum(len(e.samples) for e in evaluations), dtype=torch.float64, device=self.device
        )
        with torch.inference_mode(), self.threads():
            for batch in batches:
                totals.index_add_(0, batch.sample, self._nll(batch, self.way).double())
        result: npt.NDArray[np.float64] = totals.cpu().numpy()
        return result

    def _batches_of(self, evaluations: Sequence[EvaluationSet]) -> list[Batch]:
        key = tuple(evaluation.id for evaluation in evaluations)
        found = self._batches.get(key)
        if found is None:
            samples = [sample for evaluation in evaluations for sample in evaluation.samples]
            self._check_tokens(samples)
            found = self._batches[key] = make_batches(samples, self.batch_tokens, self.device)
        return found

    def _check_tokens(self, samples: Sequence[Any]) -> None:
        """Ids beyond the embedding would crash, or read foreign memory, deep inside a kernel."""
        rows = self.model.get_input_embeddings().weight.shape[0]
        largest = max((max(sample.tokens) for sample in samples if sample.tokens), default=0)
        if largest >= rows:
            raise Problem(
                "token_out_of_range",
                f"The evaluation data contains token {largest}, but the model knows only {rows}.",
                "Use the tokenizer that belongs to the base.",
            )

    def _halve(self, error: Exception) -> None:
        self._batches.clear()
        self._spaces = threading.local()
        if self.device.type == "cuda":
            torch.cuda.empty_cache()
        if self.batch_tokens <= 1:
            raise Problem(
                "out_of_memory",
                f"A single sample does not fit into the memory of {self.device}.",
                "Lower evaluation.max_length, use a smaller dtype, or a device with more memory.",
            ) from error
        self.batch_tokens //= 2

    # One batch --------------------------------------------------------------------------------------------

    def _nll(self, batch: Batch, way: str) -> torch.Tensor:
        """−log p of every scored token of a batch, float32 [scored].

        way: `gathered` as described above; `masked` the same with an explicit attention mask; `full` logits.
        """
        out = torch.empty(batch.targets.numel(), dtype=torch.float32, device=self.device)
        done = 0
        for logits in self._logits(batch, way):
            targets = batch.targets[done : done + len(logits)]
            self._cross_entropy(logits, targets, out[done : done + len(logits)])
            done += len(logits)
        return out

    def _logits(self, batch: Batch, way: str) -> Iterator[torch.Tensor]:
        """Logits [some scored positions, vocabulary], in order of position."""
        # Causal attention never sees what is to the right, so right padding needs no mask.
        mask = None if way == "gathered" else batch.mask
        if way == "full":
            logits = self.model(input_ids=batch.tokens, attention_mask=mask, use_cache=False).logits
            yield from logits.reshape(-1, logits.shape[-1])[batch.position].split(self.rows)
            return
        backbone = self.model.base_model
        output = backbone(input_ids=batch.tokens, attention_mask=mask, use_cache=False)
        hidden = output.last_hidden_state
        at_scored = hidden.reshape(-1, hidden.shape[-1])[batch.position]
        for part in at_scored.split(self.rows):
            yield self._head(part, type(output))

    def _head(self, hidden: torch.Tensor, kind: type[Any]) -> torch.Tensor:
        """Logits [n, vocabulary] of hidden states [n, width]: the model's own forward, less its backbone.

        kind: the class of the backbone's output.
        """
        backbone = self.model.base_model
        given = kind(last_hidden_state=hidden[None])
        own = vars(backbone).get("forward")  # hooks of other libraries put one there
        backbone.forward = lambda *_, **__: given  # an instance attribute hides the class's method
        try:
            logits: torch.Tensor = self.model(
                input_ids=self._stand_in[:, : len(hidden)], use_cache=False
            ).logits
        finally:
            if own is None:
                del backbone.forward
            else:
                backbone.forward = own
        return logits[0]

    def _cross_entropy(self, logits: torch.Tensor, targets: torch.Tensor, out: torch.Tensor) -> None:
        """out = −log softmax(logits)[target] in float32, a few rows at a time in memory used again."""
        vocabulary = logits.shape[-1]
        rows = max(1, _ROWS // vocabulary)

        def work(begin: int) -> None:
            part, span = logits[begin : begin + rows], slice(begin, begin + rows)
            with torch.inference_mode():  # a setting of each thread
                wide = part
                if part.dtype != torch.float32:
                    wide = self._space.take("wide", part.numel()).view(part.shape).copy_(part)
                log_p = self._space.take("log_p", part.numel()).view(part.shape)
                torch.log_softmax(wide, -1, out=log_p)
                torch.neg(log_p.gather(1, targets[span, None])[:, 0], out=out[span])

        begins = range(0, len(logits), rows)
        if self.device.type == "cpu" and len(begins) > 1:
            self._threads.each(begins, work)
        else:
            for begin in begins:
                work(begin)

    @property
    def _space(self) -> Workspace:
        """Buffers of this thread."""
        space: Workspace | None = getattr(self._spaces, "space", None)
        if space is None:
            space = self._spaces.space = Workspace(self.device)
        return space

    # Proving the shortcut ---------------------------------------------------------------------------------

    def _choose_way(self) -> str:
        """The cheapest way whose losses equal those of full logits of each sequence alone, unpadded."""
        embedding = self.model.get_input_embeddings()
        self.vocabulary = int(self.model.config.get_text_config().vocab_size)
        self.rows = max(1, _LOGITS // self.vocabulary)
        self._stand_in = torch.zeros((1, _LOGITS), dtype=torch.long, device=self.device)[:, :1].expand(
            1, _LOGITS
        )
        probes = _probes(min(self.vocabulary, embedding.weight.shape[0]))
        tolerance = _TOLERANCE[self.dtype]
        with torch.inference_mode():
            alone = [make_batches([probe], 1, self.device)[0] for probe in probes]
            truth = torch.cat([self._nll(batch, "full") for batch in alone])
            together = make_batches(probes, 1 << 20, self.device)[0]
            order = torch.argsort(together.sample, stable=True)
            for way in ("gathered", "masked"):
                try:
                    found = self._nll(together, way)[order]
                except (AttributeError, TypeError, ValueError, KeyError, IndexError, RuntimeError):
                    continue  # an architecture that is called differently; full logits remain
                if torch.allclose(found, truth, rtol=0.0, atol=tolerance):
                    return way
        return "full"


@dataclass(frozen=True)
class _Probe:
    tokens: list[int]
    scored: list[int]


def _probes(vocabulary: int) -> list[_Probe]:
    """Two sequences of different lengths, so that one is padded, with gaps between scored positions."""
    random = np.random.default_rng(0)
    first, second = (random.integers(0, vocabulary, size=n).tolist() for n in (24, 13))
    return [_Probe(first, [3, 4, 9, 23]), _Probe(second, [1, 7, 12])]


def _in_blocks(nll: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Sums over 1,000 blocks of consecutive samples where there are more samples than that."""
    if len(nll) <= _MOST_VALUES:
        return nll
    begins = np.arange(_MOST_VALUES) * len(nll) // _MOST_VALUES
    sums: npt.NDArray[np.float64] = np.add.reduceat(nll, begins)
    return sums


def _is_out_of_memory(error: Exception) -> bool:
    if isinstance(error, (MemoryError, torch.OutOfMemoryError)):
        return True
    return "can't allocate memory" in str(error) or "not enough memory" in str(error)
