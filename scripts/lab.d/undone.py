"""A rescue and its undo: are both disks' boot code, every file and the firmware's memory as they were before?"""

import disks
import faults
import manifest
import table
import workshop
from look import PASSPHRASE, answer
from settings import BINARY, HERE, cached, digest, say

JOB = """#!/bin/bash
{manifest}
manifest | sort > /out/before
bootmend rescue --yes {options} --passphrase-file /job/passphrase --json > /out/rescue.json 2> /out/rescue.err
echo $? > /out/rescue.status
bootmend undo --passphrase-file /job/passphrase --json > /out/undo.json 2> /out/undo.err
echo $? > /out/undo.status
manifest | sort > /out/after
"""
HEADINGS = ("fault", "rescue", "undo", "changes", "looked at", "what differs")


def run(names, jobs, again):
    return table.collect(names, jobs, lambda name: one(name, again), HEADINGS, row)


def row(name, result):
    differs = "; ".join(result["complaints"][:3]) or "nothing"
    return name, str(result["rescue"]), str(result["undo"]), str(result["changes"]), str(result["seen"]), differs


def one(name, again):
    fault = faults.fault(name)
    key = digest(BINARY, fault.key, fault.confirm, HERE / "undone.py", HERE / "manifest.py")

    def make(folder):
        files = disks.overlays(faults.broken(name), folder)
        job = JOB.format(manifest=manifest.SCRIPT, options=" ".join(f"--confirm {device}" for device in fault.confirm))
        carried = {**PASSPHRASE, **manifest.FILES}
        workshop.job(files, job, bios=fault.bios, files=carried, out=folder, log=folder / "job.log", limit=3600)

    folder = cached(f"undone-{name}", key, make, again=again)
    before, after = (manifest.facts(folder / which) for which in ("before", "after"))
    document, rescue = answer(folder, "rescue")
    _, undo = answer(folder, "undo")
    differs = manifest.compare(before, after)
    # A machine on which nothing was to be done has nothing to take back.
    changes = len((document or {}).get("applied", []))
    complaints = differs + ([] if undo == 0 or changes == 0 else [f"undo ended with {undo}"])
    say(f"{name}: rescue {rescue}, undo {undo}, {'; '.join(complaints[:5]) or 'as before'}")
    return {
        "rescue": rescue,
        "undo": undo,
        "changes": changes,
        "seen": len(before),
        "agree": not complaints,
        "complaints": complaints,
    }


