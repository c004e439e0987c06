"""Which differences between two models' configs matter: those that change the forward pass."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from merge_lab_agent.checkpoint import Checkpoint

# Of saving, training, generation and reporting; and what tensor shapes or the tokenizer say better.
_IRRELEVANT = {
    "_name_or_path", "_commit_hash", "_attn_implementation", "_attn_implementation_autoset",
    "architectures", "auto_map", "bos_token_id", "chunk_size_feed_forward", "dtype", "eos_token_id",
    "finetuning_task", "forced_bos_token_id", "forced_eos_token_id", "id2label", "initializer_range",
    "is_decoder", "label2id", "model_max_length", "output_attentions", "output_hidden_states",
    "output_router_logits", "pad_token_id", "prefix", "pretraining_tp", "problem_type", "return_dict",
    "router_aux_loss_coef", "sep_token_id", "task_specific_params", "tie_word_embeddings",
    "tokenizer_class", "torch_dtype", "transformers_version", "unsloth_fixed", "unsloth_version",
    "use_cache", "vocab_size",
}  # fmt: skip


def config_differences(base: Checkpoint, expert: Checkpoint) -> list[str]:
    """Names of config fields that change the forward pass and differ, sorted.

    Versions of transformers name the same thing differently (`rope_theta` and `rope_parameters`), so where
    the files differ both are first read by transformers, which fills in defaults.
    """
    differing = _differing(base.config, expert.config)
    if not differing:
        return []
    ours, theirs = _with_defaults(base.folder), _with_defaults(expert.folder)
    if ours is None or theirs is None:  # an architecture that this transformers does not know
        return sorted(key for key in differing if key in base.config and key in expert.config)
    return _differing(ours, theirs)


def _differing(ours: dict[str, Any], theirs: dict[str, Any]) -> list[str]:
    keys = {key for key in ours.keys() | theirs.keys() if not _irrelevant(key)}
    return sorted(key for key in keys if _plain(ours.get(key)) != _plain(theirs.get(key)))


def _plain(value: Any) -> Any:
    """A nested config without its own irrelevant fields."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items() if not _irrelevant(str(key))}
    return value


def _irrelevant(key: str) -> bool:
    return key in _IRRELEVANT or key.endswith(("dropout", "_pdrop", "dropout_prob"))


def _with_defaults(folder: Path) -> dict[str, Any] | None:
    from transformers import AutoConfig

    try:
        config: dict[str, Any] = AutoConfig.from_pretrained(
            folder, local_files_only=True, trust_remote_code=False
        ).to_dict()
    except Exception:  # unknown architectures and odd values raise what they like
        return None
    return config
