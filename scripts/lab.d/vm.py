"""One emulated machine: its command line, its serial console, its end."""

import os
import selectors
import subprocess
import threading
import time
from pathlib import Path

import console
from settings import Interrupted

# No fast strings: TCG takes them byte by byte, and QEMU 7.2 takes minutes to clear a page
# that code has been in (clear_page_erms: soft lockups, a boot that seems to hang). Nor what
# is done at every access, a twentieth of a boot: a fifth level of page tables, the guards
# between kernel and programs.
CPU = "max,erms=off,fsrm=off,la57=off,smep=off,smap=off,pku=off"
# Time in the machine is counted in instructions (2 ns each), plus what it idles:
# on a busy host it gets slow, but no time-out in it strikes for that.
# A session of its own: Ctrl-C is for the lab, which must not take the end of a
# machine for what the machine did. setpriv ends it should the lab be killed.
QEMU = [
    "setpriv", "--pdeathsig", "TERM", "qemu-system-x86_64",
    "-nodefaults", "-display", "none", "-no-reboot", "-machine", "q35,graphics=off",
    "-accel", "tcg,thread=single", "-icount", "shift=1", "-cpu", CPU, "-m", "1280",
    "-device", "virtio-rng-pci", "-serial", "stdio", "-device", "virtio-scsi-pci,id=scsi",
]  # fmt: skip


def target_disks(files, start="secure"):
    """The disks of the target (path or NBD address by name): SCSI, so that they come as sda and sdb, each with a serial of its own.
    "b-again" is a second path to disk b.

    Beside a machine that UEFI starts lies what its firmware remembers; its boot options say what is started, and
    QEMU's order must not stand in for them. Its own system is started with Secure Boot; `start` is "unsigned" for a
    kernel that QEMU brings, which no key of the firmware's has signed, and "bios" as if it had no UEFI.
    """
    first = next(iter(files.values()))
    memory = first.parent / "firmware.fd" if isinstance(first, Path) else None
    has_memory = memory is not None and memory.exists()
    arguments = uefi(memory, start) if has_memory and start != "bios" else []
    for number, (name, file) in enumerate(files.items()):
        order = "" if has_memory else f",bootindex={number + 1}"
        # What is served by another program is there to see each flush.
        kind = "format=qcow2,cache=unsafe" if isinstance(file, Path) else "format=raw,cache=writeback"
        disk, again, _ = name.partition("-again")
        lock = ",file.locking=off" if again else ""
        # What makes one disk of two paths is a name that no other disk in the world has.
        unique = ",wwn=0x5000c500deadbeef" if f"{disk}-again" in files else ""
        arguments += [
            "-drive", f"if=none,id={name},file={file},{kind},discard=unmap{lock}",
            "-device", f"scsi-hd,bus=scsi.0,scsi-id={number},drive={name},serial=mirror-{disk}{order}{unique}",
        ]  # fmt: skip
    return arguments


def uefi(memory, start):
    """The firmware, and the file of its variables. The one with Secure Boot keeps them from all but itself (SMM)."""
    secure = ["-machine", "smm=on", "-global", "driver=cfi.pflash01,property=secure,value=on"]
    code = CODE[start]
    return [
        *(secure if start == "secure" else []),
        "-drive", f"if=pflash,unit=0,format=raw,readonly=on,file={OVMF / code}",
        "-drive", f"if=pflash,unit=1,format=raw,cache=unsafe,file={memory}",
    ]  # fmt: skip


def plain_disk(name, file, read_only=False):
    """A virtio disk for the lab's own use: the rescue system's root, a job, its results."""
    return [
        "-drive",
        f"if=none,id={name},file={file},format=raw,cache=unsafe" + (",readonly=on" if read_only else ""),
        "-device", f"virtio-blk-pci,drive={name}",
    ]  # fmt: skip


OVMF = Path("/usr/share/OVMF")
CODE = {"secure": "OVMF_CODE_4M.secboot.fd", "unsigned": "OVMF_CODE_4M.fd"}
# What a new machine's firmware remembers: Microsoft's keys, and that Secure Boot is on.
VARIABLES = OVMF / "OVMF_VARS_4M.ms.fd"
stopping = threading.Event()  # set when the lab is interrupted; ends every machine
# One processor each: more machines at a time only make each of them slower.
slots = threading.BoundedSemaphore(max(1, len(os.sched_getaffinity(0))))


class Machine:
    """Runs until its block ends; the console is read with chunks()."""

    def __init__(self, arguments, log=None):
        self.command = QEMU + [str(word) for word in arguments]
        self.log_path = log
        self.text = ""

    def __enter__(self):
        while not slots.acquire(timeout=1):
            if stopping.is_set():
                raise Interrupted
        try:
            return self.start()
        except BaseException:
            slots.release()
            raise

    def start(self):
        self.log = open(self.log_path or os.devnull, "wb")
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            self.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        return self

    def __exit__(self, *_):
        # SIGTERM makes QEMU write out its own caches; for the guest it is the power going.
        self.process.terminate()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()
        self.log.close()
        slots.release()

    @property
    def seconds(self):
        return time.monotonic() - self.started

    @property
    def cpu(self):
        """Processor seconds used so far: the progress that a busy host allowed."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def press_enter(self):
        os.write(self.process.stdin.fileno(), b"\r")

    def chunks(self, wait=1.0):
        """Yield after every piece of console text and every `wait` seconds without; end when QEMU does."""
        raw = b""
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            while True:
                if stopping.is_set():
                    raise Interrupted
                piece = b""
                if selector.select(wait):
                    # The text is judged whole each time, and a serial port gives it letter by letter: a tenth of a processor.
                    time.sleep(0.4)
                    piece = os.read(self.process.stdout.fileno(), 65536)
                    if not piece:
                        return
                    self.log.write(piece)
                    self.log.flush()
                    raw += piece
                    self.text = console.plain(raw)
                yield piece
