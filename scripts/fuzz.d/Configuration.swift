import LibMount

@testable import BootFiles
@testable import Surveying

extension Target {
    static let configuration = [
        Target("mdadm-conf") { bytes in
            let text = text(bytes)
            let conf = MdadmConf(parsing: text)
            _ = conf.arrays(withUUID: conf.arrays.first?.uuid ?? "")
            for line in conf.arrays.prefix(4).map(\.line) + [1] {
                _ = MdadmConf.replacing(line: line, with: "ARRAY /dev/md0", of: text)
                _ = MdadmConf.replacing(conf.arrays.first?.uuid ?? "md", with: "", onLine: line, of: text)
            }
            _ = MdadmConf.colonSeparated(text)
        },
        Target("fstab") { bytes in
            let text = text(bytes)
            for entry in Fstab(parsing: text).entries.prefix(4) {
                _ = FstabText.replacing(.source, onLine: entry.line, with: text, in: text)
                _ = FstabText.replacing(.pass, onLine: entry.line, with: "0", in: text)
            }
        },
        Target("mountinfo") { bytes in
            _ = LiveMount.parse(mountinfo: text(bytes))
            _ = SwapArea.parse(swaps: text(bytes))
        },
        Target("crypttab") { _ = Crypttab(parsing: text($0)) },
        Target("lvm-conf", upTo: 8192) { bytes in
            let (main, local) = bytes.halves()
            _ = LVMConf(parsing: text(main), later: text(local)).accepts("/dev/sda2")
        },
        Target("lvm-filter", upTo: 2048) { bytes in
            let (pattern, device) = bytes.halves()
            _ = LVMFilter([text(pattern)]).accepts(text(device))
        },
        Target("command-line") { bytes in
            let (line, value) = bytes.halves()
            let environment = GrubEnvironment(variables: ["kernelopts": text(value)])
            let parsed = KernelCommandLine(expanding: text(line), environment: environment)
            _ = (parsed.value(of: "root"), parsed.values(of: "rd.lvm.lv"), parsed.flag("rd.auto"))
        },
        Target("os-release") { _ = OSRelease(parsing: text($0)).majorVersion },
        Target("default-grub") { bytes in
            let (main, other) = bytes.halves()
            let settings = DefaultGrub(parsing: text(main), text(other))
            _ = settings.commandLine
        },
        Target("debconf") { bytes in
            let question = DebconfDatabase.installDevices
            _ = DebconfDatabase(parsing: text(bytes), questions: [question]).list(question)
            _ = KeptText.debconf(question, in: text(bytes))
        },
        Target("install-device") { _ = GrubInstallDevice(parsing: text($0)) },
        Target("kept-text") { bytes in
            _ = KeptText.withoutComments(text(bytes))
            _ = KeptText.rootSettings(in: text(bytes))
        },
        Target("secrets") { _ = SecretWords.removed(from: text($0)) },
        Target("modules-alias") { bytes in
            let (aliases, device) = bytes.halves()
            _ = ModuleAliases(parsing: text(aliases)).modules(driving: [text(device)])
        },
    ]
}
