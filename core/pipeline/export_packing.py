"""An export as one file to download, packed to a file without a name rather than into memory."""

from __future__ import annotations

import shutil
import tempfile
import zipfile

import numpy as np
from numpy.typing import NDArray

from core.export.write import MANIFEST_NAME
from core.fingerprint import file_digest
from core.pipeline.exported import Exported

EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time a zip can hold; the same files, the same bytes


def content_hash(exported: Exported) -> str:
    """sha256 of the manifest, which names every other file by its sha256."""
    return file_digest(exported.folder / MANIFEST_NAME)


def download_name(exported: Exported) -> str:
    """A file name that differs whenever a byte of the content does."""
    return f"{exported.name}-{content_hash(exported)[:16]}.zip"


def data_name(exported: Exported) -> str:
    """The same for the data file alone."""
    manifest = exported.manifest
    suffix = manifest.data_file.rpartition(".")[2]
    return f"{exported.name}-{manifest.data_sha256[:16]}.{suffix}"


def packed(exported: Exported) -> NDArray[np.uint8]:
    """The export's files as one zip, a memory map; the same files give the same bytes.

    The file below it has no name and goes with the last reader, so that a server keeps nothing.
    """
    with tempfile.TemporaryFile() as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in sorted(exported.files):
                entry = zipfile.ZipInfo(f"{exported.name}/{name}", EPOCH)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = 0o644 << 16
                with (exported.folder / name).open("rb") as source, archive.open(entry, "w") as to:
                    shutil.copyfileobj(source, to, 1 << 20)
        file.flush()
        return np.memmap(file, dtype=np.uint8, mode="r")


def data(exported: Exported) -> NDArray[np.uint8]:
    """The data file alone, a memory map."""
    return np.memmap(exported.folder / exported.manifest.data_file, dtype=np.uint8, mode="r")
