"""Everything Pickwise knows. Never imports `shell` or a window toolkit."""

import os

# Read when numpy is first imported. OpenBLAS's other threads wait for the next product by spinning: picking at ten a
# second then kept a processor busy for nothing, and the products here are small.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
