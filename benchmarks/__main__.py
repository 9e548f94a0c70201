"""`make bench`: the benchmarks one after the other, figures on the screen.

    python -m benchmarks [POOL.npy]

The dense methods need a file of embeddings; without one they run at tiny size.
"""

import sys

from benchmarks import dense, neurons, selection

if __name__ == "__main__":
    selection.main([])
    neurons.main([])
    dense.main(sys.argv[1:] or ["--tiny"])
