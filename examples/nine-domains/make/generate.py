"""Seeded problems in three parts that never share one: base text, expert samples, held-out samples."""

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Literal, NamedTuple

from . import recipe
from .domains import DOMAINS
from .problem import Family

Part = Literal["base", "expert", "eval"]


class Item(NamedTuple):
    family: str
    slots: tuple[int | str, ...]
    instruction: str
    output: str


def part_of(domain: str, family: str, slots: tuple[int | str, ...]) -> Part:
    """The part a problem belongs to, whatever its wording and whoever draws it."""
    digest = sha256(json.dumps([domain, family, *slots]).encode()).digest()
    percent = int.from_bytes(digest[:8], "big") % 100
    if percent < recipe.BASE_SHARE:
        return "base"
    return "expert" if percent < recipe.BASE_SHARE + recipe.EXPERT_SHARE else "eval"


def draw_item(draw: Random, domain: str, family: Family, part: Part) -> Item | None:
    """One problem of the family in this part; None if many draws find none."""
    for _ in range(200):
        slots, wordings, solution = family(draw)
        instruction = draw.choice(wordings)
        if part_of(domain, family.__name__, slots) == part and len(instruction + solution) <= recipe.LONGEST:
            return Item(family.__name__, slots, instruction, solution)
    return None


def draw_items(domain: str, part: Part, seed: int = recipe.SEED) -> Iterator[Item]:
    """Items without end, or until the families run dry; no instruction twice; families take turns.

    Held-out items do not repeat a problem in another wording either.
    """
    draw = Random(f"{seed}/{domain}/{part}")
    families = list(DOMAINS[domain])
    seen: set[object] = set()
    while families:
        draw.shuffle(families)
        for family in tuple(families):
            for _ in range(20):
                item = draw_item(draw, domain, family, part)
                if item is None:
                    break
                once = (item.family, item.slots) if part == "eval" else item.instruction
                if once not in seen:
                    seen.add(once)
                    yield item
                    break
            else:
                families.remove(family)


def take(domain: str, part: Part, count: int, seed: int = recipe.SEED) -> list[Item]:
    items = [item for _, item in zip(range(count), draw_items(domain, part, seed))]
    if len(items) < count:
        raise ValueError(
            f"{domain} has only {len(items)} of {count} {part} items: add families or widen their slots"
        )
    return items


def base_documents(domain: str, count: int = recipe.BASE_DOCUMENTS, seed: int = recipe.SEED) -> list[str]:
    """Plain text: the problem, a line break, its solution."""
    return [f"{item.instruction}\n{item.output}" for item in take(domain, "base", count, seed)]


def eval_json(domain: str, count: int = recipe.EVAL_SAMPLES, seed: int = recipe.SEED) -> str:
    """The file of a domain's held-out samples."""
    rows = [
        {"instruction": item.instruction, "output": item.output} for item in take(domain, "eval", count, seed)
    ]
    return "[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]\n"


def write_eval(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for domain in DOMAINS:
        (folder / f"{domain}.json").write_bytes(eval_json(domain).encode())
