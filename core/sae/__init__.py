"""Sparse autoencoders: model, training, checkpoints, thresholds, feature sets, statistics.

Importing this package loads no torch; `model`, `train` and `checkpoint` do when imported.
"""
