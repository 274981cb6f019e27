import Bytes

/// The modules, prefix and configuration that grub-mkimage appends to the GRUB kernel (include/grub/kernel.h).
struct ModuleArea {
    var prefix: String?
    var configuration: String?
    /// Names of the ELF modules, in the order in which they are started.
    var modules: [String] = []
    /// What each of them is, to compare with the files they were made from.
    var sums: [String: UInt32] = [:]
    var damage: String?

    // The kinds of objects that are looked into; newer trees have more.
    private enum Kind {
        static let module: UInt32 = 0
        static let configuration: UInt32 = 2
        static let prefix: UInt32 = 3
    }

    /// Nil where `image` holds no module area that ends exactly with it.
    init?(parsing image: [UInt8]) {
        guard let layout = Self.find(in: image) else { return nil }
        var offset = layout.start
        while offset < layout.end {
            guard let kind: UInt32 = image.little(at: offset),
                let size: UInt32 = image.little(at: offset + 4),
                size >= 8, let body = image.span(at: offset + 8, count: Int(size) - 8)
            else {
                damage = "its module area is damaged at byte \(offset)"
                return
            }
            add(kind, Array(body))
            let step = (Int(size) + layout.alignment - 1) / layout.alignment * layout.alignment
            offset += step
        }
    }

    private mutating func add(_ kind: UInt32, _ body: [UInt8]) {
        switch kind {
        case Kind.prefix: prefix = body.textToNUL
        case Kind.configuration: configuration = body.textToNUL
        case Kind.module:
            if let name = ELFModule(parsing: body)?.name {
                modules.append(name)
                sums[name] = Self.sum(of: body)
            }
        default: break
        }
    }

    /// A checksum of a module that does not mind the zeros with which grub-mkimage fills it up (util/mkimage.c).
    static func sum(of module: [UInt8]) -> UInt32 {
        CRC32().standard(Array(module.prefix((module.lastIndex { $0 != 0 } ?? -1) + 1)))
    }

    // GRUB_MODULE_MAGIC "mimg", the offset of the first object, and the size that must reach the end of the image:
    // the same four bytes occur as an operand in the kernel's code. 32-bit targets first, 64-bit ones (EFI) after.
    private static func find(in image: [UInt8]) -> (start: Int, end: Int, alignment: Int)? {
        let magic = Array("mimg".utf8)
        var from = 0
        while let position = image.offset(of: magic, from: from) {
            let rest = UInt64(image.count - position)
            if let start: UInt32 = image.little(at: position + 4),
                let size: UInt32 = image.little(at: position + 8),
                start == 12, UInt64(size) == rest
            {
                return (position + 12, image.count, 4)
            }
            if let start: UInt64 = image.little(at: position + 8),
                let size: UInt64 = image.little(at: position + 16),
                start == 24, size <= rest, size > 24
            {
                return (position + 24, position + Int(size), 8)
            }
            from = position + 1
        }
        return nil
    }
}
