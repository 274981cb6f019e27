"""What there is on a machine's disks: boot code, the firmware's memory, every file; and what of it has changed."""

from pathlib import Path

# A function of the shell's, to be run in the rescue system: a line "|place|what it is like" each. The type is that of BIOS
# boot partitions. The journal of bootmend is left out, which is there afterwards.
SCRIPT = r"""
. /job/disks
manifest() {
	for disk in $a $b; do
		echo "|$disk, the first sectors|$(head -c 1M $disk | sha256sum)"
	done
	lsblk -nrpo NAME,PARTTYPE $a $b | while read -r name type; do
		[ "$type" != 21686148-6449-6e6f-744e-656564454649 ] || echo "|$name, boot code|$(sha256sum < $name)"
	done
	for variable in /sys/firmware/efi/efivars/Boot*; do
		[ ! -e "$variable" ] || echo "|$(basename $variable)|$(sha256sum < $variable)"
	done
	bootmend mount --read-only --passphrase-file /job/passphrase > /dev/null || return
	cd /mnt/sysimage || return
	find . \( -path ./proc -o -path ./sys -o -path ./dev -o -path ./run -o -path ./var/lib/bootmend \) -prune -o \
		\( -type f -printf '|%p|%y %#m %U:%G %s %T+\n' -o -printf '|%p|%y %#m %U:%G %l\n' \)
	find . -xdev -type f ! -path './var/lib/bootmend/*' -print0 | xargs -0 sha256sum | sed 's/\(.*\)  \(.*\)/|\2|bytes \1/'
	find boot -type f -print0 | xargs -0 sha256sum | sed 's/\(.*\)  \(.*\)/|.\/\2|bytes \1/'
	LD_LIBRARY_PATH=/job /job/getfattr -R -h -d -m - -e hex . 2> /dev/null | awk '/^# file: / { name = substr($0, 9); next }
		NF { print "|./" name "|" $0 }' | grep -v '^|./\(proc\|sys\|dev\|run\|var/lib/bootmend\)'
	cd /
	bootmend umount > /dev/null
}
"""
# The rescue system has no getfattr.
FILES = {
    "getfattr": Path("/usr/bin/getfattr"),
    "libattr.so.1": Path("/usr/lib/x86_64-linux-gnu/libattr.so.1"),
}
# What is not as before, and why that is right.
ALLOWED = {
    "./etc/lvm/backup": "LVM notes each change of a group's state",
    "./etc/lvm/archive": "LVM notes each change of a group's state",
}


def facts(file):
    """What a manifest says of each path, in lines."""
    found = {}
    for line in file.read_text(errors="surrogateescape").splitlines():
        _, path, fact = line.split("|", 2)
        found.setdefault(path, []).append(fact)
    return found


def compare(before, after):
    """What differs, in lines."""
    if len(before) < 1000:
        return [f"there was next to nothing to look at: {len(before)} paths"]
    differs = []
    for path in sorted(before.keys() | after.keys()):
        if before.get(path) == after.get(path) or any(f"{path}/".startswith(f"{each}/") for each in ALLOWED):
            continue
        old, new = (facts.get(path, ["nothing"]) for facts in (before, after))
        differs.append(f"{path}: {' '.join(x for x in old if x not in new)} -> {' '.join(x for x in new if x not in old)}")
    return differs
