"""Does the rescue system leak into the one that is rescued? It gets a kernel version, a command line and files that say so."""

import tempfile
from pathlib import Path

import disks
import faults
import table
import workshop
from look import PASSPHRASE, answer
from settings import CACHE

MARK = "lableak"
# A kernel version that no module directory has (setarch(8)); what it begins with must be nowhere.
JOB = """#!/bin/bash
hostname {mark}
echo "ARRAY /dev/md/{mark} UUID=11111111:22222222:33333333:44444444 # {mark}" >> /etc/mdadm/mdadm.conf
echo "# {mark}" >> /etc/lvm/lvmlocal.conf
echo "nameserver 127.0.0.1 # {mark}" > /etc/resolv.conf
setarch --uname-2.6 bootmend rescue --yes --again initramfs grub-config grub-install \
	--passphrase-file /job/passphrase --json > /out/rescue.json 2> /out/rescue.err
echo $? > /out/rescue.status
bootmend mount --read-only --passphrase-file /job/passphrase > /dev/null || echo "cannot be looked at"
cd /mnt/sysimage || exit 0
grep -rlI --exclude-dir=bootmend {mark} etc boot var/lib
find boot lib/modules -name '*2.6.*'
for image in boot/init*; do
	[ -f "$image" ] && [ ! -L "$image" ] || continue
	rm -rf /tmp/image && mkdir /tmp/image
	unmkinitramfs "$image" /tmp/image 2> /dev/null || echo "$image cannot be unpacked"
	[ "$(find /tmp/image -type f | wc -l)" -gt 20 ] || echo "$image holds next to nothing"
	grep -rl {mark} /tmp/image
	find /tmp/image -name '*2.6.*'
done
cd / && bootmend umount > /dev/null
"""
HEADINGS = ("machine", "rescue", "what leaked", "agree")


def run(names):
    return table.collect(names, 2, one, HEADINGS, row)


def row(name, result):
    return name, str(result["status"]), "; ".join(result["complaints"]) or "nothing", table.agreement(result)


def one(name):
    with tempfile.TemporaryDirectory(dir=CACHE, prefix=".leaks-") as scratch:
        files = disks.overlays(faults.broken(name), Path(scratch, "disks"))
        out = Path(scratch, "out")
        job = JOB.format(mark=MARK)
        done = workshop.job(files, job, files=PASSPHRASE, out=out, words=MARK, limit=3600)
        _, status = answer(out, "rescue")
        complaints = done.stdout.splitlines() + ([] if status in (0, 1) else [(out / "rescue.err").read_text()[-300:]])
        return {"status": status, "complaints": complaints, "agree": not complaints}
