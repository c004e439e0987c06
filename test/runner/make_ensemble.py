"""A tiny ensemble: three architectures with two tokenizers, a copy, and two domains, in the folder named."""

import sys
from pathlib import Path

agent = Path(__file__).resolve().parents[2] / "agent"
sys.path[:0] = [str(agent), str(agent / "tests")]

from tiny_models import make_model, other_tokenizer, tiny_records, write_records  # noqa: E402

root = Path(sys.argv[1])
small = make_model(root / "models" / "small")
make_model(root / "models" / "again", like=small, noise=0.02, seed=4)
make_model(root / "models" / "large", architecture="llama", hidden_size=32, seed=1)
make_model(root / "models" / "other", architecture="gpt_neox", tied=False, seed=2, tokenizer=False)
other_tokenizer(bos_token="<|end|>", eos_token="<|end|>").save_pretrained(root / "models" / "other")
for name in ["alpha", "beta"]:
    write_records(root / "eval" / f"{name}.json", tiny_records(name, 30))
