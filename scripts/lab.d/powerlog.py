"""Both disks of a machine behind one server that writes down every write and flush, in one order.

As a plugin of nbdkit (nbdkit-python-plugin(3)) it serves FOLDER/a.img and FOLDER/b.img, and writes FOLDER/log; to others it
gives what that log says.
"""

import io
import os
import struct
from dataclasses import dataclass

try:
    import nbdkit
except ImportError:  # outside of nbdkit: only the log is of interest
    nbdkit = None

API_VERSION = 2
# What was done ("w" a write, "f" a flush), to which disk, whether it was durable when it was answered, where, how much.
ENTRY = struct.Struct("<cc?QQ")
DISKS = ("a", "b")
folder = "."
images, log = {}, None


@dataclass
class Entry:
    """One line of the log; `data` is where its bytes lie in it."""

    what: str
    disk: str
    durable: bool
    offset: int
    length: int
    data: int


def entries(path):
    """The log, in the order in which the disks were asked."""
    found = []
    with io.open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        while len(head := file.read(ENTRY.size)) == ENTRY.size:
            what, disk, durable, offset, length = ENTRY.unpack(head)
            entry = Entry(what.decode(), disk.decode(), durable, offset, length, file.tell())
            if what == b"w":
                if file.tell() + length > size:
                    break
                file.seek(length, os.SEEK_CUR)
            found.append(entry)
    return found


# What nbdkit calls. One request at a time, over all disks: only so there is one order.


def thread_model():
    return nbdkit.THREAD_MODEL_SERIALIZE_ALL_REQUESTS


def config(key, value):
    global folder
    if key != "folder":
        raise RuntimeError(f"no parameter is called {key}")
    folder = value


def get_ready():
    global log
    for disk in DISKS:
        images[disk] = os.open(f"{folder}/{disk}.img", os.O_RDWR)
    log = io.open(f"{folder}/log", "wb", buffering=1 << 20)


def open(readonly):
    name = nbdkit.export_name()
    if name not in images:
        raise RuntimeError(f"no disk is called {name}")
    return name


def get_size(disk):
    return os.fstat(images[disk]).st_size


def can_flush(disk):
    return True


def can_fua(disk):
    return nbdkit.FUA_NATIVE


def can_trim(disk):
    return False


def can_zero(disk):
    return False


def pread(disk, buffer, offset, flags):
    buffer[:] = os.pread(images[disk], len(buffer), offset)


def pwrite(disk, buffer, offset, flags):
    note("w", disk, bool(flags & nbdkit.FLAG_FUA), offset, len(buffer))
    log.write(buffer)
    os.pwrite(images[disk], buffer, offset)


def flush(disk, flags):
    note("f", disk, True, 0, 0)


def note(what, disk, durable, offset, length):
    log.write(ENTRY.pack(what.encode(), disk.encode(), durable, offset, length))


def unload():
    if log:
        log.close()
