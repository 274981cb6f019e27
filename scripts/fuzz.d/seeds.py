"""What the fuzzer begins with: the recorded fixtures of the tests, and what the lab's disks hold, if there are any."""

import bz2
import gzip
import hashlib
import json
import lzma
import os
import re
import struct
import subprocess
import tempfile
from pathlib import Path

# Seeds taken from one disk for one target; the fuzzer keeps what teaches it something.
MOST = 32


class Seeds:
    def __init__(self, home, known):
        self.home = home
        self.known = known

    def add(self, target, data):
        if isinstance(data, str):
            data = data.encode()
        if not data or target not in self.known:
            return
        data = data[: self.known[target]]
        folder = self.home / target / "seeds"
        (folder / hashlib.sha1(data).hexdigest()).write_bytes(data)


def write(home, tests, known):
    for target in known:
        (home / target / "seeds").mkdir(parents=True, exist_ok=True)
    seeds = Seeds(home, known)
    grub(seeds, tests / "BootFilesTests/Fixtures/GRUB")
    initramfs(seeds, tests / "BootFilesTests/Fixtures/Initramfs")
    for disk in sorted((tests / "StorageTests/Fixtures").iterdir()):
        if disk.name.startswith("fat"):
            seeds.add("fat", b"".join(recorded(disk)))
        elif disk.read_bytes()[:8] == b"SECTORS1":
            carve(seeds, recorded(disk))
    seeds.add("fat", (tests / "SurveyingTests/Fixtures/esp.img").read_bytes())
    for survey in (tests / "DiagnosingTests/Fixtures").glob("*.json"):
        texts(seeds, survey.read_text())
    by_hand(seeds)
    lab(seeds, home)


def recorded(path):
    """The runs of a recorded disk (StorageTests/Fixtures/README.md), one by one."""
    data = path.read_bytes()
    position = 16
    while position + 16 <= len(data):
        _, length = struct.unpack_from("<QQ", data, position)
        yield data[position + 16 : position + 16 + length]
        position += 16 + length


def grub(seeds, folder):
    for image in folder.glob("*.img"):
        for run in recorded(image) if image.read_bytes()[:8] == b"SECTORS1" else [image.read_bytes()]:
            carve(seeds, [run])
            seeds.add("boot-record", run)
    for core in folder.glob("*.core"):
        data = core.read_bytes()
        seeds.add("core-image", data)
        seeds.add("core-redundancy", struct.pack("<H", 8192) + data[:12000])
    for config in folder.glob("*.cfg"):
        seeds.add("grub-config", config.read_bytes())
    for environment in folder.glob("*.grubenv"):
        seeds.add("grubenv", environment.read_bytes())
    for module in (folder / "modules").glob("*.mod"):
        seeds.add("elf-module", module.read_bytes())
    seeds.add("moddep", (folder / "modules/moddep.lst").read_bytes())


def initramfs(seeds, folder):
    magics = {"gzip": 2, "bzip2": 3, "xz": 6, "lzma": 3, "zstd": 4, "lz4": 4, "lz4-frame": 4}
    for image in folder.glob("*.*"):
        data = image.read_bytes()
        seeds.add("initramfs", data)
        method = image.suffix[1:]
        # These targets put the magic back before what they get.
        if method in magics:
            seeds.add(method, data[magics[method] :])
    plain = gzip.decompress((folder / "debian.gzip").read_bytes())
    seeds.add("cpio", plain[5:])
    # Small ones: a whole archive within the longest input.
    name = b"init\0"
    entry = b"070701" + b"%08X" * 13 % (1, 0o100755, 0, 0, 1, 0, 3, 0, 0, 0, 0, len(name), 0)
    end = b"070701" + b"%08X" * 13 % (0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 11, 0) + b"TRAILER!!!\0"
    small = entry + name + b"\0" + b"#!\n\0" + end
    seeds.add("cpio", small[5:])
    seeds.add("initramfs", small)
    seeds.add("gzip", gzip.compress(small)[2:])
    seeds.add("bzip2", bz2.compress(small)[3:])
    seeds.add("xz", lzma.compress(small, check=lzma.CHECK_CRC32)[6:])
    seeds.add("lzma", lzma.compress(small, format=lzma.FORMAT_ALONE)[3:])
    seeds.add("modules-dep", (folder / "modules.dep").read_bytes())
    seeds.add("modules-builtin", (folder / "modules.builtin").read_bytes())
    for index in folder.glob("*.bin"):
        seeds.add("kmod-index", index.read_bytes())


def texts(seeds, survey):
    """The files that a recorded survey keeps."""
    seeds.add("survey", survey)
    survey = json.loads(survey)
    seeds.add("survey", json.dumps(survey, separators=(",", ":")))
    files = {"/etc/lvm/lvm.conf": "lvm-conf", "/var/cache/debconf/config.dat": "debconf"}
    for installation in survey["installations"]:
        for key, target in {"fstab": "fstab", "mdadm_conf": "mdadm-conf", "crypttab": "crypttab"}.items():
            seeds.add(target, installation.get(key, {}).get("text", ""))
        seeds.add("default-grub", installation.get("default_grub", {}).get("text", ""))
        for path, text in installation["texts"].items():
            for target in (files.get(path, "default-grub"), "kept-text", "secrets"):
                seeds.add(target, text)
    for directory in survey["boot_directories"]:
        for image in directory["images"]:
            for text in image.get("facts", {}).get("texts", {}).values():
                seeds.add("secrets", text)


def by_hand(seeds):
    """The formats of which no recorded machine has a file."""
    for target, text in {
        "bls": "title RHEL\nversion 4.18\nlinux /vmlinuz-4.18\ninitrd /a.img $tuned_initrd\noptions $kernelopts ro\n\0"
        "kernelopts=root=/dev/mapper/rhel-root rd.lvm.lv=rhel/root\n",
        "command-line": 'root=UUID=1 rd.lvm.lv=rhel/root x="a b" $kernelopts ${kernelopts}\0ro quiet rd.md.uuid=1',
        "crypttab": "luks-1 UUID=1 none discard,luks\n# comment\nswap /dev/sda2 /dev/urandom swap\n",
        "mountinfo": "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue\n",
        "lvm-filter": "a|^/dev/(sd[a-c]+|md[0-9]*).?$|\0/dev/sda2",
        "os-release": 'NAME="Debian"\nID=debian\nID_LIKE="rhel fedora"\nVERSION_ID="12.1"\n',
        "install-device": "/dev/disk/by-id/ata-1\nactivate\n",
        "modules-alias": "alias pci:v00001AF4d*sv*sd*bc[0-9]*sc* virtio_pci\0pci:v00001AF4d00001001sv0bc01sc00",
        "secrets": "rd.iscsi.password=geheim,passphrase='a b' netroot=iscsi:u:p@h:1::0:iqn x=\"secret=1\"",
        "record": '{"mounts": ["/a", "\\u0041\\n"], "n": -12, "t": true, "z": null, "o": {"k": []}}',
        "file-name": "initramfs-3.10.0-1160.el7.x86_64kdump.img",
        "bls-order": "0123-4.18.0-553.5.1.el8_10.x86_64.conf\0000123-4.18.0-553.el8_10.x86_64~debug.conf",
        "grub-secrets": "set superusers=joe\npassword joe geheim\npassword_pbkdf2 root grub.pbkdf2.sha512.1\n"
        "cryptomount -p 'a b' (hd0,gpt2)\n",
        "console-text": "\x1b[0;1;33mDEPEND\x1b[0m] Dependency failed for /boot.\n"
        'Kernel panic - not syncing: VFS: Unable to mount root fs on "UUID=1" or unknown-block(0,0)\n',
        "missing-symbols": "grub_puts_ grub_xputs\na grub_puts_\0grub_x\0",
    }.items():
        seeds.add(target, text)


def lab(seeds, home):
    """Disks of the lab as they lie in its cache."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "bootmend-lab"
    done = home / "lab-seen"
    seen = set(done.read_text().split()) if done.exists() else set()
    for disk in sorted(cache.glob("fault-*/*.qcow2")):
        if disk.parent.name.rsplit("-", 1)[0] not in ("fault-none", "fault-dirty") or str(disk) in seen:
            continue
        with tempfile.TemporaryDirectory(dir=home) as scratch:
            raw = Path(scratch) / "disk"
            command = ["qemu-img", "convert", "-O", "raw", disk, raw]
            try:
                converted = subprocess.run(command, capture_output=True, check=False).returncode == 0
            except FileNotFoundError:
                return
            if converted:
                carve(seeds, extents(raw))
                seen.add(str(disk))
    done.write_text("\n".join(sorted(seen)))


def extents(path):
    """What is written of a sparse file."""
    with open(path, "rb") as file:
        size = file.seek(0, os.SEEK_END)
        start = 0
        while start < size:
            try:
                start = file.seek(start, os.SEEK_DATA)
            except OSError:
                return
            end = file.seek(start, os.SEEK_HOLE)
            file.seek(start)
            yield file.read(min(end - start, 256 << 20))
            start = max(end, start + 1)


# What a structure begins with, how far that lies behind its start, and how the start is aligned.
SIGNS = [
    ("md", rb"\xfc\x4e\x2b\xa9", 0, 512, 4096),
    ("arrays", rb"\xfc\x4e\x2b\xa9", 0, 512, 4096),
    ("lvm-label", rb"LABELONE", 512, 512, 2048),
    ("lvm-area", rb" LVM2 x\[5A%r0N\*>", 4, 512, 8192),
    ("dm-raid", rb"DmRd", 0, 512, 64),
    ("ext", rb"\x53\xef", 1024 + 0x38, 512, 2048),
    ("boot-record", rb"Geom\0Hard Disk", 0x188, 512, 8192),
    ("core-image", rb"Geom\0Read\0 Error", 0x185, 512, 1 << 16),
    ("elf-module", rb"\x7fELF", 0, 4096, 16384),
    ("grub-config", rb"#\n# DO NOT EDIT THIS FILE", 0, 512, 8192),
    ("grubenv", rb"# GRUB Environment Block\n", 0, 512, 1024),
    ("initramfs", rb"\x28\xb5\x2f\xfd|0707|\x1f\x8b\x08|\xfd7zXZ", 0, 4096, 16384),
]


def carve(seeds, runs):
    """Finds structures by what they begin with, in whatever filesystem they lie."""
    counts = {}
    for run in runs:
        for target, mark, behind, alignment, length in SIGNS:
            for found in re.finditer(mark, run):
                start = found.start() - behind
                # Messages of boot code move by a few bytes between builds.
                start -= start % 512 if behind > 0x100 and alignment == 512 and target != "lvm-label" else 0
                if start < 0 or start % alignment or counts.get(target, 0) >= MOST:
                    continue
                counts[target] = counts.get(target, 0) + 1
                seeds.add(target, run[start : start + length])
                if target == "lvm-area":
                    metadata(seeds, run[start:])
        for found in re.finditer(rb"XFSB", run):
            if found.start() % 512 == 0 and counts.get("xfs", 0) < 4:
                counts["xfs"] = counts.get("xfs", 0) + 1
                logs(seeds, run, found.start())
        if run[0x10040:0x10048] == b"_BHRfS_M":
            seeds.add("btrfs", run)


def metadata(seeds, area):
    offset, length = struct.unpack_from("<QQ", area, 40)
    if 0 < length <= 1 << 20:
        seeds.add("lvm-text", area[offset : offset + length].rstrip(b"\0"))


def logs(seeds, run, start):
    """A superblock with the beginning of the log behind it."""
    for found in re.finditer(rb"\xfe\xed\xba\xbe", run):
        if found.start() % 512 == 0:
            seeds.add("xfs", run[start : start + 512] + run[found.start() : found.start() + 63 * 512])
            return
    seeds.add("xfs", run[start : start + 512])
