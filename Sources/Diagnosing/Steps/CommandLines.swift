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
    /// What images alone say wrongly, or do not say where it is they who have to.
    private(set) var onlyInImages: [Wrong] = []

    /// The image whose generator was not seen: whether dracut's words mean anything is not known then.
    private(set) var unread: String?

    init(_ scene: Scene) {
        let started = InitramfsStep.firstImage(scene)
        let image = started?.facts
        if let started, image == nil { unread = scene.bootPath(started.file) }
        let judge = CommandLineJudge(scene, image?.generator)
        let own = image?.ownWords ?? KernelCommandLine()
        let places = CommandLinePlace.all(scene)
        var found: [Wrong] = []
        func note(_ problem: CommandLineProblem, _ place: CommandLinePlace) {
            if let index = found.firstIndex(where: { $0.problem == problem }) {
                found[index].places.append(place)
            } else {
                found.append(Wrong(problem: problem, places: [place]))
            }
        }
        // The image's own words come first and the menu's last, and the last one stands (dracut-lib.sh, getcmdline;
        // initramfs-tools' init reads conf/ before /proc/cmdline).
        func told(_ line: KernelCommandLine) -> KernelCommandLine {
            KernelCommandLine(own.parameters + line.parameters)
        }
        let whole = scene.started.commandLine.map(told)
        let standing = whole.map { line in
            judge.problems(line) + [judge.missingRoot(line)].compactMap(\.self)
        }
        for place in places {
            var problems = judge.problems(place.words)
            // An image that was not read may hold a root of its own.
            if place.isWhole || place.feedsGrubConfig && place.words.value(of: "root") != nil, unread == nil,
                let problem = judge.missingRoot(told(place.words))
            {
                problems.append(problem)
            }
            for problem in problems {
                if place.starts, let standing, !standing.contains(where: problem.isSame) { continue }
                note(problem, place)
            }
        }
        // A word that the menu and the image both lack is the image's, where building it again brings it; else it is
        // added to every place that takes it. Where the files that grub.cfg is made from have it between them, the menu
        // alone is behind.
        let fromRebuild = scene.distribution.imageWords(needs: scene.initramfsNeeds)
        let feeding = KernelCommandLine(places.filter(\.feedsGrubConfig).flatMap(\.words.parameters))
        if let whole {
            // A word that leads nowhere is already replaced by the one that is missing.
            let corrected = Set(judge.problems(whole).compactMap(\.new))
            for problem in judge.missing(whole) where !corrected.contains(problem.new ?? "") {
                if let fromRebuild, let kernel = InitramfsStep.firstKernel(scene), let started,
                    let line = scene.started.commandLine
                {
                    let rebuilt = KernelCommandLine(parsing: fromRebuild).parameters + line.parameters
                    if !judge.missing(KernelCommandLine(rebuilt)).contains(where: problem.isSame) {
                        note(problem, .lacking(in: started, of: kernel, scene))
                        continue
                    }
                }
                for place in places where place.takesMore {
                    let words = told(place.feedsGrubConfig ? feeding : place.words)
                    if judge.missing(words).contains(where: { $0.new == problem.new }) {
                        note(problem, place)
                    }
                }
            }
        }
        for one in found {
            if one.places.allSatisfy(\.isImage) {
                onlyInImages.append(one)
            } else if one.places.allSatisfy({ $0.kind == .generated }) {
                onlyGenerated.append(one)
            } else {
                wrong.append(one)
            }
        }
    }
}
