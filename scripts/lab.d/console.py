"""What a boot came to, read off the console as early as it can be known."""

import re
from dataclasses import dataclass

# SeaBIOS and GRUB move the cursor about; only the words matter.
ESCAPES = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]|\x1b[()][A-Za-z0-9]|\x1bc|[\r\0]")

# (outcome, pattern), tried in order on the text so far; the first hit ends the boot.
# `boots` is the one good end. What a machine may still recover from is not here:
# "Gave up waiting for suspend/resume device" only costs time.
SIGNS = [
    ("boots", r"LAB: reached multi-user\.target.*\n"),
    ("dirty", r"LAB: dirty\n"),
    ("off", r"reboot: Power down"),  # it was told to sleep on its disk
    ("no-boot-device", r"No bootable device\.?"),
    ("uefi-shell", r"Shell> "),
    ("no-boot-device", r"BdsDxe: No bootable option or device was found\."),
    ("refused", r"Verification failed: \(0x1A\) Security Violation"),
    ("grub-rescue", r"(?:error: [^\n]*\n)?[^\n]*Entering rescue mode[^\n]*\n[^\n]*grub rescue>"),
    ("grub-rescue", r"grub rescue>"),
    ("grub-prompt", r"grub> "),
    # GRUB 2.14 names its source lines, which then are too long for one of the console's.
    ("grub-error", r"error: [^\n]*you need to load the kernel\s+first\."),
    # GRUB waits for a key, and goes on one day; without its initramfs this root is never found.
    ("grub-error", r"error: [^\n]*file `[^']*initr[^']*' not\s+found\.\s+Press any key to continue"),
    ("grub-aborted", r"[^\n]*\n+Aborted\. Press any key to exit\."),
    ("stage1-error", r"GRUB (?:loading)?[. ]*(?:Geom|Hard Disk|Read) Error"),
    ("stage1-loop", r"(?:GRUB ){8}"),  # boot code that finds no core image, and starts over
    ("initramfs-shell", r"ALERT! [^\n]*"),
    ("initramfs-shell", r"Failed to mount [^\n]* as root file system[^\n]*"),
    ("initramfs-shell", r"\(initramfs\)"),
    ("initramfs-shell", r'Generating "/run/initramfs/rdsosreport.txt"'),  # dracut's emergency shell
    # dracut's image without a part that needs initqueue: systemd waits for the root without end. With one it may be two
    # minutes before the half of a mirror is started.
    ("endless-wait", r"Job dev-[^\n]*rt running \((?:[5-9]|\d\d)min [^\n]*/ no limit\)"),
    ("emergency", r"Cannot open access to console, the root account is locked"),
    ("emergency", r"You are in emergency mode"),
    ("emergency", r"Press Enter for maintenance"),
    ("emergency", r"Give root password for maintenance"),
    ("panic", r"Kernel panic - not syncing[^\n]*"),
    ("panic", r"end Kernel panic[^\n]*"),
]
PATTERNS = [(outcome, re.compile(pattern)) for outcome, pattern in SIGNS]

# Lines that say why, shown before the sign itself.
REASON = re.compile(
    r"error: [^\n]*"
    r"|Gave up waiting for root[^\n]*"
    r"|Timed out waiting for[^\n]*"
    r"|Warning: [^\n]* does not exist"
    r"|Dependency failed for[^\n]*"
    r"|Cannot activate [^\n]*|Refusing activation[^\n]*"
    r"|VFS: (?:Unable|Cannot)[^\n]*"
    r"|Initramfs unpacking failed[^\n]*"
    r"|mount: (?:mounting )?[^\n]* failed[^\n]*"
)

# Firmware and boot sectors have no last words: silence of this many seconds,
# with one of these as the last thing said, is the end.
SILENCE = [
    ("firmware-hang", 8, re.compile(r"Booting from Hard Disk\.\.\.\s*$")),
    ("stage1-hang", 8, re.compile(r"GRUB\s*$")),
    ("grub-hang", 15, re.compile(r"(?:GRUB loading[. ]*|Welcome to GRUB!)\s*$")),
    ("hang", 90, re.compile(r"\Z")),
]
# Seconds, of the processor and of the wall clock, after which nothing is expected any more.
CAP_CPU, CAP = 400, 2400


@dataclass
class Verdict:
    outcome: str
    reason: str

    @property
    def boots(self):
        return self.outcome == "boots"


def plain(raw):
    return ESCAPES.sub(b"", raw).decode("utf-8", "replace")


def judge(text, quiet):
    """The Verdict on console text, silent for `quiet` seconds; None while it may go on."""
    for outcome, pattern in PATTERNS:
        if hit := pattern.search(text):
            return Verdict(outcome, reason(text[: hit.start()], hit.group()))
    for outcome, seconds, pattern in SILENCE:
        if quiet >= seconds and pattern.search(text):
            return Verdict(outcome, f"{last_line(text)} (silence)")
    return None


def judge_log(raw):
    """The Verdict on the bytes of a console that was kept; None where only its silence could tell."""
    return judge(plain(raw), 0)


def reason(before, sign):
    """The sign in one line, with the first and the last line before it that say why."""
    told = [line.strip() for line in REASON.findall(before)]
    parts = list(dict.fromkeys(told[:1] + told[-1:] + sign.strip().splitlines()))
    # systemd shortens its lines in the middle of a colour's escape.
    return re.sub(r"\[[0-9;]*…", "…", " / ".join(part.strip() for part in parts if part.strip()))


def last_line(text):
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "nothing on the console"
