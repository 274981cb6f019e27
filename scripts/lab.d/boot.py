"""Boot the machine with both disks or with one, and say what came of it."""

import concurrent.futures
import tempfile
from pathlib import Path

import console
import disks
import vm
from settings import CACHE, DISKS, Failure

PLUGGED = {"both": DISKS, "a": ("a",), "b": ("b",)}

COUNTDOWN = "highlighted entry will be executed automatically"


def boot(folder, plugged, *, log=None, mode="", keep=False):
    """Boot the disks of `folder`; the result as a dictionary.

    A boot writes: unless `keep`, it runs on overlays that are thrown away, so
    that booting one disk alone does not split the mirror for what follows.
    """
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE, prefix=".boot-") as scratch:
        images = disks.files(folder) if keep else disks.overlays(folder, Path(scratch))
        arguments = ["-smbios", f"type=1,sku={mode}"] if mode else []
        arguments += vm.target_disks({name: images[name] for name in PLUGGED[plugged]})
        with vm.Machine(arguments, log) as machine:
            verdict = watch(machine)
            seconds = machine.seconds
    return {
        "disks": plugged,
        "outcome": verdict.outcome,
        "boots": verdict.boots,
        "seconds": round(seconds),
        "console": verdict.reason,
    }


def boots(folder, logs, tell=lambda result: None):
    """Boot with both disks, with a and with b, side by side; the results by what was plugged in."""
    with concurrent.futures.ThreadPoolExecutor(len(PLUGGED)) as pool:
        running = {each: pool.submit(boot, folder, each, log=logs(each)) for each in PLUGGED}
        try:
            results = {each: run.result() for each, run in running.items()}
        except KeyboardInterrupt:
            vm.stopping.set()
            raise
    for result in results.values():
        tell(result)
    return results


def watch(machine):
    heard = cpu = 0
    counts = False
    for piece in machine.chunks():
        # GRUB counts down by spinning, a quarter of a boot's processor time: Enter starts what it would start by itself.
        if not counts and COUNTDOWN in machine.text:
            counts = True
            machine.press_enter()
        if piece:
            heard, cpu = machine.seconds, machine.cpu
        # Silence counts in processor time, for the host may be busy; a halted
        # processor uses none, so waiting counts a little too.
        quiet = max(machine.cpu - cpu, (machine.seconds - heard) / 6)
        if verdict := console.judge(machine.text, quiet):
            return verdict
        if machine.cpu > console.CAP_CPU or machine.seconds > console.CAP:
            return console.Verdict("no-end", f"no end after: {console.last_line(machine.text)}")
    if not machine.text:
        raise Failure("QEMU ended without a word on the console")
    return console.Verdict("reset", f"the machine reset itself after: {console.last_line(machine.text)}")


def line(result):
    return f"{result['disks']:4}  {result['outcome']:15} {result['seconds']:4} s  {result['console']}"
