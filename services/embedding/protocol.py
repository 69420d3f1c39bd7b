"""What turns words into numbers."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
Vector = npt.NDArray[np.float32]  # one row of them


class Embedder(Protocol):
    """Vectors of different embedders cannot be compared: `name` tells them apart."""

    @property
    def name(self) -> str: ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """A row of length 1 for each text, so that the product of two rows is their cosine; (n, d).

        :raise TransientError: if it is worth another try later.
        """


def unit(vectors: npt.NDArray[np.floating]) -> Vectors:
    """The same directions at length 1; a row of zeros stays as it is."""
    lengths = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    return np.asarray(vectors / lengths, dtype=np.float32)
