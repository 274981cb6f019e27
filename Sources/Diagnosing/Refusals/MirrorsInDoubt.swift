import Changes
import Storage
import Surveying

/// Mirrors of which nobody knows what they hold, or that are being made over.
extension Scene {
    var mirrorsInDoubt: [PlanRefusal] {
        let undecided = neededVolumes.filter { volume in
            !volume.copies.isEmpty && volume.copies.allSatisfy { $0.currency != .current }
        }
        let standings = neededArrays.map { array in (array: array, judged: judged(array)) }
        let twins = standings.filter { !Self.isReplacing($0.array) }.compactMap {
            array, judged -> PlanRefusal? in
            guard let twin = judged.first(where: { $0.judgement.standing == .twin }) else { return nil }
            return PlanRefusal(
                .duplicateMember,
                "\(name(of: array.id)): \(twin.device) and \(twin.judgement.reason ?? "another")",
                wayOut: "unplug the copy and start again")
        }
        let isTwin = Set(
            standings.filter { $0.judged.contains { $0.judgement.standing == .twin } }.map(\.array.id))
        return twins
            + undecided.filter { !isTwin.contains($0.id) }.map { volume in
                let rival = standings.first { $0.array.id == volume.id }?.judged.contains {
                    $0.judgement.standing == .rival
                }
                let reason = volume.copies.compactMap(\.reason).first ?? "no copy is known to be current"
                let isSplit = rival ?? reason.contains("split brain")
                return PlanRefusal(
                    isSplit ? .splitBrain : .noCurrentCopy, "\(volume.name): \(reason)",
                    wayOut: "unplug the half that is out of date and start again")
            }
    }

    private func judged(_ array: MDArray) -> [(device: VolumeID, judgement: HalfJudgement)] {
        zip(array.members.map(\.device), array.judgements).map { ($0, $1) }
    }

    /// Data is on its way from one layout to another: assembled without its backup file, some of it is lost (mdadm(8)).
    var reshapes: [PlanRefusal] {
        neededArrays.filter { array in
            array.activity?.action == "reshape"
                // MD_FEATURE_RESHAPE_ACTIVE (md_p.h)
                || array.members.contains { $0.superblock.featureMap & 4 != 0 } || Self.isReplacing(array)
        }.map { array in
            PlanRefusal(
                .reshape,
                "\(name(of: array.id)) is being \(Self.isReplacing(array) ? "moved to a new member" : "reshaped")",
                // An array that is started waits for the first write with it (md.4, start_ro).
                wayOut:
                    "take it up again with 'mdadm --assemble' and 'mdadm --readwrite', and wait until /proc/mdstat shows it done"
            )
        }
    }

    // MD_FEATURE_REPLACEMENT (md_p.h): 'mdadm --replace' fills a second member for one place, which is no copy of the first.
    private static func isReplacing(_ array: MDArray) -> Bool {
        array.members.contains { $0.superblock.featureMap & 16 != 0 }
    }
}
