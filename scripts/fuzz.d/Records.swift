import BootFiles
import Changes
import Diagnosing
import Report

@testable import Surveying
@testable import Sysimage

extension Target {
    static let records = [
        Target("survey", upTo: 1 << 17) { bytes in
            guard let survey = try? Document.value(Survey.self, from: bytes, called: "fuzz") else { return }
            judge(survey.withoutSecrets())
            for disk in survey.storage.disks.prefix(4) { judge(survey.without(disk.id)) }
        },
        Target("plan", upTo: 1 << 14) { _ = try? Document.value(Plan.self, from: $0, called: "fuzz") },
        Target("record") { bytes in
            guard let value = JSONValue(parsing: text(bytes)) else { return }
            precondition(JSONValue(parsing: value.text) == value, "what is written is read back")
        },
        Target("file-name", upTo: 256) { _ = BootFileName(text($0)) },
        Target("grub-secrets") { _ = SecretWords.removed(fromGrub: text($0)) },
        Target("console-text") { _ = ConsoleText.steps(for: text($0)) },
    ]

    private static func judge(_ survey: Survey) {
        for installation in survey.installations.prefix(2) {
            _ = Plan.making(Diagnosis.of(survey, installation), survey, installation)
        }
    }
}
