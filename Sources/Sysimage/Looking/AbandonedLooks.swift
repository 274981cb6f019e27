import Glibc
import Machine

/// Takes away the mapped devices of looks whose process is gone: what was killed could not do it itself.
///
/// Their mounts and loops went with the process; the mapping of a log replayed into memory does not.
package func removeAbandonedLooks() {
    // Asked of dmsetup and not of /dev/mapper: without udev's rules they have no name there.
    guard let answer = try? Command(.dmsetup, "ls").run(), answer.succeeded else { return }
    let names = answer.text.split(whereSeparator: \.isNewline).compactMap { $0.split(separator: "\t").first }
    for name in names.reversed() where name.hasPrefix(DeviceMapper.prefix) {
        // "bootmend-look-4711-0", "bootmend-luks-…": the number is the process's, where there is one.
        let owner = name.split(separator: "-").dropFirst(2).first.flatMap { pid_t($0) }
        if let owner, kill(owner, 0) == 0 || errno != ESRCH { continue }
        try? DeviceMapper.remove(String(name))
    }
}
