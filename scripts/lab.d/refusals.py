"""Machines that must not be opened for writing: each is refused by name, nothing is written, and the way out leads on."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import boot
import disks
import faults
import table
import workshop
from look import PASSPHRASE, answer
from settings import CACHE, Failure, run as command, say

# bootmend opens and closes for writing what it may: what was written is counted by the kernel (Documentation/block/stat.rst).
JOB = """#!/bin/bash
. /job/disks
c=$(readlink -f /dev/disk/by-id/scsi-0QEMU_QEMU_HARDDISK_mirror-c)
written() {{
	sync
	for disk in $a $b; do awk '{{ print $7 }}' /sys/block/${{disk#/dev/}}/stat; done
}}
{prelude}
udevadm settle
written > /out/before
bootmend rescue --yes --again grub-config --passphrase-file /job/passphrase --json > /out/refused.json 2> /out/refused.err
echo $? > /out/refused.status
written > /out/after
{way_out}
udevadm settle
bootmend rescue --yes --again grub-config --passphrase-file /job/passphrase --json > /out/rescued.json 2> /out/rescued.err
echo $? > /out/rescued.status
"""
# The machine goes to sleep as soon as it is up.
HIBERNATE = """#!/bin/bash
bootmend shell --yes -- sh -c "printf '#!/bin/sh\\necho 0 >/sys/power/image_size\\necho shutdown >/sys/power/disk\\necho disk >/sys/power/state\\n' >/usr/local/sbin/lab-arrived"
"""


@dataclass
class Case:
    """How a machine comes to be so, and what a person does about it."""

    start: str
    prelude: str = ""
    way_out: str = ""
    third: str = ""  # a third disk: "blank", or "b", a copy of the second
    sleeps: bool = False


CASES = {
    "hibernated": Case(
        "none",
        way_out="vgchange -qq -ay rhel; mkswap -U $(blkid -s UUID -o value /dev/rhel/swap) /dev/rhel/swap; vgchange -qq -an rhel",
        sleeps=True,
    ),
    "split-brain": Case("md-split-brain", way_out="echo 1 > /sys/block/${b#/dev/}/device/delete"),
    "duplicate-pv": Case("none", way_out="echo 1 > /sys/block/${c#/dev/}/device/delete", third="b"),
    "duplicate-member": Case("none", way_out="echo 1 > /sys/block/${c#/dev/}/device/delete", third="b"),
    "same-name-vg": Case(
        "none",
        "pvcreate -qq $c; vgcreate -qq --devices $c rhel $c",
        "vgrename $(vgs --noheadings --devices $c -o vg_uuid) rhel-other",
        third="blank",
    ),
    "exported-vg": Case("none", "vgexport rhel", "vgimport rhel"),
    "read-only-disk": Case("none", "blockdev --setro $b", "blockdev --setrw $b"),
    "unread-disk": Case(
        "none",
        "echo offline > /sys/block/${b#/dev/}/device/state",
        "echo 1 > /sys/block/${b#/dev/}/device/delete",
    ),
    "swap-in-use": Case(
        "none", "vgchange -qq -ay rhel; swapon /dev/rhel/swap", "swapoff /dev/rhel/swap; vgchange -qq -an rhel"
    ),
    "member-mounted": Case(
        "lvm-md:none", "mkdir /run/m; mount -t ext4 -o ro ${a}1 /run/m || mount -t xfs -o ro,norecovery ${a}1 /run/m", "umount /run/m"
    ),
    # A signature of Intel's firmware lies in the last sector but one (libblkid, isw_raid.c).
    "foreign-raid": Case(
        "none",
        "printf 'Intel Raid ISM Cfg Sig. 1.1.00' | dd of=$b bs=512 seek=$(( $(blockdev --getsz $b) - 2 )) conv=notrunc",
        "dd if=/dev/zero of=$b bs=512 count=1 seek=$(( $(blockdev --getsz $b) - 2 )) conv=notrunc",
    ),
    "reencryption": Case(
        "luks:none",
        """mdadm --quiet --assemble --scan; udevadm settle
for device in $(blkid -t TYPE=crypto_LUKS -o device); do
	printf lab | cryptsetup reencrypt --init-only --batch-mode --key-file - $device
done
mdadm --quiet --stop --scan""",
    ),
}
HEADINGS = ("refusal", "status", "named", "written", "after the way out", "agree")


def run_all(names, jobs):
    return table.collect(names or list(CASES), jobs, one, HEADINGS, row)


def row(name, result):
    written = "nothing" if result["unwritten"] else "SOMETHING"
    rescued = "" if result["rescued"] is None else str(result["rescued"])
    return name, str(result["status"]), " ".join(result["named"]), written, rescued, table.agreement(result)


def one(name):
    case = CASES[name]
    with tempfile.TemporaryDirectory(dir=CACHE, prefix=".refused-") as scratch:
        folder, out = Path(scratch, "disks"), Path(scratch, "out")
        files = disks.overlays(faults.broken(case.start), folder)
        if case.sleeps:
            workshop.job(files, HIBERNATE)
            result = boot.boot(folder, "both", mode="hibernates", keep=True)
            if result["outcome"] != "off":
                raise Failure(f"it does not go to sleep: {boot.line(result)}")
        if case.third:
            files["c"] = folder / "c.qcow2"
            if case.third == "b":
                disks.overlay(faults.broken(case.start) / "b.qcow2", files["c"])
            else:
                command("qemu-img", "create", "-q", "-f", "qcow2", files["c"], "256M")
        job = JOB.format(prelude=case.prelude, way_out=case.way_out)
        done = workshop.job(files, job, files=PASSPHRASE, out=out, limit=3600)
        document, status = answer(out, "refused")
        unwritten = (out / "before").read_text() == (out / "after").read_text()
        refusals = (document or {}).get("plan", document or {}).get("refusals", [])
        named = [each["id"] for each in refusals]
        complaint = (out / "refused.err").read_text()
        after, rescued = answer(out, "rescued") if case.way_out else (None, None)
        still = [each["id"] for each in (after or {}).get("plan", {}).get("refusals", [])]
    complaints = [
        *([] if status in (1, 2, 3) else [f"status {status}"]),
        *([] if name in named else [f"not named: {complaint[-300:]}"]),
        *([] if unwritten else ["written to"]),
        # A disk that was taken away may be the one that it boots from.
        *([] if rescued in (None, 0, 1, 2) and not still else [f"rescued: {rescued}, {still}, {done.stderr[-300:]}"]),
    ]
    say(f"{name}: {status}, {named}, then {rescued}; {'; '.join(complaints)}")
    return {
        "status": status,
        "named": named,
        "unwritten": unwritten,
        "rescued": rescued,
        "agree": not complaints,
        "complaints": complaints,
    }
