"""Every number that decides what the models and their data are. The same for all sizes but the shapes."""

from typing import NamedTuple

SEED = 0
THREADS = 1  # sums depend on it: more threads are hardly faster here and give slightly different weights

# Data. Problems fall into three parts by a hash of their slots, in percent.
BASE_SHARE, EXPERT_SHARE, EVAL_SHARE = 60, 28, 12
BASE_DOCUMENTS = 4000  # a domain
EXPERT_SAMPLES = 1280  # a domain
EVAL_SAMPLES = 40  # a domain
LONGEST = 330  # characters of instruction and answer together

# Tokenizer.
VOCABULARY = 640
SPECIAL_TOKENS = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")


class Shape(NamedTuple):
    hidden: int
    layers: int
    heads: int
    key_value_heads: int
    feed_forward: int


SHAPES = {
    "S": Shape(hidden=32, layers=2, heads=2, key_value_heads=1, feed_forward=64),
    "M": Shape(hidden=64, layers=3, heads=4, key_value_heads=2, feed_forward=128),
    "L": Shape(hidden=112, layers=4, heads=4, key_value_heads=2, feed_forward=224),
}


class Schedule(NamedTuple):
    steps: int
    warmup: int
    rate: float  # after the warm-up; it falls linearly to zero
    rows: int  # of a batch


BASE = Schedule(steps=1000, warmup=50, rate=8e-3, rows=32)
EXPERT = Schedule(steps=40, warmup=4, rate=5e-4, rows=32)
INITIALIZER = 0.05  # standard deviation of the first weights
CONTEXT = 128  # tokens of a row of base text
LONGEST_INPUT = 512  # tokens; positions the models know
