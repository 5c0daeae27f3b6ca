"""What images look like to the network that is installed: vectors, near by them, turned and mirrored hashes.

Vectors are cached by content in the library's sidecar folder, so each picture is looked at once.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt


class Vectors(NamedTuple):
    vectors: npt.NDArray[np.float16]
    have: npt.NDArray[np.bool_]
    threshold: float
    notices: list[str]
