"""One forward pass, three readings: embeddings, neuron maxima and SAE codes of every example.

Reading order: config, models, hookpoints, batching, forward, onepass, readings, stream.
Runs on a bare GPU machine; torch and transformers are imported by the functions that need them.
"""

from core.extract.calibrate import settle
from core.extract.config import ExtractConfig
from core.extract.device import choose_device, choose_dtype
from core.extract.latents import LatentEncoder
from core.extract.merge import merge_shards
from core.extract.models import Architecture, LanguageModel, load_model
from core.extract.onepass import read_shard
from core.extract.readings import Readings, ShardReadings
from core.extract.shards import shard_rows, shards_of
from core.extract.stream import stream_activations
from core.extract.tokens import TokenActivations, token_activations
from core.extract.writing import save_shard

__all__ = [
    "Architecture",
    "ExtractConfig",
    "LanguageModel",
    "LatentEncoder",
    "Readings",
    "ShardReadings",
    "TokenActivations",
    "choose_device",
    "choose_dtype",
    "load_model",
    "merge_shards",
    "read_shard",
    "save_shard",
    "settle",
    "shard_rows",
    "shards_of",
    "stream_activations",
    "token_activations",
]
