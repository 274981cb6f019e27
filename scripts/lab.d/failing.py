"""A third disk that hangs, or errs: the survey of the others is whole, and every verb is back in time."""

import json
import tempfile
from pathlib import Path

import disks
import faults
import nbd
import table
import workshop
from settings import CACHE, say

VERBS = ("scan", "survey", "diagnose", "rescue --plan")
# The disk fails from the moment that the console says so on; what udev wants of it is done by then.
JOB = """#!/bin/bash
udevadm settle
readlink -f /dev/disk/by-id/scsi-0QEMU_QEMU_HARDDISK_mirror-c > /out/c
echo "LAB: disk c {mood}" > /dev/console
sleep 3
run() {{
	name=${{1// /}} start=$(cut -d ' ' -f 1 /proc/uptime)
	timeout 100 bootmend $1 --json > /out/$name.json 2> /out/$name.err
	echo "$? $start $(cut -d ' ' -f 1 /proc/uptime)" > /out/$name.facts
}}
{verbs}
"""
LIMIT = 15  # seconds until a verb has to be back
HEADINGS = ("disk c", "verb", "status", "seconds", "a and b", "agree")


def run(name):
    results = {mood: look(name, mood) for mood in ("well", "hang", "error")}
    sound = {verb: facts(results["well"][verb]) for verb in VERBS}
    rows = []
    for mood, answers in results.items():
        for verb in VERBS:
            answer = answers[verb]
            differs = difference(sound[verb], facts(answer))
            same = not differs
            good = answer["seconds"] < LIMIT and same and answer["status"] == results["well"][verb]["status"]
            seen = differs or "as without"
            rows.append((mood, verb, str(answer["status"]), f"{answer['seconds']:.1f}", seen, "yes" if good else "NO"))
    table.show(HEADINGS, rows)
    written = [line for answers in results.values() for line in answers["written"]]
    if written:
        say(f"lab: written to disk c: {written}")
    return 0 if all(row[-1] == "yes" for row in rows) and not written else 1


def look(name, mood):
    """What each verb said, and how long it took, by verb."""
    with tempfile.TemporaryDirectory(dir=CACHE, prefix=".failing-") as scratch:
        folder = Path(scratch)
        files = dict(disks.overlays(faults.broken(name), folder / "disks"))
        with nbd.served("failing_disk.py", folder) as socket:
            files["c"] = nbd.address("c", socket)
            told = Told(folder / "mood", mood)
            job = JOB.format(mood=mood, verbs="\n".join(f"run '{verb}'" for verb in VERBS))
            workshop.job(files, job, out=folder / "out", echo=told.hear, limit=1200)
        answers = {verb: answer(folder / "out", verb.replace(" ", "")) for verb in VERBS}
        written = folder / "written"
        answers["written"] = written.read_text().splitlines() if written.exists() else []
        return answers


class Told:
    """Changes the disk's mood when the console asks for it."""

    def __init__(self, file, mood):
        self.file, self.mood, self.heard = file, mood, b""

    def hear(self, piece):
        self.heard += piece
        if f"LAB: disk c {self.mood}".encode() in self.heard and not self.file.exists():
            self.file.write_text("" if self.mood == "well" else self.mood)


def answer(out, name):
    status, start, end = (out / f"{name}.facts").read_text().split()
    text = (out / f"{name}.json").read_text()
    return {
        "status": int(status),
        "seconds": float(end) - float(start),
        "document": json.loads(text) if text else {},
        # The kernel names disks in the order in which they answer.
        "c": (out / "c").read_text().strip(),
    }


def facts(answer):
    """What was said of all but disk c."""
    document = answer["document"]

    def without(value):
        if isinstance(value, dict):
            return {key: without(each) for key, each in value.items() if key != "events"}
        if isinstance(value, list):
            return [without(each) for each in value if answer["c"] not in json.dumps(each)]
        return value

    return without(document)


def difference(one, other, path=""):
    """Where two documents differ first, or nothing."""
    if type(one) is not type(other):
        return f"{path}: {one} -> {other}"[:200]
    if isinstance(one, dict):
        pairs = [(key, one.get(key), other.get(key)) for key in sorted(one.keys() | other.keys())]
    elif isinstance(one, list) and len(one) == len(other):
        pairs = [(number, one[number], other[number]) for number in range(len(one))]
    else:
        return "" if one == other else f"{path}: {one} -> {other}"[:200]
    return next((found for key, a, b in pairs if (found := difference(a, b, f"{path}.{key}"))), "")
