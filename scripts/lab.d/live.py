"""Run a command in the machine itself, once it has booted: what check and verify see."""

import re
import tempfile
from pathlib import Path

import boot
import disks
import machines
import vm
import workshop
from settings import BINARY, CACHE, Failure

# Put where the unit of the healthy machine looks for what to do once it is up.
ARRIVED = """#!/bin/sh
{
	echo 'LAB: command starts'
	cd /root
	PATH=/root:/usr/sbin:/usr/bin:/sbin:/bin /root/command
	echo "LAB: command ended with $?"
} > /dev/console 2>&1 < /dev/null
systemctl poweroff
"""
PREPARE = """#!/bin/sh
. /job/target.sh
open_target
cp /job/files/arrived $T/usr/local/sbin/lab-arrived
cp /job/files/command /job/bin/bootmend $T/root/
chmod 755 $T/usr/local/sbin/lab-arrived $T/root/command $T/root/bootmend
close_target
"""
ENDED = re.compile(r"LAB: command starts\n(.*)LAB: command ended with (\d+)\n", re.S)


def live(folder, plugged, command, *, of=machines.DEFAULT, log=None, keep=None):
    """What `command`, a line of shell, says in the booted machine, one of the kind `of`, and its status."""
    if not BINARY.exists():
        raise Failure(f"no {BINARY}; scripts/build-release makes it")
    with tempfile.TemporaryDirectory(dir=CACHE, prefix=".live-") as scratch:
        scratch = Path(scratch)
        images = disks.overlays(folder, keep or scratch / "disks")
        (scratch / "arrived").write_text(ARRIVED)
        (scratch / "command").write_text(f"#!/bin/sh\n{command}\n")
        files = {f"files/{name}": scratch / name for name in ("arrived", "command")}
        done = workshop.job(images, PREPARE, files=dict(machines.machine(of).job_files, **files))
        if done.status != 0:
            raise Failure(f"the command could not be put into the machine\n{workshop.tail(done.stderr)}")
        arguments = vm.target_disks({name: images[name] for name in boot.PLUGGED[plugged]})
        with vm.Machine(arguments, log) as machine:
            for _ in machine.chunks():
                if hit := ENDED.search(machine.text):
                    return hit.group(1), int(hit.group(2))
                if machine.seconds > boot.console.CAP:
                    break
            raise Failure(f"the command did not end; console:\n{workshop.tail(machine.text)}")
