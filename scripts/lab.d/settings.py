"""Where things are, and the cache that every stage of the lab goes through."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent.parent
BINARY = Path(os.environ.get("BOOTMEND", PROJECT / "dist/bootmend"))
CACHE = Path(
    os.environ.get("BOOTMEND_LAB_CACHE")
    or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "bootmend-lab"
)
DISKS = ("a", "b")


class Failure(Exception):
    """Something the user can act on; printed as one line."""


class Interrupted(Exception):
    """Raised in every thread that runs a machine when the lab is told to stop."""


def say(text):
    print(text, file=sys.stderr, flush=True)


def story():
    """The names and ids of base/story.env."""
    pairs = (
        line.split("=", 1)
        for line in (HERE / "base/story.env").read_text().splitlines()
        if line and not line.startswith("#")
    )
    return {key: value.strip("'") for key, value in pairs}


def digest(*parts):
    """A short key for what went in: paths by content (folders with all their files), the rest by text."""
    total = hashlib.sha256()
    for part in parts:
        if isinstance(part, Path):
            for file in sorted(part.rglob("*")) if part.is_dir() else [part]:
                if file.is_file():
                    total.update(f"{file.name}\0".encode())
                    total.update(hashlib.sha256(file.read_bytes()).digest())
        else:
            total.update(f"{part}\0".encode())
    return total.hexdigest()[:12]


def cached(name, key, make, *, again=False):
    """The folder CACHE/name-key, made by make(folder) unless it is there and will do.

    It is made under another name and renamed when whole, so an interrupted
    build is never taken for a finished one. Two runs do not make it twice.
    """
    folder = CACHE / f"{name}-{key}"
    if folder.exists() and not again:
        return folder
    CACHE.mkdir(parents=True, exist_ok=True)
    with open(CACHE / f".{name}-{key}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if folder.exists() and not again:
            return folder
        partial = CACHE / f".{name}-{key}.partial"
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir()
        say(f"lab: making {name}")
        start = time.monotonic()
        make(partial)
        shutil.rmtree(folder, ignore_errors=True)
        partial.rename(folder)
        say(f"lab: {name} made in {time.monotonic() - start:.0f} s")
    return folder


def run(*command, **options):
    """A command that must succeed; its output is shown only when it does not."""
    done = subprocess.run([str(word) for word in command], text=True, capture_output=True, **options)
    if done.returncode != 0:
        tail = "\n".join((done.stdout + done.stderr).splitlines()[-20:])
        raise Failure(f"{command[0]} ended with status {done.returncode}\n{tail}")
    return done.stdout
