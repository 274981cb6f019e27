internal import CMount
import Glibc

/// One mount to be made: what, where, and how.
package struct Mounting: Sendable, Hashable {
    /// A device node, a directory to bind, or the name of a filesystem without a device. Never a tag: libmount would
    /// look for it among everything the running system sees.
    package var source: String
    /// A directory, already resolved: it is used as it stands, and a link in it is followed by the kernel.
    package var target: String
    /// nil for binds, and where libblkid is to say.
    package var type: String?
    /// Binding and propagation are options too: `rbind,rslave`.
    package var options: MountOptions

    package init(_ source: String, on target: String, type: String? = nil, options: MountOptions) {
        self.source = source
        self.target = target
        self.type = type
        self.options = options
    }

    /// Mounts it. No helper program of the rescue system takes part, and no table is written but the kernel's.
    ///
    /// With `rw` among the options a write-protected device is an error and not a read-only mount.
    package func perform() throws(LibMountError) {
        let context = try MountContext("mount", target)
        try context.mount(self)
    }
}

/// Takes away what is mounted at `target`; the last mount made there, where there are several.
///
/// `lazily` detaches it from the tree at once though files in it are open; the kernel lets go when they are closed.
package func unmount(_ target: String, lazily: Bool = false) throws(LibMountError) {
    let context = try MountContext("unmount", target)
    try context.unmount(lazily: lazily)
}

/// Owns one of libmount's contexts, which is good for one operation.
private struct MountContext: ~Copyable {
    private let context: OpaquePointer
    private let doing: String
    private let subject: String

    init(_ doing: String, _ subject: String) throws(LibMountError) {
        guard let context = mnt_new_context() else { throw LibMountError(doing, subject, number: ENOMEM) }
        self.context = context
        self.doing = doing
        self.subject = subject
    }

    private func prepare() throws(LibMountError) {
        // Helpers and utab belong to the rescue system; fstab, tags and links are resolved before this room is asked.
        mnt_context_disable_helpers(context, 1)
        mnt_context_disable_mtab(context, 1)
        mnt_context_disable_canonicalize(context, 1)
        mnt_context_disable_swapmatch(context, 1)
        try judge(mnt_context_set_optsmode(context, Int32(MNT_OMODE_NOTAB)))
        try judge(mnt_context_set_target(context, subject))
    }

    func mount(_ wanted: Mounting) throws(LibMountError) {
        try prepare()
        try judge(mnt_context_set_source(context, wanted.source))
        if let type = wanted.type { try judge(mnt_context_set_fstype(context, type)) }
        try judge(mnt_context_set_options(context, wanted.options.text))
        mnt_context_enable_rwonly_mount(context, wanted.options.contains("rw") ? 1 : 0)
        try judge(mnt_context_mount(context))
    }

    func unmount(lazily: Bool) throws(LibMountError) {
        try prepare()
        mnt_context_enable_lazy(context, lazily ? 1 : 0)
        try judge(mnt_context_umount(context))
    }

    // 0 is success, a positive number the errno of mount(2), a negative one an error of the library's own; the words
    // for all of them come from the context.
    private func judge(_ result: Int32) throws(LibMountError) {
        guard result != 0 else { return }
        var words = [CChar](repeating: 0, count: 1024)
        _ = mnt_context_get_excode(context, result, &words, words.count)
        let text = words.withUnsafeBytes { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        let systemNumber = mnt_context_get_syscall_errno(context)
        let number = systemNumber > 0 ? systemNumber : (-result > 0 && -result < 4096 ? -result : 0)
        throw LibMountError(doing, subject, number: number, words: text.isEmpty ? nil : text)
    }

    deinit { mnt_free_context(context) }
}
