import Storage
import Surveying

/// What `scan` shows, in either form.
enum ScanReport {
    /// A disk's own volumes: its partitions, or what lies on it directly.
    static func volumes(on disk: Disk, in storage: StorageMap) -> [Volume] {
        let partitions = (disk.table?.partitions ?? []).compactMap { storage.volume($0.id) }
        let whole = storage.volume(disk.id).map { $0.signature == nil ? [] : [$0] } ?? []
        return whole + partitions
    }
}

extension TextReport {
    /// The installed systems first, then the disks and what lies on them, then what was not taken for a system.
    package static func scan(_ survey: Survey, _ style: Style) -> String {
        var page = Page()
        if survey.installations.isEmpty {
            page.line(.mark(.unknown), .tab(3), .text("No installed system was found."))
        }
        for installation in survey.installations {
            page.line(
                .mark(.ok), .tab(3), .subject(name(of: installation)),
                .text(place(installation, survey.storage)))
        }
        for container in survey.lockedContainers {
            page.line(.mark(.note), .tab(3), .text(locked(container)))
        }
        for disk in survey.storage.disks {
            page.gap()
            page.append(self.disk(disk, in: survey.storage, style))
        }
        let above = survey.storage.volumes.filter { [.array, .logicalVolume, .container].contains($0.kind) }
        if !above.isEmpty {
            page.gap()
            page.line("Arrays and volumes")
            page.append(table(above, style))
        }
        if !survey.rejected.isEmpty {
            page.gap()
            page.line("Not taken for an installed system")
            for candidate in survey.rejected {
                page.line(indent: 2, .text(candidate.name), .tab(22), .dim(candidate.reason))
            }
        }
        return page.text(style)
    }

    /// The lines of the menu where several systems are found, numbered from 1.
    package static func choices(_ survey: Survey, _ style: Style) -> String {
        var page = Page()
        for (index, installation) in survey.installations.enumerated() {
            page.line(
                indent: 2, .text("\(index + 1)"), .tab(5), .subject(name(of: installation)),
                .text(place(installation, survey.storage)))
        }
        for container in survey.lockedContainers {
            page.line(indent: 2, .mark(.note), .tab(5), .text(locked(container)))
        }
        return page.text(style)
    }

    /// A LUKS container that nobody has opened, and how it is looked into.
    package static func locked(_ container: Volume) -> String {
        "\(container.name) is locked; for a system in it: --root \(container.name)"
    }

    private static func name(of installation: Installation) -> String {
        installation.release.prettyName ?? installation.release.id
    }

    private static func place(_ installation: Installation, _ storage: StorageMap) -> String {
        let root = storage.volume(installation.root)?.name ?? installation.root.rawValue
        let disks = storage.disks(under: installation.root).map(\.rawValue)
        let subvolume = installation.subvolume.map { ", subvolume \($0)" } ?? ""
        let host = installation.hostName.map { ", host \($0)" } ?? ""
        return " on \(root)\(subvolume)" + (disks.isEmpty ? "" : " (\(list(disks)))") + host
    }

    private static func disk(_ disk: Disk, in storage: StorageMap, _ style: Style) -> Page {
        var page = Page()
        let serial = disk.serial.map { ", serial \($0)" } ?? ""
        let table = disk.table.map { ", \($0.type)" } ?? ""
        page.line(.subject(disk.id.rawValue), .text("  \(size(disk.size))\(table)\(serial)"))
        if let trouble = disk.trouble { page.line(indent: 2, .mark(.unknown), .tab(5), .text(trouble)) }
        let volumes = ScanReport.volumes(on: disk, in: storage)
        if volumes.isEmpty && disk.failure == nil { page.line(indent: 2, .dim("nothing that is known")) }
        page.append(self.table(volumes, style))
        return page
    }

    private static func table(_ volumes: [Volume], _ style: Style) -> [Line] {
        var table = Table(indent: 2)
        for volume in volumes {
            let what = volume.failure ?? volume.signature?.type ?? volume.unmapped ?? ""
            table.row(
                .text(volume.name), .text(size(volume.size)), .text(what), .dim(volume.signature?.uuid ?? ""))
        }
        return table.lines(style)
    }
}
