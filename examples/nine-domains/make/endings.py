"""The task `endings` for the evaluation harness: which of four endings belongs to a held-out answer?"""

import json
import random
from pathlib import Path

from . import recipe
from .domains import DOMAINS
from .generate import Item, take

EACH = 6
"""Items of each domain; three wrong endings each, of other answers in the same domain."""
WRONG = 3


def halves(item: Item) -> tuple[str, str]:
    """An answer's first words, and the rest with the space before it."""
    words = item.output.split(" ")
    middle = max(1, len(words) // 2)
    return " ".join(words[:middle]), "".join(f" {word}" for word in words[middle:])


def endings_jsonl() -> str:
    """The items: question, beginning of the answer, endings, place of the right one."""
    draw = random.Random(recipe.SEED)
    lines = []
    for domain in DOMAINS:
        held_out = take(domain, "eval", recipe.EVAL_SAMPLES)
        rests = list(dict.fromkeys(halves(item)[1] for item in held_out))
        for item in held_out[2 :: recipe.EVAL_SAMPLES // EACH][:EACH]:
            begin, right = halves(item)
            endings = draw.sample([rest for rest in rests if rest not in (right, "")], WRONG)
            answer = draw.randrange(WRONG + 1)
            endings.insert(answer, right)
            line = {"question": item.instruction, "begin": begin, "endings": endings, "answer": answer}
            lines.append(json.dumps(line, ensure_ascii=False))
    return "\n".join(lines) + "\n"


def write_endings(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "items.jsonl").write_bytes(endings_jsonl().encode())
