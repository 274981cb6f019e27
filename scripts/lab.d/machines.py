"""The lab's machines: a root of some family on a layout of storage, and the base images made of both."""

import re
import shutil
from dataclasses import dataclass

import vm
import workshop
from settings import HERE, Failure, cached, digest, run, story

TABLE = HERE / "machines"
COMMON = HERE / "base"
DEFAULT = "debian"


@dataclass(frozen=True)
class Machine:
    """A line of the file machines: name, folder of roots/, file of layouts/, bios or uefi, what it stands for."""

    name: str
    family: str
    layout: str
    firmware: str
    about: str

    @property
    def folder(self):
        return HERE / "roots" / self.family

    @property
    def folders(self):
        """The family's folder, behind that of the family which it is like."""
        like = liked(self.folder / "family.sh")
        return [*([HERE / "roots" / like] if like else []), self.folder]

    @property
    def layouts(self):
        """The layout's file, behind that of the layout which it is like."""
        file = HERE / f"layouts/{self.layout}.sh"
        like = liked(file)
        return [*([file.with_name(f"{like}.sh")] if like else []), file]

    @property
    def job_files(self):
        """What every job that handles the machine's disks by hand gets."""
        return {
            "target.sh": COMMON / "target.sh",
            "story.env": COMMON / "story.env",
            "family.sh": "".join((folder / "family.sh").read_text() for folder in self.folders),
            "layout.sh": "".join(file.read_text() for file in self.layouts),
        }

    def root(self):
        """The folder with root.tar, and perhaps before/, made in a chroot of the host."""
        tree = grub(self.folder)
        script = self.folder / "root.sh"
        words = [tree / "tree"] if tree else []
        # The words that only jobs use make no other root.
        parts = [part for folder in (*self.folders, COMMON) for part in folder.iterdir()]
        parts = sorted(part for part in parts if part.name not in ("family.sh", "target.sh", "grub-release"))
        key = digest(*parts, tree.name if tree else "")
        return cached(f"root-{self.family}", key, lambda folder: run(script, folder, *words))

    def base(self):
        """The folder with a.qcow2, b.qcow2 and before/."""
        root, system = self.root(), workshop.rescue_system()

        def make(folder):
            size = f"{story()['DISK_MIB']}M"
            disks = {name: folder / f"{name}.qcow2" for name in ("a", "b")}
            for file in disks.values():
                run("qemu-img", "create", "-q", "-f", "qcow2", file, size)
            if self.firmware == "uefi":
                shutil.copy(vm.VARIABLES, folder / "firmware.fd")
            files = dict(self.job_files, **{each.name: each for each in root.iterdir()})
            done = workshop.job(disks, SCRIPT, files=files, out=folder, log=folder / "console.log", limit=3600)
            if done.status != 0:
                raise Failure(f"the machine could not be built\n{workshop.tail(done.stderr)}")

        remembered = [vm.VARIABLES] if self.firmware == "uefi" else []
        key = digest(SCRIPT, *self.job_files.values(), root.name, system.name, *remembered)
        return cached(f"base-{self.name}", key, make)


SCRIPT = """#!/bin/sh
. /job/target.sh
set -x
make_machine
set +x
close_target
"""


def liked(file):
    """What the first line of a file says it is like: it stands behind that one, and says only what is otherwise."""
    like = re.match(r"# like (\S+)\n", file.read_text())
    return like and like.group(1)


def grub(folder):
    """The folder of the GRUB that a family's roots get, from the release it names; None where it is Debian's own."""
    release = folder / "grub-release"
    if not release.exists():
        return None
    script = HERE / "grub/build.sh"
    name = release.read_text().strip()
    return cached(f"grub-{name}", digest(script, name), lambda out: run(script, name, out))


def all_of_them():
    lines = (line for line in TABLE.read_text().splitlines() if line and not line.startswith("#"))
    return [Machine(*line.split(None, 4)) for line in lines]


def machine(name):
    for each in all_of_them():
        if each.name == name:
            return each
    raise Failure(f"no machine named {name}; there are: {', '.join(each.name for each in all_of_them())}")
