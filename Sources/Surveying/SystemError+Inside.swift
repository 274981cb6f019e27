import Machine

extension SystemError {
    /// The error as the administrator of the installed system knows its subject: without the directory it was mounted
    /// on for the look, which has another name each time.
    func inside(_ path: String) -> SystemError {
        guard path != "/", subject.hasPrefix(path) else { return self }
        var error = self
        error.subject = String(subject.dropFirst(path.count))
        if error.subject.isEmpty { error.subject = "/" }
        return error
    }
}
