"""Disks that a program serves: nbdkit with a plugin of the lab's own."""

import contextlib
import subprocess
import time

from settings import HERE, Failure


def address(disk, socket):
    return f"nbd+unix:///{disk}?socket={socket}"


@contextlib.contextmanager
def served(plugin, folder):
    """nbdkit with a plugin that works in `folder`; the path of its socket."""
    socket = folder / "socket"
    command = ["nbdkit", "--foreground", "--unix", socket, "python", HERE / plugin, f"folder={folder}"]
    # A plugin that is told to fail says so each time.
    server = subprocess.Popen([str(word) for word in command], start_new_session=True, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            if socket.exists() or server.poll() is not None:
                break
            time.sleep(0.1)
        if not socket.exists():
            raise Failure("nbdkit did not start")
        yield socket
    finally:
        server.terminate()
        server.wait()
