import ArgumentParser
import Machine
import Repair
import Report
import Sysimage

extension Verbs {
    /// `umount`: takes down exactly what `mount` put there.
    struct Umount: Verb {
        static let configuration = CommandConfiguration(
            commandName: "umount",
            abstract: "Unmount what 'bootmend mount' mounted, and close what it opened.")

        @OptionGroup var common: CommonOptions

        func perform(_ console: Console) throws -> Int32 {
            try Refusal.unlessRoot("unmount")
            // What another one has open at this moment is not left over.
            let lock = try RunLock()
            defer { withExtendedLifetime(lock) {} }
            var state = try SysimageState.load()
            // What a killed run has left open is closed too.
            let wasOpen = state != nil || (try? Opening().titles())?.isEmpty == false
            let failures: [SystemError]
            if state != nil {
                failures = state?.takeDown() ?? []
            } else {
                SysimageState.forget()
                failures = Opening().close()
            }
            if failures.isEmpty { removeAbandonedLooks() }
            if let failure = failures.first {
                for other in failures.dropFirst() { console.warn(other.description) }
                throw failure
            }
            let sentence =
                wasOpen ? "everything that was mounted and opened is taken down" : "nothing was mounted"
            console.answer(
                text: TextReport.done(sentence, next: [], console.style),
                json: .object(["schema": .integer(1), "mounted": .bool(false)]))
            return 0
        }
    }
}
