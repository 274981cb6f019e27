"""An empty disk that fails when it is told to, as a plugin of nbdkit (nbdkit-python-plugin(3)).

It reads FOLDER/mood at each request: "hang" answers after 30 seconds, "error" not at all.
"""

import errno
import os
import time

import nbdkit

API_VERSION = 2
SIZE = 1 << 30
HANG = 30  # seconds, as long as the kernel's SCSI layer waits
folder = "."


def thread_model():
    return nbdkit.THREAD_MODEL_PARALLEL


def config(key, value):
    global folder
    if key != "folder":
        raise RuntimeError(f"no parameter is called {key}")
    folder = value


def open(readonly):
    return nbdkit.export_name()


def get_size(disk):
    return SIZE


def mood():
    try:
        file = os.open(f"{folder}/mood", os.O_RDONLY)
    except FileNotFoundError:
        return ""
    try:
        return os.read(file, 16).decode()
    finally:
        os.close(file)


def pread(disk, buffer, offset, flags):
    fail()
    buffer[:] = bytes(len(buffer))


def pwrite(disk, buffer, offset, flags):
    with os.fdopen(os.open(f"{folder}/written", os.O_WRONLY | os.O_CREAT | os.O_APPEND), "w") as file:
        file.write(f"{offset} {len(buffer)}\n")
    fail()


def fail():
    state = mood()
    if state == "hang":
        time.sleep(HANG)
    if state == "error":
        nbdkit.set_error(errno.EIO)
        raise OSError(errno.EIO, "told to fail")
