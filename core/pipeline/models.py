"""Opening a model for a step: device and number format chosen once, here."""

from __future__ import annotations

from dataclasses import dataclass

from core.extract import LanguageModel, choose_device, choose_dtype, load_model

DEFAULT_MODEL = "minilm"


@dataclass(frozen=True, slots=True)
class ModelAsk:
    """Which model to read with, and where; None is chosen for the machine."""

    model: str = DEFAULT_MODEL
    device: str | None = None
    dtype: str | None = None


def open_model(ask: ModelAsk) -> LanguageModel:
    """Load the model; ModelError when it is unknown or damaged, RequestError for the device."""
    device = choose_device(ask.device)
    return load_model(ask.model, device=device, dtype=choose_dtype(device, ask.dtype))
