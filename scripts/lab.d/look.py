"""One fault looked at: how it boots, what bootmend says of it without changing it, and whether the two agree."""

import json
import subprocess
import tempfile
from pathlib import Path

import boot
import console
import disks
import faults
import workshop
from settings import BINARY, CACHE, DISKS, Failure, cached, digest

SCRIPT = """#!/bin/bash
for verb in scan survey diagnose; do
	bootmend $verb --json --passphrase-file /job/passphrase > /out/$verb.json 2> /out/$verb.err
	echo $? > /out/$verb.status
done
"""


# Of the machine that has LUKS; the others never ask for it.
PASSPHRASE = {"passphrase": "lab"}


def run(name, *, again=False, tell=lambda line: None):
    """Boots and diagnosis of a fault; each is kept, the boots by fault, what was said by binary and fault.

    The folder of what was said holds survey.json too, as a fixture for tests.
    """
    if not BINARY.exists():
        raise Failure(f"no {BINARY}; scripts/build-release makes it")
    fault = faults.fault(name)
    before = boots(fault)
    for each in before.values():
        tell(f"{name}: before   {boot.line(each)}")
    folder = said(fault, again)
    diagnosis, status = answer(folder, "diagnose")
    facts = json.loads((folder / "look.json").read_text())
    tell(f"{name}: look     diagnose {status}, {told(diagnosis)}")
    tell(f"{name}: look     disks {'unchanged' if facts['unchanged'] else 'CHANGED'} by scan, survey, diagnose")
    resting, _ = answer(at_rest(fault, again), "diagnose")
    complaints = [
        *([] if facts["unchanged"] else ["looking changed a disk"]),
        *differences("before", diagnosis, before, status),
        *nameless(diagnosis),
        *contradictions(diagnosis, resting),
        *steps_complaint(diagnosis, fault.expect),
    ]
    return {
        "fault": name,
        "before": before,
        "diagnosed": {
            "status": status,
            "verdict": (diagnosis or {}).get("verdict"),
            "steps": skipped(diagnosis),
            "boots_alone": alone(diagnosis),
            "folder": str(folder),
            **facts,
        },
        "agree": not complaints,
        "complaints": complaints,
    }


def said(fault, again):
    """The folder of scan, survey and diagnose on the fault's disks: documents, statuses, look.json."""
    source = faults.broken(fault.name)

    def make(folder):
        files = disks.overlays(source, folder)
        done = workshop.job(
            files, SCRIPT, bios=fault.bios, files=PASSPHRASE, out=folder, log=folder / "console.log", limit=3600
        )
        facts = {"unchanged": disks.unchanged(folder, source), "seconds": round(done.seconds, 1)}
        (folder / "look.json").write_text(json.dumps(facts))

    return cached(f"look-{fault.name}", digest(BINARY, fault.key, fault.bios), make, again=again)


def at_rest(fault, again):
    """The folder of diagnose on raw images of the fault's disks, by this machine's kernel, whatever it lacks."""

    def make(folder):
        with tempfile.TemporaryDirectory(dir=CACHE, prefix=".rest-") as scratch:
            disks.raw(faults.broken(fault.name), Path(scratch))
            images = [f"{name}.img" for name in DISKS]
            machine = ["--hardware", fault.hardware] if fault.hardware else []
            (Path(scratch) / "passphrase").write_text(PASSPHRASE["passphrase"])
            machine += ["--passphrase-file", "passphrase"]
            with open(folder / "diagnose.json", "w") as out, open(folder / "diagnose.err", "w") as err:
                command = [BINARY.resolve(), "diagnose", "--json", *machine, *images]
                status = subprocess.run(command, cwd=scratch, stdout=out, stderr=err).returncode
            (folder / "diagnose.status").write_text(str(status))

    return cached(f"rest-{fault.name}", digest(BINARY, fault.key, fault.hardware), make, again=again)


def contradictions(looked, resting):
    """Where raw images on this machine were judged otherwise than the same disks in a rescue system.

    What could not be told at rest, for want of something in the kernel, contradicts nothing: one step, or all of them
    where it cannot read the root (XFS V4, LUKS).
    """
    if resting is None or "error" in resting:
        why = (resting or {}).get("error", {}).get("message", "")
        beyond = ("not supported by kernel", "locked (LUKS")
        return [] if any(words in why for words in beyond) else [f"at rest: no diagnosis {why}".strip()]
    untold = {step["id"] for step in resting["steps"] if step["state"] == "unknown"}

    def judged(document):
        steps = {(step["id"], step["state"]) for step in document["steps"]}
        findings = {(each["step"], each["id"], each["severity"]) for each in document["findings"]}
        return {each for each in steps | findings if each[0] not in untold}

    there, here = judged(looked or {"steps": [], "findings": []}), judged(resting)
    return [
        *[f"at rest: misses {' '.join(each)}" for each in sorted(there - here)],
        *[f"at rest: only there {' '.join(each)}" for each in sorted(here - there)],
    ]


def boots(fault):
    return kept_boots(fault.name, fault.key, faults.broken(fault.name))


def kept_boots(name, key, source):
    """The boots of disks that nobody changes; they do not depend on the binary, so they are kept."""

    def make(folder):
        results = boot.boots(source, lambda each: folder / f"{each}.log")
        (folder / "boots.json").write_text(json.dumps(results, indent=1))

    folder = cached(f"boots-{name}", digest(key), make)
    results = json.loads((folder / "boots.json").read_text())
    # What a console means is read anew: console.py may know more by now.
    for plugged, result in results.items():
        if verdict := console.judge_log((folder / f"{plugged}.log").read_bytes()):
            result.update(outcome=verdict.outcome, boots=verdict.boots, console=verdict.reason)
    return results


def answer(folder, verb):
    """The document and the exit status of a verb that was run with its output in `folder`."""
    try:
        document = json.loads((folder / f"{verb}.json").read_text())
    except (OSError, ValueError):
        document = None
    return document, int((folder / f"{verb}.status").read_text())


def skipped(document):
    return [step["id"] for step in (document or {}).get("steps", []) if step["state"] in ("skipped", "stale")]


def disk_name(disk):
    """a or b, of an entry of disks[]: by serial, else by the order of the names."""
    for name in DISKS:
        if disk.get("serial", "").endswith(f"mirror-{name}") or disk["device"] == f"/dev/sd{name}":
            return name
    return disk["device"]


def nameless(document):
    """The disks of the mirror whose serial number was not read."""
    disks = (document or {}).get("disks", [])
    return [f"no serial number of {disk['device']}" for disk in disks if "serial" not in disk]


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
    for name in filter(boots.get, DISKS):
        said, seen = alone(document).get(name, "nothing"), "yes" if boots[name]["boots"] else "no"
        if said != seen:
            found.append(f"{when}: {name} boots alone: said {said}, seen {seen}")
    should = [disk_name(disk) for disk in document.get("disks", []) if disk.get("should")]
    if not boots["both"]["boots"]:
        fitting = {2}
    elif all(boots[name]["boots"] for name in should if name in boots):
        # A warning is a step to be done again, or a disk that should boot alone and does not.
        fitting = {1} if skipped(document) else {0}
    else:
        fitting = {1}
    if status not in fitting:
        found.append(f"{when}: status {status}, seen {' or '.join(map(str, sorted(fitting)))}")
    return found
