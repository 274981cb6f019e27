"""The two disks as files: overlays, hashes of what the guest sees, raw copies."""

import hashlib
import json
import shutil
import tempfile
from pathlib import Path

from settings import CACHE, DISKS, run


def overlay(backing, file):
    run("qemu-img", "create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", Path(backing).resolve(), file)


def overlays(source, folder):
    """Overlays of both disks of folder `source` in `folder`, with what a UEFI firmware remembers; the paths by disk."""
    folder.mkdir(parents=True, exist_ok=True)
    for disk in DISKS:
        overlay(source / f"{disk}.qcow2", folder / f"{disk}.qcow2")
    if (source / "firmware.fd").exists():
        shutil.copy(source / "firmware.fd", folder)
    return files(folder)


def files(folder):
    return {disk: folder / f"{disk}.qcow2" for disk in DISKS}


def raw(folder, out):
    """Sparse raw images a.img and b.img in `out`."""
    out.mkdir(parents=True, exist_ok=True)
    for disk, file in files(folder).items():
        run("qemu-img", "convert", "-O", "raw", file, out / f"{disk}.img")


def unchanged(folder, source):
    """Whether the overlays in `folder`, made on the disks of `source`, still read as those do."""
    for file in files(folder).values():
        extents = json.loads(run("qemu-img", "map", "--output=json", file))
        if any(extent["depth"] == 0 for extent in extents):
            return hashes(folder) == hashes(source)
    return True  # nothing was ever written to them


def hashes(folder):
    """SHA-256 of the whole content of each disk, as a guest would read it."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE, prefix=".hash-") as scratch:
        raw(folder, Path(scratch))
        result = {}
        for disk in DISKS:
            with open(Path(scratch, f"{disk}.img"), "rb") as image:
                result[disk] = hashlib.file_digest(image, "sha256").hexdigest()
        return result
