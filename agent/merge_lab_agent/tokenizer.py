"""The tokenizer of a model, from its own tokenizer.json.

The file is read with the `tokenizers` library itself: classes of transformers rebuild some tokenizers from
parts, differently from version to version, while an evaluation set must depend on the model's files only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from merge_lab_agent.checkpoint import read_json_object
from merge_lab_agent.problem import Problem

if TYPE_CHECKING:
    import tokenizers

TOKENIZER_FILES = (
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "chat_template.jinja",
    "chat_template.json",
    "tokenizer.model",
    "vocab.json",
    "merges.txt",
    "vocab.txt",
)
_SPECIAL_NAMES = ("bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token")


@dataclass(frozen=True)
class Tokens:
    """One tokenised text: ids and the characters `[begin, end)` each stands for; spans leave no gap."""

    ids: list[int]
    spans: list[tuple[int, int]]


@dataclass
class Tokenizer:
    """What evaluation needs of a tokenizer.

    `named` maps `eos_token` and the like to their text; `special` are the ids of all special tokens; `prefix`
    is what the tokenizer itself puts before a text (a BOS, or nothing).
    """

    folder: Path
    backend: tokenizers.Tokenizer
    named: dict[str, str]
    special: frozenset[int]
    prefix: list[int]
    config: dict[str, Any] = field(repr=False)

    @classmethod
    def load(cls, folder: Path) -> Tokenizer:
        """Raises: Problem `tokenizer_missing`, `tokenizer_invalid`."""
        backend = _backend(folder)
        backend.no_truncation()  # a tokenizer.json may carry the limits of somebody's training run
        backend.no_padding()
        config = cls.config_of(folder)
        named = _named_tokens(_optional_json(folder / "special_tokens_map.json") | config)
        added = backend.get_added_tokens_decoder()
        special = {number for number, token in added.items() if token.special}
        special |= {number for text in named.values() if (number := backend.token_to_id(text)) is not None}
        return cls(folder, backend, named, frozenset(special), _prefix(backend, config, named), config)

    @staticmethod
    def config_of(folder: Path) -> dict[str, Any]:
        """tokenizer_config.json, or {} without one. Raises: Problem `tokenizer_invalid`."""
        return _optional_json(folder / "tokenizer_config.json")

    @property
    def size(self) -> int:
        """Number of ids, added tokens included: the largest id plus one."""
        return max(self.backend.get_vocab(with_added_tokens=True).values(), default=-1) + 1

    @property
    def end_of_text(self) -> int | None:
        text = self.named.get("eos_token")
        return None if text is None else self.backend.token_to_id(text)

    def encode(self, texts: list[str]) -> list[Tokens]:
        """Tokenise without adding special tokens; those written in the text are recognised."""
        encodings = self.backend.encode_batch(texts, add_special_tokens=False)
        return [Tokens(list(e.ids), _without_gaps(e.offsets)) for e in encodings]

    def text_of(self, ids: list[int]) -> str:
        """The text that tokens stand for, special ones too."""
        if self.backend.decoder is None and _is_byte_level(self.backend):
            from tokenizers.decoders import ByteLevel

            return ByteLevel().decode([self.backend.id_to_token(number) or "" for number in ids])
        return self.backend.decode(ids, skip_special_tokens=False)


def _is_byte_level(backend: tokenizers.Tokenizer) -> bool:
    """Whether tokens are written in the letters that stand for bytes, though the file names no decoder."""
    return "ByteLevel" in str(backend.pre_tokenizer)


def _without_gaps(offsets: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Some tokenizers trim white space from offsets: a token then begins where the one before ended.

    Bytes of one character share its span.
    """
    spans: list[tuple[int, int]] = []
    reached = 0
    for begin, end in offsets:
        spans.append((min(begin, reached), max(end, begin)))
        reached = max(reached, end)
    return spans


def _backend(folder: Path) -> tokenizers.Tokenizer:
    import tokenizers

    file = folder / "tokenizer.json"
    if not file.is_file():
        return _converted(folder)
    try:
        return tokenizers.Tokenizer.from_file(str(file))
    except Exception as error:  # the library raises bare Exception for whatever is wrong with the file
        raise Problem(
            "tokenizer_invalid",
            f"{file} is not a tokenizer: {error}.",
            "Download or copy the file again.",
            file=file,
        ) from error


def _converted(folder: Path) -> tokenizers.Tokenizer:
    """Older models have only a vocabulary: transformers knows how to build the tokenizer from it."""
    if not any((folder / name).is_file() for name in ("tokenizer.model", "vocab.json", "vocab.txt")):
        raise Problem(
            "tokenizer_missing",
            f"{folder} has no tokenizer.json.",
            "Copy the tokenizer's files into the folder of the base model.",
            file=folder,
        )
    from transformers import AutoTokenizer

    try:
        backend = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
        fast: tokenizers.Tokenizer = backend.backend_tokenizer
    except Exception as error:
        raise Problem(
            "tokenizer_invalid",
            f"{folder} has no tokenizer.json, and its vocabulary cannot be converted: {error}.",
            "Save a fast tokenizer into the folder: AutoTokenizer.from_pretrained(...).save_pretrained(...).",
            file=folder,
        ) from error
    return fast


def _optional_json(file: Path) -> dict[str, Any]:
    return read_json_object(file, "tokenizer_invalid") if file.is_file() else {}


def _named_tokens(config: dict[str, Any]) -> dict[str, str]:
    """The texts of bos_token, eos_token, ...; each is a string or an object with `content`."""
    named = {}
    for name in _SPECIAL_NAMES:
        value = config.get(name)
        text = value.get("content") if isinstance(value, dict) else value
        if isinstance(text, str):
            named[name] = text
    return named


def _prefix(backend: tokenizers.Tokenizer, config: dict[str, Any], named: dict[str, str]) -> list[int]:
    """What the tokenizer puts before a text; `add_bos_token` in its config decides where it is present."""
    bos = backend.token_to_id(named["bos_token"]) if "bos_token" in named else None
    wanted = config.get("add_bos_token")
    if wanted is False or (wanted is True and bos is None):
        return []
    if wanted is True and bos is not None:
        return [bos]
    bare = backend.encode("a", add_special_tokens=False).ids
    full = backend.encode("a", add_special_tokens=True).ids
    for begin in range(len(full) - len(bare) + 1):
        if full[begin : begin + len(bare)] == bare:
            return list(full[:begin])
    return []
