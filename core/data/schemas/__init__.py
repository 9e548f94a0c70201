"""The shapes of records we read: one file a schema, registered by importing it here."""

from core.data.schemas import alpaca, messages, prompt_response, sharegpt
from core.data.schemas.schema import SCHEMAS, Schema, matching, recognise

__all__ = [
    "SCHEMAS",
    "Schema",
    "alpaca",
    "matching",
    "messages",
    "prompt_response",
    "recognise",
    "sharegpt",
]
