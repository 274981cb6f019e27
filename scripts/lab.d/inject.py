"""Failures that are brought about in the middle of a rescue: each ends it, and everything is as it was before."""

import tempfile
from pathlib import Path

import disks
import faults
import manifest
import table
import workshop
from look import PASSPHRASE
from settings import CACHE, say

# `injure` runs in the rescue's own mount namespace when its journal has change AT. A tool that fails has done its work first:
# the real one lies at /run/real meanwhile. What an injury leaves is healed from outside, after the rescue has ended.
JOB = """#!/bin/bash
{manifest}
root=/mnt/sysimage
inside() {{ nsenter -t $worker -m "$@"; }}
replace() {{ # the tool, how it ends
	for place in usr/sbin/$1 usr/bin/$1; do
		[ -e $root/$place ] || continue
		printf '#!/bin/sh\\n/run/real "$@"\\n%s\\n' "$2" > /run/wrapper
		chmod 755 /run/wrapper
		inside sh -c ": > $root/run/real; mount --bind $root/$place $root/run/real; mount --bind /run/wrapper $root/$place"
	done
}}
fill() {{
	inside sh -c "
		free=\\$(( \\$(stat -f -c '%a * %S' $root/boot) ))
		fallocate -l \\$(( free * 98 / 100 )) $root/boot/filler
		cat /dev/zero >> $root/boot/filler 2> /dev/null"
}}
root_fails() {{
	name=$(ls /dev/mapper | grep -v 'control\\|_r\\|swap' | head -n 1)
	dmsetup table $name > /run/table
	echo "0 $(cut -d ' ' -f 2 /run/table) error" | dmsetup load $name
	dmsetup suspend --nolockfs --noflush $name && dmsetup resume $name
	echo $name > /run/failing
}}
b_is_gone() {{ echo offline > /sys/block/${{b#/dev/}}/device/state; }}
injure() {{
	case $injury in
	exit:*) replace ${{injury#*:}} 'exit 1' ;;
	kill:*) replace ${{injury#*:}} 'kill -KILL $$' ;;
	full) fill ;;
	read-only) inside mount -o remount,ro $root/boot ;;
	root-fails) root_fails ;;
	b-is-gone) b_is_gone ;;
	worker:*) kill -${{injury#*:}} $worker ;;
	guard:*) kill -${{injury#*:}} $guard ;;
	both:*) kill -${{injury#*:}} $guard $worker ;;
	esac
}}
watch() {{
	until grep -qs '"number":'$at'[,}}]' /run/bootmend/[0-9]*/journal; do
		[ -d /proc/$guard ] || return
		sleep 0.1
	done
	worker=$(pgrep -P $guard | head -n 1)
	injure
}}
heal() {{
	if [ -e /run/failing ]; then
		dmsetup load $(cat /run/failing) < /run/table && dmsetup resume $(cat /run/failing)
		rm /run/failing
	fi
	state=/sys/block/${{b#/dev/}}/device/state
	[ "$(cat $state)" = running ] || echo running > $state
}}
manifest | sort > /out/before
for each in {injuries}; do
	at=${{each%%:*}} injury=${{each#*:}} worker=none
	rm -rf /run/bootmend/[0-9]*
	bootmend rescue --yes --json > /out/$each.json 2> /out/$each.err &
	guard=$!
	watch > /out/$each.injury 2>&1
	wait $guard
	echo $? > /out/$each.status
	# A guard that is killed outright leaves its worker to take everything back.
	while [ -d /proc/$worker ]; do sleep 0.5; done
	heal
	{{
		grep -v '^Personalities\\|^unused' /proc/mdstat
		ls /dev/mapper | grep -v '^control$'
		grep " $root" /proc/self/mountinfo
		pgrep -fl 'bootmend|mkinitramfs|grub-|mdadm|lvm' | grep -v "^$$ "
	}} > /out/$each.left 2>&1
	# What nothing befell is no case, but the next one begins with everything wrong again.
	case $(cat /out/$each.status) in
	0 | 1) bootmend undo --json > /out/$each.undo 2>&1 ;;
	esac
	case $injury in
	full) bootmend shell --yes -- rm -f /boot/filler ;;
	*:KILL|root-fails) bootmend undo --json > /out/$each.undo 2>&1 ;;
	esac
	manifest | sort > /out/$each.after
done
"""
# The number of the change, and what befalls it. Of the machine on which everything is wrong: 1 opens it, 4 builds the image, 5
# the menu, 6 installs GRUB on the first disk and 7 on the second.
INJURIES = (
    *[f"2:{how}:{tool}" for how in ("exit", "kill") for tool in ("mkinitramfs", "grub-mkconfig", "grub-install", "grub-bios-setup")],
    *[f"{number}:{how}" for how in ("full", "read-only") for number in (4, 5, 6)],
    *[f"4:guard:{signal}" for signal in ("TERM", "HUP", "INT")],
    "6:guard:TERM", "4:worker:KILL", "6:guard:KILL", "6:both:KILL",
    "4:root-fails", "7:b-is-gone",
)  # fmt: skip
HEADINGS = ("change", "what befell it", "status", "said", "left behind", "what differs", "agree")


def run(name, injuries):
    with tempfile.TemporaryDirectory(dir=CACHE, prefix=".inject-") as scratch:
        out = Path(scratch, "out")
        files = disks.overlays(faults.broken(name), Path(scratch, "disks"))
        job = JOB.format(manifest=manifest.SCRIPT, injuries=" ".join(injuries or INJURIES))
        workshop.job(files, job, files={**PASSPHRASE, **manifest.FILES}, out=out, limit=7200)
        before = manifest.facts(out / "before")
        rows = [judge(out, each, before) for each in injuries or INJURIES]
    table.show(HEADINGS, rows)
    return 0 if all(row[-1] == "yes" for row in rows) else 1


def judge(out, each, before):
    number, injury = each.split(":", 1)
    status = int((out / f"{each}.status").read_text())
    left = (out / f"{each}.left").read_text().splitlines()
    differs = manifest.compare(before, manifest.facts(out / f"{each}.after"))
    complaint = (out / f"{each}.err").read_text().strip().splitlines()
    # What is killed outright answers nothing; a signal that asks is answered as a shell would be.
    wanted = {"KILL": (137, 5), "TERM": (143, 4, 5), "HUP": (129, 4, 5), "INT": (130, 4, 5)}.get(injury.rsplit(":")[-1], (4,))
    good = status in wanted and not differs and (not left or injury.endswith("KILL"))
    say(f"{each}: status {status}, {complaint[-1:]}, left {left[:3]}, differs {differs[:3]}")
    said = complaint[0] if complaint else ""
    return number, injury, str(status), said[:60], str(len(left)), "; ".join(differs[:2]) or "nothing", "yes" if good else "NO"
