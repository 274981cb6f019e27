import BootFiles
import Bytes
import Storage
import Surveying

// mdadm reads one of its two files, and then those of the directory beside it in the order of their names (mdadm
// config.c, load_conffile and conf_file_or_dir).
extension ArrayNaming {
    /// One file, and what it says.
    struct File {
        var text: Installation.TextFile
        var conf: MdadmConf
    }

    /// One ARRAY line, and the file in which it stands.
    struct ArrayLine {
        var path: String
        var words: MdadmConf.ArrayLine
        /// Of its UUID.
        var digits: String?
        /// Of its `devices=`, where nothing else says which array it means.
        var patterns: NamePatterns?

        var place: Place { Place(path: path, line: words.line) }
        var device: String? { words.device }
    }

    /// More than any machine has arrays, and more patterns than their lines have.
    private static let mostLines = 4096
    private static let mostPatterns = 128

    static func lines(of confs: [(path: String, conf: MdadmConf)]) -> [ArrayLine] {
        let all = confs.flatMap { path, conf in conf.arrays.map { (path: path, words: $0) } }
        var patterns = 0
        return all.prefix(mostLines).map { path, words in
            var line = ArrayLine(path: path, words: words, digits: words.uuid?.hexDigits)
            if line.digits == nil, words.name == nil, words.superMinor == nil, !words.devices.isEmpty {
                let devices = words.devices.prefix(mostPatterns - patterns)
                patterns += devices.count
                line.patterns = devices.isEmpty ? nil : NamePatterns(devices)
            }
            return line
        }
    }

    static func files(_ main: Installation.TextFile?, _ texts: [String: String]) -> [File] {
        let directories =
            main.map { [$0.path + ".d/"] } ?? ["/etc/mdadm.conf.d/", "/etc/mdadm/mdadm.conf.d/"]
        let further = texts.filter { path, _ in
            directories.contains { path.hasPrefix($0) && !path.dropFirst($0.count).hasPrefix(".") }
                && path.hasSuffix(".conf")
        }
        let texts = further.sorted { $0.key < $1.key }.map { Installation.TextFile(path: $0, text: $1) }
        return ((main.map { [$0] } ?? []) + texts).map { File(text: $0, conf: MdadmConf(parsing: $0.text)) }
    }

    /// The line that names an array: by its UUID, or by what else identifies it.
    static func line(
        of array: MDArray, _ members: [MemberNames], among lines: [ArrayLine]
    ) -> ArrayLine? {
        let digits = array.uuid.hexDigits
        let found = lines.compactMap { line in
            identification(of: array, digits, members, by: line).map { (rank: $0, line: line) }
        }
        return found.min { $0.rank < $1.rank }?.line
    }

    /// How surely a line means the array, 0 being surest; nil where it means another or none (mdadm.conf(5), ARRAY).
    static func identification(
        of array: MDArray, _ digits: String, _ members: [MemberNames], by line: ArrayLine
    ) -> Int? {
        if let own = line.digits { return own == digits ? 0 : nil }
        if let name = line.words.name {
            let own = [array.name, array.shortName].compactMap { $0?.lowercased() }
            return own.contains(name.lowercased()) ? 1 : nil
        }
        // 1.x superblocks have no number.
        if let number = line.words.superMinor { return number == array.minor ? 2 : nil }
        guard let patterns = line.patterns, !members.isEmpty else { return nil }
        return members.count(matchedBy: patterns) == members.count ? 3 : nil
    }

    /// The DEVICE line that is to be put right where an array's members are hidden by it or those after it.
    static func exclusion(
        of array: MDArray, _ members: [MemberNames], by words: DeviceWords, _ files: [File]
    ) -> Exclusion? {
        guard let seen = words.count(of: members),
            let file = files.first(where: { !$0.conf.deviceLines.isEmpty }),
            let first = file.conf.deviceLines.first
        else { return nil }
        return Exclusion(
            place: Place(path: file.text.path, line: first.line), words: first.words,
            isWhole: !array.starts(with: seen))
    }

    /// The files that are to be written, each as it should be: only the wrong lines change, and everything else stays
    /// byte for byte.
    static func corrections(of files: [File], main: Installation.TextFile?, _ uses: [Use]) -> [Correction] {
        var corrections = files.map { file in
            Correction(path: file.text.path, text: file.text.text, was: file.text.text)
        }
        if main == nil { corrections.insert(Correction(path: nil, text: "", was: nil), at: 0) }
        for index in corrections.indices {
            let path = corrections[index].path
            var text = corrections[index].text
            for use in uses { text = corrected(text, of: path, isMain: index == 0, use) }
            // Last: a line that went on over several is one then, and those behind it move up.
            if let place = uses.compactMap(\.exclusion).first?.place, place.path == path {
                text = MdadmConf.replacing(line: place.line, with: Exclusion.right, of: text) ?? text
            }
            corrections[index].text = text
        }
        return corrections.filter { $0.text != $0.was ?? "" }
    }

    private static func corrected(_ text: String, of path: String?, isMain: Bool, _ use: Use) -> String {
        switch use.standing {
        case .stale(let place, _, let uuid) where place.path == path:
            return MdadmConf.replacing(uuid, with: use.array.uuid, onLine: place.line, of: text) ?? text
        case .hidden(let place) where place.path == path:
            return MdadmConf.replacing("<ignore>", with: use.device, onLine: place.line, of: text) ?? text
        case .missing where isMain:
            let line = MdadmConf.arrayLine(
                device: use.device, uuid: use.array.uuid, metadata: use.array.version, name: use.array.name)
            return MdadmConf.appending(line, to: text)
        case .named, .stale, .hidden, .missing: return text
        }
    }
}
