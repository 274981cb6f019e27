import Changes
import Surveying

extension Scene {
    /// What an earlier rescue has left half done comes before anything else is done.
    var runsCutShort: [PlanRefusal] {
        (installation.cutShort ?? []).map { run in
            PlanRefusal(
                .cutShort,
                "an earlier rescue, \(run.id), "
                    + (run.isStuck
                        ? "failed and could not be taken back" : "was cut short at '\(run.title)'"),
                wayOut: "'bootmend undo \(run.id)' takes it back"
                    + (run.isStuck ? "" : "; 'bootmend rescue --yes' keeps what it did and goes on"),
                isForcible: true)
        }
    }
}
