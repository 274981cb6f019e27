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
	awk '{{ print $7 }}' /sys/block/sd?/stat
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
REENCRYPT = """mdadm --quiet --assemble --scan; udevadm settle
for device in $(blkid -t TYPE=crypto_LUKS -o device); do
	printf lab | cryptsetup reencrypt {step} --batch-mode --key-file - $device
done
mdadm --quiet --stop --scan"""
SNAPSHOT = """mdadm --quiet --assemble --scan; udevadm settle
mkdir -p /run/m; mount -o subvolid=5 $(blkid -t TYPE=btrfs -o device | grep md) /run/m
btrfs property set -ts /run/m/@/.snapshots/1/snapshot ro {setting}
umount /run/m; mdadm --quiet --stop --scan"""
# What is copied in the array is at its beginning for as long as anybody looks.
SLOW_ARRAY = """mdadm --quiet --assemble /dev/md0 ${a}1 ${b}1; udevadm settle
echo 100 | tee /sys/block/md0/md/sync_speed_min > /sys/block/md0/md/sync_speed_max
"""


@dataclass
class Case:
    """How a machine comes to be so, and what a person does about it."""

    start: str
    prelude: str = ""
    way_out: str = ""
    third: str = ""  # a third disk: "blank"; "b", a copy of the second; "b-again", another path to the second
    sleeps: bool = False
    bad_sector: int = 0  # of disk b, which cannot be read
    reason: str = ""  # the id of the refusal, where that is not the case's name


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
    "read-only-disk": Case("none", "blockdev --setro $b", "blockdev --setrw $b"),
    "unread-disk": Case(
        "none",
        "echo offline > /sys/block/${b#/dev/}/device/state",
        "echo 1 > /sys/block/${b#/dev/}/device/delete",
    ),
    # In the middle of the core image: all but the boot code can be read.
    "bad-sector": Case(
        "none", way_out="echo 1 > /sys/block/${b#/dev/}/device/delete", bad_sector=64, reason="unread-disk"
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
        REENCRYPT.format(step="--init-only"),
        REENCRYPT.format(step="--resume-only"),
    ),
    "read-only-root": Case(
        "suse:none", SNAPSHOT.format(setting="true"), SNAPSHOT.format(setting="false")
    ),
    "multipath": Case(
        "none",
        way_out="""for disk in /sys/block/sd?; do
	if grep -qa mirror-b $disk/device/vpd_pg80; then again=$disk; fi
done
echo 1 > $again/device/delete""",
        third="b-again",
    ),
    "exported-vg": Case("none", "vgexport rhel", "vgimport rhel"),
    # As lvmlockd(8) marks a group that several machines share.
    "shared-vg": Case(
        "none",
        """vgcfgbackup -qq -f /tmp/group rhel
sed -i '0,/flags = /s//lock_type = "sanlock" lock_args = "1.0.0:lvmlock" flags = /' /tmp/group
vgcfgrestore -qq --force -f /tmp/group rhel""",
        "vgchange -qq --yes --lock-type none --lock-opt force rhel",
    ),
    # An extent goes to a third disk, and the power with it.
    "pvmove": Case(
        "none",
        """pvcreate -qq $c; vgextend -qq rhel $c; vgchange -qq -ay rhel
pvmove -qq --background --interval 60 -n rhel/swap_rimage_1 ${b}2 $c
vgchange -qq -an rhel""",
        "vgchange -qq -ay rhel; pvmove --abort; vgreduce -qq rhel $c; pvremove -qq $c; vgchange -qq -an rhel",
        third="blank",
    ),
    # b was being filled from a when a died.
    "no-current-copy": Case("none", SLOW_ARRAY + """mdadm --quiet /dev/md0 --fail ${b}1 --remove ${b}1
mdadm --quiet --zero-superblock ${b}1; mdadm --quiet /dev/md0 --add ${b}1
sleep 3; mdadm --quiet --stop /dev/md0
echo 1 > /sys/block/${a#/dev/}/device/delete"""),
    # A third disk was taking the place of b's half.
    "reshape": Case(
        "none",
        SLOW_ARRAY + """mdadm --quiet /dev/md0 --add $c; mdadm --quiet /dev/md0 --replace ${b}1 --with $c
sleep 3; mdadm --quiet --stop /dev/md0""",
        """mdadm --quiet --assemble /dev/md0 ${a}1 ${b}1 $c; mdadm --quiet --readwrite /dev/md0
until ! grep -q 'recovery\\|resync' /proc/mdstat; do sleep 1; done
mdadm --quiet --stop /dev/md0""",
        third="blank",
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
        third = folder / "c.qcow2"
        match case.third:
            case "b":
                disks.overlay(faults.broken(case.start) / "b.qcow2", third)
                files["c"] = third
            case "blank":
                command("qemu-img", "create", "-q", "-f", "qcow2", third, "512M")
                files["c"] = third
            case "b-again":
                files["b-again"] = files["b"]
        if case.bad_sector:
            files["b"] = failing(files["b"], case.bad_sector, folder)
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
        *([] if (case.reason or name) in named else [f"not named: {complaint[-300:]}"]),
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


def failing(disk, sector, folder):
    """What QEMU opens instead of a disk to see one sector of it fail (docs/devel/testing/blkdebug.rst)."""
    rules, image = folder / "rules", folder / "failing.img"
    rules.write_text(f'[inject-error]\nevent = "none"\niotype = "read"\nerrno = "5"\nsector = "{sector}"\n')
    command("qemu-img", "convert", "-O", "raw", disk, image)
    return f"blkdebug:{rules}:{image}"
