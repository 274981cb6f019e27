import BootFiles
import Surveying

extension Scene {
    /// The installation is started by UEFI: it mounts an ESP, and no disk of it has GRUB's boot code.
    package var isUEFI: Bool {
        let mountsESP = entry(mountedAt: "/boot/efi") != nil || entry(mountedAt: "/efi") != nil
        let hasBootCode = survey.diskBoots.contains { boot in
            if case .grub = boot.record?.code { true } else { false }
        }
        return mountsESP && !hasBootCode
    }
}
