import BootFiles
import Changes
import Machine
import Report
import Storage
import Surveying
import Testing

@testable import Diagnosing

/// The survey of the lab's healthy machine, as bootmend recorded it: two disks, md0 with /boot, raid1 root and swap.
///
/// Each test breaks a value of it the way a skipped step would have left it.
struct Mirror {
    var survey: Survey
    static let kernel = "6.1.0-50-cloud-amd64"
    static let bootUUID = "b0075eed-0000-4000-8000-00000000b007"
    static let arrayUUID = "6d1e2f30:8a4b4c5d:9e0f1a2b:3c4d5e6f"
    static let gone = "01db0075-0000-4000-8000-0000000001db"

    init() throws {
        let here = #filePath.split(separator: "/").dropLast().joined(separator: "/")
        let recorded = try RootDirectory("/\(here)/Fixtures").read("mirror.json")
        survey = try Document.value(Survey.self, from: try #require(recorded), called: "mirror.json")
    }

    var installation: Installation {
        get { survey.installations[0] }
        set { survey.installations[0] = newValue }
    }

    var image: BootDirectory.Image {
        get { survey.bootDirectories[0].images[0] }
        set { survey.bootDirectories[0].images[0] = newValue }
    }

    var config: GrubConfig? {
        get { survey.bootDirectories[0].grub?.config }
        set { survey.bootDirectories[0].grub?.config = newValue }
    }

    var diagnosis: Diagnosis { Diagnosis.of(survey, installation) }

    func plan(_ options: PlanOptions = PlanOptions()) -> Plan {
        Plan.making(diagnosis, survey, installation, options)
    }

    /// The steps that are not done.
    var wrongSteps: [StepID] { diagnosis.steps.filter { $0.state != .done }.map(\.id) }

    func finding(_ id: String) throws -> Finding { try #require(diagnosis.findings.first { $0.id == id }) }

    var bootsAlone: [Diagnosis.DiskResult.Answer] { diagnosis.disks.map(\.bootsAlone) }

    // MARK: What skipped steps leave behind

    mutating func mountBootByName() { rewriteFstab("UUID=" + Self.bootUUID, "/dev/md0") }

    mutating func rewriteFstab(_ old: String, _ new: String) {
        let text = installation.fstab?.text.replacing(old, with: new)
        installation.fstab?.text = text ?? ""
    }

    mutating func rewriteMdadmConf(_ old: String, _ new: String, inImage: Bool = false) {
        if inImage {
            for (path, text) in image.facts?.texts ?? [:] where path.hasSuffix("mdadm.conf") {
                image.facts?.texts[path] = text.replacing(old, with: new)
            }
        } else {
            let text = installation.mdadmConf?.text.replacing(old, with: new)
            installation.mdadmConf?.text = text ?? ""
        }
    }

    mutating func eraseBootCode(of number: Int) {
        survey.diskBoots[number].record = BootRecord(code: .empty, hasSignature: true)
        survey.diskBoots[number].core = nil
    }
}
