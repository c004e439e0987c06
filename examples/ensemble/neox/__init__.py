"""A second family of models on the sample's problems: another architecture, tokenizer and template.

The problems and the training loop are those of `nine-domains/make`.
"""

import sys
from pathlib import Path

SAMPLE = Path(__file__).resolve().parents[2] / "nine-domains"
if str(SAMPLE) not in sys.path:
    sys.path.insert(0, str(SAMPLE))
