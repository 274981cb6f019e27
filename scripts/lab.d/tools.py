"""The programs that the lab runs, installed on a fresh Debian."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from settings import Failure, run, say

PACKAGES = {
    "qemu-system-x86_64": "qemu-system-x86",
    "qemu-img": "qemu-utils",
    "mmdebstrap": "mmdebstrap",
    "mke2fs": "e2fsprogs",
    "nbdkit": "nbdkit",
    "/usr/lib/x86_64-linux-gnu/nbdkit/plugins/nbdkit-python-plugin.so": "nbdkit-plugin-python",
    "/usr/share/OVMF/OVMF_CODE_4M.secboot.fd": "ovmf",
}
# Debian 12's 7.2 takes minutes to clear a page that code has been in (one half of the luks machine's mirror seems to
# hang, loading modules), and a quarter longer for any boot.
QEMU, QEMU_PACKAGES = 10, ("qemu-system-x86", "qemu-utils")
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
BACKPORTS = f"deb [signed-by={KEYRING}] http://deb.debian.org/debian {{release}}-backports main\n"


def need_tools():
    """Install what the lab runs and this machine lacks, and a newer QEMU where its own is too old."""
    missing = [package for tool, package in PACKAGES.items() if not (shutil.which(tool) or Path(tool).exists())]
    if missing:
        if os.geteuid() != 0:
            raise Failure(f"needs root to install {', '.join(missing)}")
        apt("update", "-qq")
        apt("install", "-qq", "-y", "--no-install-recommends", *missing)
    if qemu() < QEMU and os.geteuid() == 0:
        newer_qemu()


def qemu():
    """The first number of QEMU's version."""
    return int(re.search(r"version (\d+)", run("qemu-system-x86_64", "--version")).group(1))


def newer_qemu():
    """From backports where the release has one, which is not left among the sources of this machine."""
    release = re.search(r"^VERSION_CODENAME=(\w+)", Path("/etc/os-release").read_text(), re.M).group(1)
    own = Path("/etc/apt/sources.list")
    with tempfile.NamedTemporaryFile("w", suffix=".list") as sources:
        sources.write((own.read_text() if own.exists() else "") + BACKPORTS.format(release=release))
        sources.flush()
        options = ["-qq", "-o", f"Dir::Etc::SourceList={sources.name}"]
        try:
            apt(*options, "update")
            apt(*options, "install", "-y", "--no-install-recommends", "-t", f"{release}-backports", *QEMU_PACKAGES)
        except subprocess.CalledProcessError:
            say(f"lab: no QEMU {QEMU} in {release}-backports; goes on with version {qemu()}, which is slower")


def apt(*arguments):
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    command = ["apt-get", "-o", "DPkg::Lock::Timeout=300", *arguments]
    subprocess.run(command, check=True, env=environment, stdin=subprocess.DEVNULL, stdout=sys.stderr)
