"""The verbs of `python -m core`, a file a group: each declares its options and names its step."""

from core.verbs import (
    choosing,
    comparing,
    curating,
    exporting,
    holding,
    labelling,
    mapping,
    measuring,
    neurons,
    reading,
    searching,
    sharing,
    telling,
    whole,
)
from core.verbs.calls import Call, app

__all__ = [
    "Call",
    "app",
    "choosing",
    "comparing",
    "curating",
    "exporting",
    "holding",
    "labelling",
    "mapping",
    "measuring",
    "neurons",
    "reading",
    "searching",
    "sharing",
    "telling",
    "whole",
]
