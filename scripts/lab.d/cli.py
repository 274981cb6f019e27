"""The verbs of scripts/lab."""

import argparse
import shlex
import signal
import sys
import tempfile
from pathlib import Path

import boot
import case
import disks
import failing
import faults
import inject
import leaks
import live
import livecase
import machines
import powercut
import refusals
import table
import undone
import workshop
from settings import CACHE, Failure, say
from tools import need_tools


def build(options):
    for name in options.machines or [machines.DEFAULT]:
        say(f"lab: {name} is in {machines.machine(name).base()}")


def list_machines(options):
    for each in machines.all_of_them():
        print(f"{each.name:10}  {each.about}")


def list_faults(options):
    width = max(map(len, faults.names()))
    for name in faults.names():
        print(f"{name:{width}}  {faults.fault(name).about}")


def break_it(options):
    folder = faults.broken(options.fault)
    print(faults.copy(options.fault, options.out) if options.out else folder)


def boot_it(options):
    result = boot.boot(faults.machine(options.machine), options.disks, log=options.log)
    print(boot.line(result))
    return 0 if result["boots"] else 1


def rescue(options):
    words = options.command
    command = words[0] if len(words) == 1 else shlex.join(words)
    files = {f"files/{file.name}": file for file in options.file}
    with tempfile.TemporaryDirectory(dir=CACHE, prefix=".rescue-") as scratch:
        folder = faults.machine(options.machine)
        if folder.is_relative_to(CACHE):
            folder = faults.copy(options.machine, options.out or Path(scratch))
        plugged = {name: disks.files(folder)[name] for name in boot.PLUGGED[options.disks]}
        done = workshop.job(
            plugged,
            f"#!/bin/bash\ncd /job/files 2> /dev/null\n{command}\n",
            flavour=options.flavour,
            bios=options.bios,
            files=files,
            out=options.results,
            log=options.log,
            limit=options.limit,
        )
    sys.stdout.write(done.stdout)
    sys.stderr.write(done.stderr)
    say(f"lab: status {done.status} after {done.seconds:.1f} s")
    return done.status


def run_live(options):
    command = options.command[0] if len(options.command) == 1 else shlex.join(options.command)
    word = options.machine
    kind = machines.DEFAULT if faults.is_folder(word) else faults.fault(word).machine.name
    text, status = live.live(
        faults.machine(word), options.disks, command, of=kind, log=options.log, keep=options.out
    )
    sys.stdout.write(text)
    return status


def hash_it(options):
    for disk, value in disks.hashes(faults.machine(options.machine)).items():
        print(f"{value}  {disk}")


def raw(options):
    disks.raw(faults.machine(options.machine), options.out)


def run(options):
    return 0 if case.run(options.fault, again=options.again, tell=print)["agree"] else 1


def run_table(options):
    work = table.run_looks if options.look else table.run
    return work(options.faults or faults.names(), options.jobs, options.again)


def run_live_table(options):
    return livecase.run_table(options.cases or livecase.names(), options.jobs, options.again)


def walk(options):
    return livecase.walk(options.again)


def undo(options):
    return undone.run(options.faults or faults.names(), options.jobs, options.again)


def fail_it(options):
    return failing.run(options.fault)


def injure(options):
    return inject.run(options.fault, options.injuries)


def leak(options):
    return leaks.run(options.faults)


def refuse(options):
    return refusals.run_all(options.refusals, options.jobs)


def power(options):
    return powercut.run(options.machine, options.points, options.boots)


def parser():
    top = argparse.ArgumentParser(prog="lab", description="A mirror that is broken, rescued and booted for real.")
    verbs = top.add_subparsers(required=True, metavar="VERB")

    def verb(name, action, about):
        sub = verbs.add_parser(name, help=about, description=about)
        sub.set_defaults(action=action)
        return sub

    machine = {"metavar": "FAULT|DIR", "help": "a fault's name, or a folder with a.qcow2 and b.qcow2"}
    plugged = {"choices": list(boot.PLUGGED)}

    sub = verb("build", build, "make the base images, if they are not there")
    sub.add_argument("machines", nargs="*", metavar="MACHINE", help="default: debian")
    verb("machines", list_machines, "list the machines")
    verb("faults", list_faults, "list the faults; MACHINE:FAULT is one on another machine than Debian's")

    sub = verb("break", break_it, "make the disks of a fault, and print where they are")
    sub.add_argument("fault", metavar="FAULT")
    sub.add_argument("-o", dest="out", type=Path, metavar="DIR", help="overlays of them in DIR, to be changed")

    sub = verb("boot", boot_it, "boot on throwaway overlays; print the outcome and the text that decided it")
    sub.add_argument("machine", **machine)
    sub.add_argument("disks", **plugged)
    sub.add_argument("--log", type=Path, metavar="FILE", help="keep the console")

    sub = verb("rescue", rescue, "run a command in the rescue system, with these disks; end with its status")
    sub.add_argument("machine", **machine)
    sub.add_argument("-o", dest="out", type=Path, metavar="DIR", help="keep a FAULT's changed disks there")
    sub.add_argument("--disks", default="both", **plugged)
    sub.add_argument(
        "--flavour",
        default="plain",
        choices=workshop.FLAVOURS,
        help="plain: nothing assembled; assembled: MD and LVM running; bare: no mdadm, no lvm",
    )
    sub.add_argument("--bios", action="store_true", help="start it by BIOS, also on a machine that UEFI starts")
    sub.add_argument("--file", type=Path, action="append", default=[], help="bring FILE; commands start beside it")
    sub.add_argument("--results", type=Path, metavar="DIR", help="fetch what the command leaves in /out")
    sub.add_argument("--log", type=Path, metavar="FILE", help="keep the console")
    sub.add_argument("--limit", type=int, default=2400, metavar="SECONDS")
    sub.add_argument("command", nargs="+", metavar="COMMAND", help="after --; a single word is shell")

    sub = verb("live", run_live, "boot, and run a command with bootmend beside it in the machine itself")
    sub.add_argument("machine", **machine)
    sub.add_argument("--disks", default="both", **plugged)
    sub.add_argument("-o", dest="out", type=Path, metavar="DIR", help="keep the changed disks there")
    sub.add_argument("--log", type=Path, metavar="FILE", help="keep the console")
    sub.add_argument("command", nargs="+", metavar="COMMAND", help="after --; a single word is shell")

    sub = verb("hash", hash_it, "SHA-256 of each disk's whole content")
    sub.add_argument("machine", **machine)

    sub = verb("raw", raw, "write the disks as sparse raw images a.img and b.img")
    sub.add_argument("machine", **machine)
    sub.add_argument("out", type=Path, metavar="DIR")

    sub = verb("run", run, "one fault, whole: boot, diagnose, rescue, boot, improve, boot")
    sub.add_argument("fault", metavar="FAULT")
    sub.add_argument("--again", action="store_true", help="even if there is a result of the same binary")

    sub = verb("table", run_table, "many faults, then a table; takes up where it was interrupted")
    sub.add_argument("faults", nargs="*", metavar="FAULT", help="default: all")
    sub.add_argument("--jobs", type=int, default=2, metavar="N")
    sub.add_argument("--look", action="store_true", help="only what is said before anything is rescued")
    sub.add_argument("--again", action="store_true", help="run those again that have a result")

    sub = verb("live-table", run_live_table, "faults of the running machine: what check and verify say, then boots")
    sub.add_argument("cases", nargs="*", metavar="CASE", help="default: all of live/")
    sub.add_argument("--jobs", type=int, default=2, metavar="N")
    sub.add_argument("--again", action="store_true", help="run those again that have a result")

    sub = verb("walk", walk, "a replaced disk, put right command by command, with verify after each")
    sub.add_argument("--again", action="store_true", help="even if there is a result of the same binary")

    sub = verb("undo", undo, "rescue and undo: is everything as it was before?")
    sub.add_argument("faults", nargs="*", metavar="FAULT", help="default: all")
    sub.add_argument("--jobs", type=int, default=2, metavar="N")
    sub.add_argument("--again", action="store_true", help="run those again that have a result")

    sub = verb("failing", fail_it, "a third disk that hangs, or errs: are the others seen, and is every verb back in time?")
    sub.add_argument("fault", metavar="FAULT", nargs="?", default="forgotten")

    sub = verb("inject", injure, "a rescue in the middle of which something fails: is everything as it was before?")
    sub.add_argument("injuries", nargs="*", metavar="CHANGE:INJURY", help="default: all of them")
    sub.add_argument("--fault", default="all-five", metavar="FAULT")

    sub = verb("leaks", leak, "does the rescue system leak into the one that is rescued?")
    sub.add_argument("faults", nargs="*", metavar="FAULT", default=["none", "el9:none", "suse:none"])

    sub = verb("refusals", refuse, "machines that must not be opened: are they refused, unwritten, and is the way out one?")
    sub.add_argument("refusals", nargs="*", metavar="REFUSAL", help="default: all")
    sub.add_argument("--jobs", type=int, default=2, metavar="N")

    sub = verb("power", power, "a rescue during which the power fails: what the disks are at many points of it")
    sub.add_argument("machine", choices=list(powercut.RUNS))
    sub.add_argument("--points", type=int, default=72, metavar="N", help="how many are judged")
    sub.add_argument("--boots", type=int, default=14, metavar="N", help="of how many, unlike each other, are booted")
    return top


def main():
    options = parser().parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        need_tools()
        CACHE.mkdir(parents=True, exist_ok=True)
        return options.action(options)
    except Failure as failure:
        say(f"lab: {failure}")
        return 2
    except KeyboardInterrupt:
        return 130
