"""What sets these models apart from the sample's. They are trained by the same schedules."""

from typing import NamedTuple

VOCABULARY = 1024
END_OF_TEXT = "<|endoftext|>"


class Shape(NamedTuple):
    hidden: int
    layers: int
    heads: int
    feed_forward: int


SHAPES = {
    "S": Shape(hidden=24, layers=2, heads=2, feed_forward=96),
    "M": Shape(hidden=48, layers=3, heads=4, feed_forward=192),
    "L": Shape(hidden=80, layers=4, heads=4, feed_forward=320),
}

SKILLS = {
    "mathematics": ("algebra", "analysis", "discrete", "geometry", "number_theory"),
    "science": ("biology", "chemistry", "physics"),
    "code": ("code",),
}

# The same model again from other first weights and in another order: nothing but chance sets these apart.
AGAIN_SIZE, AGAIN_SKILL, AGAIN_SEEDS = "S", "science", (1, 2, 3)
