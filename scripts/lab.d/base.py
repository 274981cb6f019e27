"""The base images: the healthy machine, and what it had before the move to a mirror."""

import shutil

import workshop
from settings import HERE, Failure, cached, digest, run, story

# What every job that handles the target by hand gets.
LIBRARY = {"target.sh": HERE / "base/target.sh", "story.env": HERE / "base/story.env"}


def roots():
    """root.tar, and the initramfs from before, made in a chroot of the host."""
    parts = [HERE / "base" / name for name in ("root.sh", "story.env", "arrived", "lab-arrived.service")]
    return cached("root", digest(*parts), lambda folder: run(parts[0], folder))


def base():
    """The folder with a.qcow2, b.qcow2 and before/."""
    root, system = roots(), workshop.rescue_system()
    script = HERE / "base/migrate.sh"

    def make(folder):
        size = f"{story()['DISK_MIB']}M"
        disks = {name: folder / f"{name}.qcow2" for name in ("a", "b")}
        for file in disks.values():
            run("qemu-img", "create", "-q", "-f", "qcow2", file, size)
        files = dict(LIBRARY, **{"root.tar": root / "root.tar"})
        done = workshop.job(
            disks, script.read_text(), files=files, out=folder, log=folder / "console.log", limit=3600
        )
        if done.status != 0:
            raise Failure(f"the machine could not be built\n{workshop.tail(done.stderr)}")
        shutil.copy(root / "before/initrd.img", folder / "before")

    return cached("base", digest(script, *LIBRARY.values(), root.name, system.name), make)
