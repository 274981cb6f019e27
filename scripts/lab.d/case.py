"""One fault from end to end: look, rescue, boot, improve, boot; and whether bootmend said so."""

import json
import shutil

import boot
import disks
import faults
import look
import workshop
from look import PASSPHRASE, alone, answer, differences, skipped, told
from settings import BINARY, CACHE, HERE, digest

RESCUE = """#!/bin/bash
bootmend rescue {options} --passphrase-file /job/passphrase --json > /out/rescue.json 2> /out/rescue.err
echo $? > /out/rescue.status
# What bootmend left behind: nothing, or a line for each array, mapped device and mount.
grep -v '^Personalities\\|^unused' /proc/mdstat
ls /dev/mapper | grep -v '^control$'
grep ' /mnt/sysimage' /proc/self/mountinfo
true
"""


def run(name, *, again=False, tell=lambda line: None):
    """The result of a fault, made unless there is one of the same binary, fault and base."""
    looked = look.run(name, again=again, tell=tell)
    fault = faults.fault(name)
    key = digest(BINARY, fault.key, fault.expect, fault.confirm, HERE / "case.py", HERE / "look.py")
    folder = CACHE / f"case-{name}-{key}"
    if (folder / "result.json").exists() and not again:
        result = json.loads((folder / "result.json").read_text())
        tell(f"{name}: result of an earlier run, {folder / 'result.json'}")
        return result
    shutil.rmtree(folder, ignore_errors=True)
    return Case(fault, folder, tell).run(looked)


class Case:
    def __init__(self, fault, folder, tell):
        self.fault, self.folder = fault, folder
        self.tell = lambda line: tell(f"{fault.name}: {line}")

    def run(self, looked):
        files = disks.overlays(faults.broken(self.fault.name), self.folder)
        agreed = " ".join(["--yes", *(f"--confirm {device}" for device in self.fault.confirm)])
        rescue, rescue_seconds = self.rescue(files, "rescue", agreed)
        after = self.boots("after")
        improve, improved = rescue, after
        # What boots from each of its disks already has nothing to improve, and what is left to the person stays.
        if rescue["status"] != 0 and rescue["improvable"]:
            improve, _ = self.rescue(files, "improve", "--yes --improve")
            improved = self.boots("improved")
        # An array that was given its member back goes on being rebuilt when it is started the next time.
        left = {*rescue["not_done"], "sync"}
        # There is no place for boot code on a disk without partitions.
        if "partition-table" in left:
            left.add("grub-install")
        open_steps = skipped(rescue["document"])
        complaints = [
            *looked["complaints"],
            *differences("after", rescue["document"], after, rescue["status"]),
            *[f"after: still names {step}" for step in open_steps if step not in left],
            # What only a person can put right may go on stopping the boot, as is said.
            *([] if after["both"]["boots"] or set(open_steps) <= left else ["rescued, but does not boot"]),
            *[f"left behind: {line}" for job in (rescue, improve) for line in job["left"]],
            *differences("improved", improve["document"], improved, improve["status"]),
        ]
        # No distribution mounts half a btrfs by itself, whatever is improved.
        if not open_steps and self.fault.machine.name != "btrfs":
            complaints += [f"improved, but does not boot from {disk}" for disk in improved if not improved[disk]["boots"]]
        result = {
            **looked,
            "rescue": {
                "status": rescue["status"],
                "boots_alone": alone(rescue["document"]),
                "seconds": rescue_seconds,
            },
            "after": after,
            "improve": {"status": improve["status"], "boots_alone": alone(improve["document"])},
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

    def rescue(self, files, name, options):
        """What rescue says of the machine when it is done, its status, and the seconds it took."""
        out = self.folder / name
        script = RESCUE.format(options=options)
        done = workshop.job(
            files, script, bios=self.fault.bios, files=PASSPHRASE, out=out, log=self.folder / f"{name}.log", limit=3600
        )
        whole, status = answer(out, "rescue")
        document = (whole or {}).get("after") or (whole or {}).get("before")
        self.tell(f"{name:8} {status}, {told(document)}")
        not_done = (whole or {}).get("plan", {}).get("not_done", [])
        result = {
            "document": document,
            "status": status,
            "left": done.stdout.splitlines(),
            "not_done": [each["step"] for each in not_done if each["purpose"] == "redo"],
            "improvable": any(each["purpose"] == "improvement" for each in not_done),
        }
        return result, round(done.seconds, 1)
