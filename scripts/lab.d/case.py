"""One fault from end to end: boot, look, rescue, boot, improve, boot; and whether bootmend said so."""

import json
import shutil
from pathlib import Path

import boot
import disks
import faults
import workshop
from settings import BINARY, CACHE, DISKS, HERE, Failure, cached, digest

LOOK = """#!/bin/bash
for verb in scan survey diagnose; do
	bootmend $verb --json > /out/$verb.json 2> /out/$verb.err
	echo $? > /out/$verb.status
done
"""
RESCUE = """#!/bin/bash
bootmend rescue {options} --json > /out/rescue.json 2> /out/rescue.err
echo $? > /out/rescue.status
# As the medium's own shutdown would; says what bootmend left behind.
grep -v '^Personalities\\|^unused' /proc/mdstat
ls /dev/mapper | grep -v '^control$'
grep -c ' /mnt/sysimage' /proc/self/mountinfo
true
"""


def run(name, *, again=False, tell=lambda line: None):
    """The result of a fault, made unless there is one of the same binary, fault and base."""
    if not BINARY.exists():
        raise Failure(f"no {BINARY}; scripts/build-release makes it")
    fault = faults.fault(name)
    folder = CACHE / f"case-{name}-{digest(BINARY, fault.key, fault.expect, HERE / 'case.py')}"
    if (folder / "result.json").exists() and not again:
        result = json.loads((folder / "result.json").read_text())
        tell(f"{name}: result of an earlier run, {folder / 'result.json'}")
        return result
    shutil.rmtree(folder, ignore_errors=True)
    return Case(fault, folder, tell).run()


class Case:
    def __init__(self, fault, folder, tell):
        self.fault, self.folder = fault, folder
        self.tell = lambda line: tell(f"{fault.name}: {line}")

    def run(self):
        files = disks.overlays(faults.broken(self.fault.name), self.folder)
        before = boots_before(self.fault)
        for each in before.values():
            self.tell(f"before   {boot.line(each)}")

        hashes = disks.hashes(self.folder)
        look = self.job(files, "look", LOOK)
        unchanged = disks.hashes(self.folder) == hashes
        self.tell(f"look     diagnose {look['diagnose']['status']}, {told(look['diagnose']['document'])}")
        self.tell(f"look     disks {'unchanged' if unchanged else 'CHANGED'} by scan, survey, diagnose")

        rescue = self.job(files, "rescue", RESCUE.format(options="--yes"))["rescue"]
        after_document = (rescue["document"] or {}).get("after") or (rescue["document"] or {}).get("before")
        self.tell(f"rescue   {rescue['status']}, {told(after_document)}")
        after = self.boots("after")

        improve = self.job(files, "improve", RESCUE.format(options="--yes --improve"))["rescue"]
        improved_document = (improve["document"] or {}).get("after") or (improve["document"] or {}).get("before")
        self.tell(f"improve  {improve['status']}, {told(improved_document)}")
        improved = self.boots("improved")

        diagnosis = look["diagnose"]["document"]
        complaints = [
            *([] if unchanged else ["looking changed a disk"]),
            *differences("before", diagnosis, before, look["diagnose"]["status"]),
            *steps_complaint(diagnosis, self.fault.expect),
            *differences("after", after_document, after, rescue["status"]),
            *[f"after: still names {step}" for step in skipped(after_document)],
            *([] if after["both"]["boots"] else ["rescued, but does not boot"]),
            *differences("improved", improved_document, improved, improve["status"]),
            *[f"improved, but does not boot from {disk}" for disk in improved if not improved[disk]["boots"]],
        ]
        result = {
            "fault": self.fault.name,
            "before": before,
            "diagnosed": {
                "status": look["diagnose"]["status"],
                "verdict": (diagnosis or {}).get("verdict"),
                "steps": skipped(diagnosis),
                "boots_alone": alone(diagnosis),
                "unchanged": unchanged,
                "seconds": look["seconds"],
            },
            "rescue": {"status": rescue["status"], "boots_alone": alone(after_document), "seconds": rescue["seconds"]},
            "after": after,
            "improve": {"status": improve["status"], "boots_alone": alone(improved_document)},
            "improved": improved,
            "agree": not complaints,
            "complaints": complaints,
        }
        (self.folder / "result.json").write_text(json.dumps(result, indent=1))
        for complaint in complaints:
            self.tell(f"DISAGREES: {complaint}")
        self.tell("agrees" if not complaints else f"see {self.folder}")
        return result

    def boots(self, stage):
        return boot.boots(
            self.folder,
            lambda each: self.folder / f"{stage}-{each}.log",
            lambda result: self.tell(f"{stage:8} {boot.line(result)}"),
        )

    def job(self, files, name, script):
        """Run bootmend in the rescue system; status and document by verb, and the seconds of the job."""
        out = self.folder / name
        done = workshop.job(files, script, out=out, log=self.folder / f"{name}.log", limit=3600)
        told = {"seconds": round(done.seconds, 1)}
        for status in out.glob("*.status"):
            verb = status.stem
            try:
                document = json.loads((out / f"{verb}.json").read_text())
            except (OSError, ValueError):
                document = None
            told[verb] = {"status": int(status.read_text()), "document": document, "seconds": told["seconds"]}
        return told


def boots_before(fault):
    """The boots of a fault's untouched disks; they do not depend on the binary, so they are kept."""
    source = faults.broken(fault.name)

    def make(folder):
        results = boot.boots(source, lambda each: folder / f"{each}.log")
        (folder / "boots.json").write_text(json.dumps(results, indent=1))

    key = digest(fault.key, HERE / "console.py")
    return json.loads((cached(f"boots-{fault.name}", key, make) / "boots.json").read_text())


def skipped(document):
    return [step["id"] for step in (document or {}).get("steps", []) if step["state"] in ("skipped", "stale")]


def disk_name(disk):
    """a or b, of an entry of disks[]: by serial, else by the order of the names."""
    for name in DISKS:
        if disk.get("serial", "").endswith(f"mirror-{name}") or disk["device"] == f"/dev/sd{name}":
            return name
    return disk["device"]


def alone(document):
    return {disk_name(disk): disk["boots_alone"] for disk in (document or {}).get("disks", [])}


def told(document):
    if document is None:
        return "no document"
    if "error" in document:
        return f"error: {document['error']['message']}"
    steps = ", ".join(skipped(document)) or "no step"
    return f"{document.get('verdict')}: {steps}; alone {alone(document)}"


def steps_complaint(document, expected):
    named = skipped(document)
    return [] if sorted(named) == sorted(expected) else [f"names {named}, skipped were {expected}"]


def differences(when, document, boots, status):
    """Where what was said differs from what the boots showed."""
    if document is None or "error" in document:
        return [f"{when}: no diagnosis"]
    found = []
    for name in DISKS:
        said, seen = alone(document).get(name, "nothing"), "yes" if boots[name]["boots"] else "no"
        if said != seen:
            found.append(f"{when}: {name} boots alone: said {said}, seen {seen}")
    should = [disk_name(disk) for disk in document.get("disks", []) if disk.get("should")]
    if not boots["both"]["boots"]:
        fitting = {2}
    elif all(boots[name]["boots"] for name in should if name in DISKS):
        fitting = {0, 1}
    else:
        fitting = {1}
    if status not in fitting:
        found.append(f"{when}: status {status}, seen {' or '.join(map(str, sorted(fitting)))}")
    return found
