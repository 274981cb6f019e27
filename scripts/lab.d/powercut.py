"""A rescue during which the power fails: what is on the disks at many points of it, and whether that boots."""

import contextlib
import hashlib
import json
import os
import random
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import boot
import disks
import faults
import nbd
import powerlog
import table
import workshop
from look import PASSPHRASE, answer
from settings import BINARY, CACHE, DISKS, HERE, Failure, cached, digest, say

STEPS = (
    "partition-table md-array boot-copy mdadm-conf fstab lvm-mirror initramfs cmdline grub-config grub-install sync"
)
# What is rescued, and how: a machine that boots from each of its disks, redone whole, and one on which all is wrong.
RUNS = {"alone": f"--yes --again {STEPS}", "all-five": "--yes"}
RESCUE = """#!/bin/bash
bootmend rescue {options} --json > /out/rescue.json 2> /out/rescue.err
echo $? > /out/rescue.status
sync
"""
HEADINGS = ("point", "kind", "in the middle of", "verdict", "boots", "after a second rescue")
KINDS = ("all", "some", "torn")
SECTOR = 512


@dataclass
class Point:
    """The power fails before entry `at` of the log: of what was not flushed, all, some, or all but half of the last."""

    at: int
    kind: str
    change: str


def run(name, points, boots):
    """The table of a rescue's points; 0 if every machine boots that has to."""
    folder = recording(name)
    log = powerlog.entries(folder / "log")
    say(f"lab: {name}: {len(log)} writes and flushes, {sum(each.what == 'f' for each in log)} of them flushes")
    chosen = choose(log, folder / "log", points)
    with tempfile.TemporaryDirectory(dir=CACHE, prefix=".power-") as scratch:
        states = Path(scratch)
        judged = replayed(folder, log, states / "judged", chosen, lambda images, _: judge(images))
        kept = representatives(judged, boots)
        wanted = [chosen[number] for number in kept]
        copies = replayed(folder, log, states / "kept", wanted, lambda images, point: keep(images, states / str(point.at)))
        came = dict(zip(kept, (outcome(name, copy) for copy in copies)))
    rows = [line(point, judged[number][0], came.get(number)) for number, point in enumerate(chosen)]
    table.show(HEADINGS, rows)
    states = len({fine for _, _, fine in judged})
    say(f"lab: {name}: {len(rows)} points, {states} states of boot areas and /boot, {len(kept)} booted")
    return 0 if all(good for _, good in came.values()) else 1


def replayed(folder, log, scratch, points, work):
    """What work(folder with the disks, point) gave at each of the points, which go forward."""
    scratch.mkdir()
    with contextlib.closing(Replay(folder, log, scratch)) as replay:
        results = []
        for point in points:
            with replay.cut(point) as images:
                results.append(work(images, point))
        return results


def representatives(judged, most):
    """The numbers of those to be booted: one for each thing that is found at rest, the rest of them evenly from all states."""
    first = {}
    for number, (_, coarse, _) in enumerate(judged):
        first.setdefault(coarse, number)
    states = {}
    for number, (_, _, fine) in enumerate(judged):
        states.setdefault(fine, number)
    rest = [number for number in states.values() if number not in first.values()]
    return sorted([*list(first.values())[:most], *thinned(rest, max(0, most - len(first)))])


def line(point, verdict, came):
    return (str(point.at), point.kind, point.change, verdict, *(came[0] if came else ("", "")))


# MARK: recording


def recording(name):
    """The folder with the disks before the rescue, and the log of all that it wrote."""
    fault = faults.fault(name)
    key = digest(BINARY, fault.key, RUNS[name], HERE / "powerlog.py")

    def make(folder):
        before = folder / "before"
        disks.raw(faults.broken(name), before)
        with tempfile.TemporaryDirectory(dir=CACHE, prefix=".served-") as scratch:
            for disk in DISKS:
                run_quietly("cp", "--sparse=always", before / f"{disk}.img", Path(scratch, f"{disk}.img"))
            with nbd.served("powerlog.py", Path(scratch)) as socket:
                addresses = {disk: nbd.address(disk, socket) for disk in DISKS}
                script = RESCUE.format(options=RUNS[name])
                workshop.job(addresses, script, out=folder, log=folder / "rescue.log", limit=3600)
            shutil.move(Path(scratch, "log"), folder / "log")
        _, status = answer(folder, "rescue")
        if status > 1:
            raise Failure(f"the rescue of {name} ended with {status}: {(folder / 'rescue.err').read_text()[-400:]}")

    return cached(f"power-{name}", key, make)


def run_quietly(*command):
    subprocess.run([str(word) for word in command], check=True, stdout=subprocess.DEVNULL)


# MARK: points


def choose(log, path, wanted):
    """Points where it matters most, of every kind: around boot code, around the flushes of /boot, and evenly."""
    titles = changes(log, path)
    first = next(iter(titles), 0)
    area = 1 << 20  # before the first partition
    boot_code = [i for i, each in enumerate(log) if each.what == "w" and each.offset < area]
    flushes = [i for i, each in enumerate(log) if each.what == "f" and i > first]
    even = [first + i * (len(log) - first) // wanted for i in range(wanted)]
    near = {i + step for i in thinned(boot_code, wanted // 4) for step in (0, 1)}
    near |= {i + step for i in thinned(flushes, wanted // 3) for step in (0, 1)}
    spots = sorted(near | set(even[:: max(1, len(even) * 2 // wanted)]))
    spots = [spot for spot in thinned(spots, wanted) if 0 < spot <= len(log)]
    return [Point(spot, KINDS[number % len(KINDS)], title(titles, spot)) for number, spot in enumerate(spots)]


def thinned(items, most):
    return items if len(items) <= most else [items[i * len(items) // most] for i in range(most)]


def changes(log, path):
    """Where in the log each change of the rescue begins: its journal is on the disks too, a line of JSON each."""
    found = {}
    with open(path, "rb") as file:
        for number, each in enumerate(log):
            if each.what != "w" or each.length > 1 << 20:
                continue
            file.seek(each.data)
            for text in file.read(each.length).split(b"\n"):
                start = text.find(b'{"change":{')
                if start < 0:
                    continue
                with contextlib.suppress(ValueError):
                    record = json.loads(text[start:].rstrip(b"\0"))["change"]
                    if record["title"] not in found.values():
                        found[number] = record["title"]
    return found


def title(titles, spot):
    return next((text for number, text in reversed(titles.items()) if number < spot), "opening")


# MARK: the disks at a point


class Replay:
    """Working copies of both disks, moved from point to point."""

    def __init__(self, folder, log, scratch):
        self.log, self.scratch = log, scratch
        self.data = open(folder / "log", "rb")
        self.images = {}
        for disk in DISKS:
            run_quietly("cp", "--sparse=always", folder / "before" / f"{disk}.img", scratch / f"{disk}.img")
            self.images[disk] = os.open(scratch / f"{disk}.img", os.O_RDWR)
        self.applied = {disk: 0 for disk in DISKS}

    def close(self):
        self.data.close()
        for image in self.images.values():
            os.close(image)

    @contextlib.contextmanager
    def cut(self, point):
        """The folder with a.img and b.img as they are when the power fails there; they are taken back afterwards."""
        old, chance = [], random.Random(f"{point.at} {point.kind}")
        for disk in DISKS:
            flushed = max((i for i in range(point.at) if self.log[i].what == "f" and self.log[i].disk == disk), default=0)
            for i in range(self.applied[disk], flushed):
                self.write(disk, i)
            self.applied[disk] = max(self.applied[disk], flushed)
            late = [i for i in range(flushed, point.at) if self.log[i].what == "w" and self.log[i].disk == disk]
            if point.kind == "some":
                late = [i for i in late if self.log[i].durable or chance.random() < 0.5]
                # A cache is written back in any order.
                chance.shuffle(late)
            for i in late:
                entry = self.log[i]
                old.append((disk, entry.offset, os.pread(self.images[disk], entry.length, entry.offset)))
                torn = point.kind == "torn" and i == late[-1] and not entry.durable
                self.write(disk, i, chance.randrange(0, entry.length, SECTOR) if torn else entry.length)
        try:
            yield self.scratch
        finally:
            for disk, offset, data in reversed(old):
                os.pwrite(self.images[disk], data, offset)

    def write(self, disk, number, length=None):
        entry = self.log[number]
        if entry.what == "w" and entry.disk == disk:
            self.data.seek(entry.data)
            data = self.data.read(entry.length if length is None else length)
            os.pwrite(self.images[disk], data, entry.offset)


# MARK: what came of it


def judge(images):
    """What diagnose says of the raw images; a key for what it sees the machine boot from, and one for the bytes of that."""
    command = [BINARY.resolve(), "survey", "a.img", "b.img"]
    survey = json.loads(subprocess.run(command, cwd=images, capture_output=True, check=True).stdout)
    command = [BINARY.resolve(), "diagnose", "--json", "a.img", "b.img"]
    document = json.loads(subprocess.run(command, cwd=images, capture_output=True).stdout)
    verdict = document.get("verdict") or document["error"]["message"]
    seen = json.dumps([survey["disk_boots"], survey["boot_directories"]], sort_keys=True).encode()
    bytes_ = hashlib.sha256()
    for disk in survey["storage"]["disks"]:
        # Boot code, and the half of /boot, which is the first partition of these machines.
        first = min(disk["table"]["partitions"], key=lambda each: each["start"])
        with open(images / disk["id"], "rb") as image:
            while image.tell() < first["start"] + first["size"] and (piece := image.read(1 << 20)):
                bytes_.update(piece)
    return verdict, hashlib.sha256(seen).hexdigest(), bytes_.hexdigest()


def keep(images, folder):
    """A copy of the disks as they are now, to be booted later."""
    folder.mkdir()
    for disk in DISKS:
        run_quietly("cp", "--sparse=always", images / f"{disk}.img", folder / f"{disk}.img")
        options = ["-q", "-f", "qcow2", "-F", "raw", "-b", folder / f"{disk}.img"]
        run_quietly("qemu-img", "create", *options, folder / f"{disk}.qcow2")
    return folder


def outcome(name, folder):
    """What the disks boot to, and whether that is good enough; where it is not, after a second rescue."""
    for plugged in ("both", "b", "a"):
        result = boot.boot(folder, plugged)
        say(f"lab: {folder.name}: {boot.line(result)}")
        if result["boots"]:
            return (f"yes, with {plugged}", ""), True
    first = f"no, {result['outcome']}"
    # What booted before has to boot from at least one disk, without anybody's help.
    if name == "alone":
        return (first, ""), False
    job = RESCUE.format(options="--yes")
    workshop.job(disks.files(folder), job, files=PASSPHRASE, out=folder / "second", limit=3600)
    _, status = answer(folder / "second", "rescue")
    result = boot.boot(folder, "both")
    say(f"lab: {folder.name}: rescue {status}, {boot.line(result)}")
    return (first, f"{status}, {result['outcome']}"), result["boots"]
