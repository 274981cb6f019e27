import Diagnosing

/// The numbers that bootmend exits with; documented, and never renumbered.
///
/// 0 to 3 are also what monitoring plugins mean by OK, WARNING, CRITICAL and UNKNOWN.
enum ExitStatus {
    static let boots: Int32 = 0
    static let degraded: Int32 = 1
    static let broken: Int32 = 2
    /// Could not tell; for verbs that do not judge, not possible.
    static let unknown: Int32 = 3
    static let rolledBack: Int32 = 4
    static let stuck: Int32 = 5
    /// `EX_USAGE` of sysexits.h.
    static let usage: Int32 = 64
    /// `EX_NOPERM`.
    static let noPermission: Int32 = 77
    /// bootmend itself failed where the status is another program's.
    static let shellFailed: Int32 = 125
    /// 128 + SIGINT, as a shell says it.
    static let interrupted: Int32 = 130

    static func of(_ verdict: Diagnosis.Verdict) -> Int32 {
        switch verdict {
        case .boots: boots
        case .degraded: degraded
        case .broken: broken
        case .unknown: unknown
        }
    }
}
