"""Faults: small files that say what they skip, and do it to the machine."""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import boot
import disks
import machines
import other_grub
import workshop
from settings import HERE, PROJECT, Failure, cached, digest

FOLDER = HERE / "faults"
HELPERS = HERE / "fault.sh"
DEGRADED_SOURCE = PROJECT / "Sources/Distributions/DegradedBootScript.swift"
SCRIPT = """#!/bin/sh
. /job/target.sh
. /job/fault.sh
open_target
set -x
also {name}
set +x
close_target
"""


@dataclass
class Fault:
    """A file of faults/: `# about:`, `# expect:`, then shell; before it perhaps `# on:`, `# boot:`, `# from:`,
    `# confirm:`, `# hardware:`, `# rescue:` and `# not:`."""

    name: str  # MACHINE:FILE, or FILE alone on the machine that it says it is for, else on Debian's
    machine: machines.Machine
    file: str
    about: str
    expect: list  # ids of the steps that a diagnosis must name
    boot: str  # boot mode after which the power goes, or ""
    parent: str  # the fault whose disks this one starts from, or "" for the base
    confirm: list  # devices whose data its rescue puts at stake
    hardware: str  # what images of its disks are to be judged for, or "": they do not tell what they hang on
    bios: bool  # the rescue system is started by BIOS, whatever starts the machine
    shell: bool

    @property
    def key(self):
        """Of everything that makes these disks; what is only said about them is not."""
        start = fault(self.parent).key if self.parent else self.machine.base().name
        return digest(start, HELPERS, self.boot, *commands(self.file), *extras(self.file).values())


def commands(name):
    """The shell lines of a fault, and of those it is made of."""
    lines = [line for line in (FOLDER / name).read_text().splitlines() if line and not line.startswith("#")]
    for line in list(lines):
        if line.startswith("also "):
            lines += commands(line.split()[1])
    return lines


def fault(name):
    machine, _, short = name.rpartition(":")
    file = FOLDER / short
    if not re.fullmatch(r"[\w-]+", short) or not file.is_file():
        raise Failure(f"no fault named {short}; there are: {', '.join(names())}")
    text = file.read_text()
    heading = dict(re.findall(r"^# (\w+):[ ]*(.*)$", text, re.M))
    machine = machine or heading.get("on", "")
    # What it breaks is not there on these machines: entries are files, images have another generator.
    if machine in heading.get("not", "").split():
        raise Failure(f"{short} breaks nothing on {machine}")
    prefix = f"{machine}:" if machine else ""
    return Fault(
        name,
        machines.machine(machine or machines.DEFAULT),
        short,
        heading["about"],
        heading["expect"].split(),
        heading.get("boot", ""),
        prefix + heading["from"] if "from" in heading else "",
        heading.get("confirm", "").split(),
        heading.get("hardware", ""),
        heading.get("rescue") == "bios",
        bool(commands(short)),
    )


def extras(name):
    """What only some faults need beside the script, by its name under /job: what this one mentions."""
    makers = {
        "/job/image.sh": ("image.sh", lambda: HERE / "image.sh"),
        "/job/other-grub": ("other-grub", other_grub.modules),
        "allow_degraded": ("bootmend-degraded", degraded_boot),
    }
    lines = commands(name)
    return {file: make() for word, (file, make) in makers.items() if any(word in line for line in lines)}


def degraded_boot():
    """The initramfs script that bootmend offers, from its source."""
    text = re.search(r'"""\n(.*?)\n {8}"""', DEGRADED_SOURCE.read_text(), re.S).group(1)
    return re.sub(r"^ {8}", "", text, flags=re.M)


def names():
    return sorted((file.name for file in FOLDER.iterdir()), key=lambda name: (name != "none", name))


def broken(name):
    """The folder with the machine's disks broken so: overlays on the base."""
    chosen = fault(name)
    start = broken(chosen.parent) if chosen.parent else chosen.machine.base()

    def make(folder):
        files = disks.overlays(start, folder)
        if chosen.shell:
            job_files = {
                **chosen.machine.job_files,
                "before": chosen.machine.base() / "before",
                "faults": FOLDER,
                "fault.sh": HELPERS,
                **extras(chosen.file),
            }
            done = workshop.job(files, SCRIPT.format(name=chosen.file), files=job_files, log=folder / "break.log")
            (folder / "break.stderr").write_text(done.stderr)
            if done.status != 0:
                raise Failure(f"the fault {name} could not be made\n{workshop.tail(done.stderr)}")
        if chosen.boot:
            result = boot.boot(folder, "both", mode=chosen.boot, keep=True, log=folder / "boot.log")
            if result["outcome"] != chosen.boot:
                raise Failure(f"the fault {name} could not be made: {boot.line(result)}")

    return cached(f"fault-{name}", chosen.key, make)


def is_folder(word):
    return "/" in word or Path(word, "a.qcow2").exists()


def machine(word):
    """The disks meant by a command's word: a folder with a.qcow2 and b.qcow2, or a fault's."""
    folder = Path(word)
    if is_folder(word):
        if not (folder / "a.qcow2").exists():
            raise Failure(f"{word} holds no a.qcow2")
        return folder
    return broken(word)


def copy(word, out):
    """Overlays of the machine in a folder of the user's."""
    if (out / "a.qcow2").exists():
        shutil.rmtree(out)
    disks.overlays(machine(word), out)
    return out
