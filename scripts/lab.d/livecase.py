"""Faults of the running machine: made there, asked about there, and then booted."""

import re
from dataclasses import dataclass

import boot
import console
import disks
import faults
import look
import machines
import table
import vm
import workshop
from settings import BINARY, HERE, Failure, cached, digest, run, say

FOLDER = HERE / "live"
MACHINE = HERE / "machine"
HEADINGS = ("live case", "boots both/a/b", "check", "steps", "said a/b", "opened to write", "agree")
# What a program may open for writing without changing a disk.
HARMLESS = re.compile(r'"/dev/(?:null|tty|console)"|= -1 E')
ENDED = re.compile(r"LAB: case ended with \d+\n")


@dataclass
class Case:
    """A file of live/: `# about:`, `# expect:`, `# from:`, perhaps `# gone:`, then shell."""

    name: str
    about: str
    expect: list  # ids of the steps that check and verify must name
    parent: str  # the fault whose disks are booted
    gone: str  # the disk that the case takes away for good, or ""

    @property
    def key(self):
        return digest(BINARY, faults.fault(self.parent).key, MACHINE, FOLDER / self.name)


def names():
    return sorted(file.name for file in FOLDER.iterdir())


def case(name):
    file = FOLDER / name
    if not re.fullmatch(r"[\w-]+", name) or not file.is_file():
        raise Failure(f"no live case named {name}; there are: {', '.join(names())}")
    heading = dict(re.findall(r"^# (\w+):[ ]*(.*)$", file.read_text(), re.M))
    return Case(name, heading["about"], heading["expect"].split(), heading["from"], heading.get("gone", ""))


def prepared(parent):
    """The disks of a fault with all cases of live/ on them, ready to be started by the SKU."""
    start = faults.broken(parent)

    def make(folder):
        files = {
            **machines.machine(machines.DEFAULT).job_files,
            "live": FOLDER,
            "machine": MACHINE,
            "image.sh": HERE / "image.sh",
        }
        done = workshop.job(disks.overlays(start, folder), (MACHINE / "prepare").read_text(), files=files)
        if done.status != 0:
            raise Failure(f"the live cases could not be put into {parent}\n{workshop.tail(done.stderr)}")

    return cached(f"live-on-{parent}", digest(BINARY, faults.fault(parent).key, MACHINE, FOLDER), make)


def answered(chosen, again):
    """The folder of what the machine said of the case, and its disks after it was switched off."""
    start = prepared(chosen.parent)

    def make(folder):
        images = disks.overlays(start, folder)
        arguments = ["-smbios", f"type=1,sku={chosen.name}", "-serial", f"file:{folder / 'answers'}"]
        arguments += vm.target_disks(images)
        with vm.Machine(arguments, folder / "console.log") as machine:
            for _ in machine.chunks():
                if machine.seconds > console.CAP:
                    raise Failure(f"{chosen.name} did not end; console:\n{workshop.tail(machine.text)}")
            text = machine.text
        if not ENDED.search(text):
            raise Failure(f"{chosen.name} did not run; console:\n{workshop.tail(text)}")
        run("tar", "-C", folder, "-xzf", folder / "answers")
        if (folder / "case.status").read_text() != "0\n":
            raise Failure(f"{chosen.name} failed in the machine; console:\n{workshop.tail(text, 40)}")

    return cached(f"live-{chosen.name}", chosen.key, make, again=again)


def result(name, *, again=False, tell=say):
    """Whether what check and verify said in the machine is what its next boots showed."""
    chosen = case(name)
    folder = answered(chosen, again)
    boots = look.kept_boots(f"live-{name}", chosen.key, folder)
    for each in boots.values():
        tell(f"{name}: {boot.line(each)}")
    if chosen.gone:  # the machine that was judged has one disk
        left = "b" if chosen.gone == "a" else "a"
        boots = {"both": boots[left], left: boots[left]}
    complaints, writes = [], []
    for verb in ("check", "verify"):
        document, status = look.answer(folder, verb)
        tell(f"{name}: {verb} {status}, {look.told(document)}")
        complaints += look.differences(verb, document, boots, status)
        complaints += [f"{verb}: {each}" for each in look.steps_complaint(document, chosen.expect)]
        lines = (folder / f"{verb}.writes").read_text().splitlines()
        writes += [line for line in lines if not HARMLESS.search(line)]
    complaints += [f"opened for writing: {line}" for line in writes[:3]]
    document, _ = look.answer(folder, "check")
    return {
        "case": name,
        "boots": boots,
        "document": document,
        "writes": len(writes),
        "asked": asked(folder),
        "agree": not complaints,
        "complaints": complaints,
    }


def asked(folder):
    """(step taken, its verify's status, steps it still names), as the case went on."""
    order = folder / "asked"
    answers = []
    for name in order.read_text().splitlines() if order.exists() else []:
        document, status = look.answer(folder, name)
        answers.append((name, status, document))
    return answers


def row(name, judged):
    document = judged["document"] or {}
    return (
        name,
        table.outcomes(judged["boots"]),
        str(document.get("verdict")),
        " ".join(look.skipped(document)) or "nothing",
        table.said(look.alone(document)),
        str(judged["writes"] or "nothing"),
        table.agreement(judged),
    )


def run_table(chosen, jobs, again):
    return table.collect(chosen, jobs, lambda name: result(name, again=again), HEADINGS, row)


def walk(again):
    """The replaced disk of the story: what verify still names after each command."""
    walked = result("walk", again=again)
    table.show(
        ("after", "status", "verdict", "still named", "said a/b"),
        [
            (
                name,
                str(status),
                str((document or {}).get("verdict")),
                " ".join(look.skipped(document)) or "nothing",
                table.said(look.alone(document)),
            )
            for name, status, document in walked["asked"]
        ],
    )
    print(f"boots {table.outcomes(walked['boots'])}; agree: {table.agreement(walked)}")
    return 0 if walked["agree"] else 1
