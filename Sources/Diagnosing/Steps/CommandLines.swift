import BootFiles
import Surveying

/// What is wrong with the command lines of an installation, and where.
struct CommandLines {
    /// One problem, and the places that have it.
    struct Wrong {
        var problem: CommandLineProblem
        var places: [CommandLinePlace]
    }

    /// What a source is wrong about, the menu that was made from it among the places.
    private(set) var wrong: [Wrong] = []
    /// What is wrong in the generated menu alone: its sources are right.
    private(set) var onlyGenerated: [Wrong] = []

    /// The image whose generator was not seen: whether dracut's words mean anything is not known then.
    private(set) var unread: String?

    init(_ scene: Scene) {
        let started = InitramfsStep.firstImage(scene)
        let image = started?.facts
        if let started, image == nil { unread = scene.bootPath(started.file) }
        let judge = CommandLineJudge(scene, image?.generator)
        let own = KernelCommandLine(parsing: image?.ownCommandLines.map(\.text).joined(separator: " ") ?? "")
        let places = CommandLinePlace.all(scene)
        var found: [Wrong] = []
        func note(_ problem: CommandLineProblem, _ place: CommandLinePlace) {
            if let index = found.firstIndex(where: { $0.problem == problem }) {
                found[index].places.append(place)
            } else {
                found.append(Wrong(problem: problem, places: [place]))
            }
        }
        for place in places {
            for problem in judge.problems(place.words) { note(problem, place) }
            if place.isWhole, own.value(of: "root") == nil, let problem = judge.missingRoot(place.words) {
                note(problem, place)
            }
        }
        // A word that the menu and the image both lack is added to every place that takes it; where the files that
        // grub.cfg is made from have it between them, the menu alone is behind.
        let feeding = KernelCommandLine(places.filter(\.feedsGrubConfig).flatMap(\.words.parameters))
        if let line = scene.started.commandLine {
            let whole = KernelCommandLine(line.parameters + own.parameters)
            // A word that leads nowhere is already replaced by the one that is missing.
            let corrected = Set(judge.problems(whole).compactMap(\.new))
            for problem in judge.missing(whole) where !corrected.contains(problem.new ?? "") {
                for place in places where place.takesMore {
                    let words = place.feedsGrubConfig ? feeding : place.words
                    if judge.missing(words).contains(where: { $0.new == problem.new }) {
                        note(problem, place)
                    }
                }
            }
        }
        for one in found {
            if one.places.allSatisfy({ $0.kind == .generated }) {
                onlyGenerated.append(one)
            } else {
                wrong.append(one)
            }
        }
    }
}
