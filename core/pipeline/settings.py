"""What pages ask people for: the configurations of the steps and the formats of an export."""

from core.data.ingest import IngestConfig
from core.export.formats import FORMATS
from core.extract.config import ExtractConfig
from core.sae.config import SaeConfig
from core.sae.threshold import ThresholdConfig

__all__ = ["FORMATS", "ExtractConfig", "IngestConfig", "SaeConfig", "ThresholdConfig"]
