import Bytes
import Glibc

/// A new empty directory in `parent`, for its owner alone, under `prefix` and a name that nothing has (mkdtemp(3)).
package func newDirectory(in parent: String, prefix: String = "") throws(SystemError) -> String {
    var template = Array("\(parent)/\(prefix)XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw SystemError("make a directory in", parent, number: errno) }
    return template.withUnsafeBytes(\.textToNUL)
}
