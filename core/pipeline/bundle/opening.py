"""Opening a share bundle: every name and byte is checked before it is put anywhere."""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from pathlib import Path

from core.errors import DataError
from core.fingerprint import BLOCK, file_digest
from core.pipeline.bundle.record import LARGEST, BundleRecord, Packed
from core.publish import plain_disk_errors, whole_folder
from core.workspace import BUNDLE

MOST_BYTES = 64 << 30  # of all files of a bundle
MOST_FILES = 100_000


def open_bundle(file: Path, place: Path) -> Path:
    """Unpack a bundle under `place`, in a folder named by its hash; the folder, ready to be shown.

    A bundle that was unpacked before is not unpacked again. DataError, in one line, where it is
    no bundle, is damaged, or holds anything but what it says; nothing is left behind then.
    """
    with plain_disk_errors(file):
        if not file.is_file():
            raise DataError(f"there is no share bundle at {file}")
        folder = place / file_digest(file)[:16]
    if (folder / BUNDLE).is_file():
        return folder
    try:
        with zipfile.ZipFile(file) as archive:
            record = _checked_record(archive, file)
            with whole_folder(folder, reserve=sum(one.size for one in record.files)) as draft:
                (draft / BUNDLE).write_text(record.to_json(), encoding="utf-8")
                for one in record.files:
                    _unpack(archive, one, draft, file)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
        raise DataError(f"{file} is damaged ({error}); ask for it again") from None
    return folder


def read_record(folder: Path) -> BundleRecord:
    """What the bundle in a folder says of itself."""
    path = folder / BUNDLE
    with plain_disk_errors(path):
        text = path.read_text(encoding="utf-8", errors="replace")
    return BundleRecord.from_json(text, name=str(path))


def _checked_record(archive: zipfile.ZipFile, file: Path) -> BundleRecord:
    names = archive.namelist()
    if BUNDLE not in names:
        raise DataError(f"{file} is no share bundle of this program: it holds no {BUNDLE}")
    with archive.open(BUNDLE) as stream:
        text = stream.read(LARGEST + 1)
    if len(text) > LARGEST:
        raise DataError(f"{file} is damaged: its {BUNDLE} has over {LARGEST >> 20} MB")
    record = BundleRecord.from_json(text.decode(errors="replace"), name=str(file))
    if sorted(names) != sorted([BUNDLE, *(one.name for one in record.files)]):
        raise DataError(f"{file} is damaged: it does not hold exactly the files that it lists")
    size = sum(one.size for one in record.files)
    if len(names) > MOST_FILES or size > MOST_BYTES:
        raise DataError(f"{file} is too large: {len(names):,} files of {size / 1e9:,.1f} GB in all")
    return record


def _unpack(archive: zipfile.ZipFile, one: Packed, draft: Path, file: Path) -> None:
    """Write one file, never more of it than the bundle says, and compare its checksum."""
    path = draft / one.name
    path.parent.mkdir(parents=True, exist_ok=True)
    state, left = hashlib.sha256(), one.size
    with archive.open(one.name) as stream, path.open("xb") as into:
        while left > 0 and (block := stream.read(min(BLOCK, left))):
            into.write(block)
            state.update(block)
            left -= len(block)
        longer = bool(stream.read(1))
    if left or longer or state.hexdigest() != one.sha256:
        raise DataError(f"{file} is damaged: {one.name} is not what was packed; ask for it again")
