"""The agent of Model Merge Lab: prepares, merges and scores language models."""

__version__ = "0.1.0"
PROTOCOL = 1
STORE_FORMAT = 1
SCORER = 1
