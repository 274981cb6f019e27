"""The rescue system: boots it with the target's disks, runs a job in it, brings back what it left."""

import io
import re
import shutil
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

import vm
from settings import BINARY, CACHE, HERE, Failure, cached, digest, run

FLAVOURS = ("plain", "assembled", "bare")
OUTPUT_BYTES = 1 << 30


@dataclass
class Outcome:
    status: int
    stdout: str
    stderr: str
    seconds: float  # of the job itself


def rescue_system():
    """The folder with the rescue system's rescue.img, vmlinuz and initrd.img."""
    here = HERE / "rescue"
    return cached("rescue", digest(here), lambda folder: run(here / "build.sh", folder))


def pack(script, flavour, files):
    """A job as a tar: the script, its files (by name: a path, or the text itself), and bootmend if it is built."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w", format=tarfile.GNU_FORMAT) as tar:

        def add(name, content):
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(content), 0o755
            tar.addfile(member, io.BytesIO(content))

        add("flavour", flavour.encode())
        add("run", script.encode())
        if BINARY.exists():
            add("bin/bootmend", BINARY.read_bytes())
        for name, source in files.items():
            if isinstance(source, str):
                add(name, source.encode())
            else:
                tar.add(source, name)
    return data.getvalue()


def job(disks, script, *, flavour="plain", bios=False, files={}, out=None, words="", limit=2400, log=None, echo=None):
    """Run `script` (with its #! line) in the rescue system with `disks` (path by name a, b).

    The script finds the target's disks in $A and $B (helper: . /job/disks), and
    what it puts into /out arrives in the folder `out`. `words` are added to the rescue system's kernel command line,
    and `echo` gets console text.
    """
    system = rescue_system()
    with tempfile.TemporaryDirectory(dir=CACHE, prefix=".job-") as scratch:
        inbox, outbox = Path(scratch, "in"), Path(scratch, "out")
        inbox.write_bytes(pack(script, flavour, files))
        with open(outbox, "wb") as file:
            file.truncate(OUTPUT_BYTES)
        arguments = [
            "-kernel", system / "vmlinuz", "-initrd", system / "initrd.img",
            "-append", f"console=ttyS0 quiet mitigations=off panic=-1 random.trust_cpu=on {words}",
            *vm.plain_disk("root", system / "rescue.img", read_only=True),
            *vm.plain_disk("in", inbox, read_only=True),
            *vm.plain_disk("out", outbox),
        ]  # fmt: skip
        arguments += vm.target_disks(disks, "bios" if bios else "unsigned")
        started = ended = None
        with vm.Machine(arguments, log) as machine:
            for piece in machine.chunks():
                if echo and piece:
                    echo(piece)
                if started is None and "LAB: job starts" in machine.text:
                    started = machine.seconds
                if ended is None and "LAB: job ended" in machine.text:
                    ended = machine.seconds
                if machine.seconds > limit:
                    raise Failure(f"the rescue system did not finish in {limit} s; console:\n{tail(machine.text)}")
            if ended is None:
                raise Failure(f"the rescue system stopped early; console:\n{tail(machine.text)}")
        folder = Path(scratch, "results")
        folder.mkdir()
        run("tar", "-C", folder, "-xf", outbox)
        read = lambda name: (folder / name).read_text(errors="replace")  # noqa: E731
        outcome = Outcome(int(read("status")), read("stdout"), read("stderr"), ended - started)
        if out:
            shutil.copytree(folder, out, dirs_exist_ok=True)
        return outcome


def tail(text, lines=15):
    return re.sub(r"\n{2,}", "\n", "\n".join(text.splitlines()[-lines:]))
