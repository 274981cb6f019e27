# like lvm-md
# The physical volume is in a LUKS container on the array. The key is in the initramfs, so that the machine boots
# unattended.
LUKS_UUID=10c5eed0-0000-4000-8000-00000000010c
PV=/dev/mapper/system

make_container() {
	# A machine without hardware for it unlocks in its own time; the cost of a guess is none of the lab's business.
	printf lab | cryptsetup luksFormat -q --type luks2 --uuid $LUKS_UUID --pbkdf pbkdf2 --pbkdf-force-iterations 1000 \
		--key-file - /dev/md1
	open_container
}
open_container() { printf lab | cryptsetup open --key-file - /dev/md1 system; }
close_container() { cryptsetup close system; }
name_container() {
	install -d -m 700 $T/etc/keys
	printf lab > $T/etc/keys/system.key
	chmod 600 $T/etc/keys/system.key
	echo "system UUID=$LUKS_UUID /etc/keys/system.key luks,discard,initramfs" > $T/etc/crypttab
	echo 'KEYFILE_PATTERN=/etc/keys/*.key' >> $T/etc/cryptsetup-initramfs/conf-hook
	echo UMASK=0077 > $T/etc/initramfs-tools/conf.d/umask
}
