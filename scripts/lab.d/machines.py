"""The lab's machines: a root of some family on a layout of storage, and the base images made of both."""

import workshop
from dataclasses import dataclass
from settings import HERE, Failure, cached, digest, run, story

TABLE = HERE / "machines"
COMMON = HERE / "base"
DEFAULT = "debian"


@dataclass(frozen=True)
class Machine:
    """A line of the file machines: name, folder of roots/, file of layouts/, what it stands for."""

    name: str
    family: str
    layout: str
    about: str

    @property
    def folder(self):
        return HERE / "roots" / self.family

    @property
    def library(self):
        """What every job that handles the machine's disks by hand gets."""
        return {
            "target.sh": COMMON / "target.sh",
            "story.env": COMMON / "story.env",
            "family.sh": self.folder / "family.sh",
            "layout.sh": HERE / f"layouts/{self.layout}.sh",
        }

    def root(self):
        """The folder with root.tar, and perhaps before/, made in a chroot of the host."""
        tree = grub(self.folder)
        parts = [self.folder / "root.sh", *(COMMON / each for each in ("root.sh", "story.env", "arrived", "lab-arrived.service"))]
        words = [tree / "tree"] if tree else []
        key = digest(*parts, tree.name if tree else "")
        return cached(f"root-{self.family}", key, lambda folder: run(parts[0], folder, *words))

    def base(self):
        """The folder with a.qcow2, b.qcow2 and before/."""
        root, system = self.root(), workshop.rescue_system()

        def make(folder):
            size = f"{story()['DISK_MIB']}M"
            disks = {name: folder / f"{name}.qcow2" for name in ("a", "b")}
            for file in disks.values():
                run("qemu-img", "create", "-q", "-f", "qcow2", file, size)
            files = dict(self.library, **{each.name: each for each in root.iterdir()})
            done = workshop.job(disks, SCRIPT, files=files, out=folder, log=folder / "console.log", limit=3600)
            if done.status != 0:
                raise Failure(f"the machine could not be built\n{workshop.tail(done.stderr)}")

        key = digest(SCRIPT, *self.library.values(), root.name, system.name)
        return cached(f"base-{self.name}", key, make)


SCRIPT = """#!/bin/sh
. /job/target.sh
set -x
make_machine
set +x
close_target
"""


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
    return [Machine(*line.split(None, 3)) for line in lines]


def machine(name):
    for each in all_of_them():
        if each.name == name:
            return each
    raise Failure(f"no machine named {name}; there are: {', '.join(each.name for each in all_of_them())}")
