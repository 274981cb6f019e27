import LibMount
import Machine

extension Mounting {
    /// Mounts a device, and puts what the kernel says about it into the error; `subject` is what an administrator
    /// calls it.
    func perform(of subject: String) throws(SystemError) {
        let messages = KernelMessages()
        do { try perform() } catch {
            let said = kernelName.flatMap { messages.about($0) }
            let way = FilesystemFeatures.wayOut(of: said ?? error.reason)
            throw SystemError(
                error, subject: subject, detail: way.map { "\(said ?? error.reason): \($0)" } ?? said)
        }
    }

    /// `loop3` for /dev/loop3, `dm-0` for a mapped device: the names in the kernel's log.
    private var kernelName: String? {
        guard let number = DeviceNumber(node: source) else { return nil }
        if source.hasPrefix("/dev/mapper/") { return "dm-\(number.minor)" }
        return source.split(separator: "/").last.map(String.init)
    }
}
