"""Code that loads an export, to be copied; paths stand in it as string literals."""

from __future__ import annotations

import json
from typing import Any

from core.export.records import Loading


def datasets_code(builder: str, path: str) -> Loading:
    """The file through `datasets`."""
    return Loading(
        "datasets",
        "python",
        "from datasets import load_dataset\n\n"
        f'subset = load_dataset("{builder}", data_files={json.dumps(path)}, split="train")',
    )


def pandas_code(function: str, path: str, **arguments: Any) -> Loading:
    """The file through pandas."""
    more = "".join(f", {name}={value!r}" for name, value in arguments.items())
    return Loading(
        "pandas", "python", f"import pandas\n\nsubset = pandas.{function}({json.dumps(path)}{more})"
    )


def trl_code(path: str) -> Loading:
    """Fine-tuning on the file with TRL."""
    return Loading(
        "TRL",
        "python",
        "from datasets import load_dataset\nfrom trl import SFTTrainer\n\n"
        f'subset = load_dataset("json", data_files={json.dumps(path)}, split="train")\n'
        'trainer = SFTTrainer(model="MODEL", train_dataset=subset)\ntrainer.train()',
    )
