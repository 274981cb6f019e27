import ArgumentParser
import Machine

/// A verb of the command line: it works and answers with an exit status, or says in one line why it cannot.
protocol Verb: ParsableCommand {
    var common: CommonOptions { get }
    func perform(_ console: Console) throws -> Int32
}

extension Verb {
    mutating func run() throws {
        let console = common.console()
        throw ExitCode(Self.status(console) { try perform(console) })
    }

    /// The status of some work, with what it throws said on the console.
    static func status(_ console: Console, of work: () throws -> Int32) -> Int32 {
        do {
            return try work()
        } catch let refusal as Refusal {
            console.complain(refusal)
            return refusal.status
        } catch let said as Said {
            return said.status
        } catch let error as SystemError {
            let refusal = Refusal(error)
            console.complain(refusal)
            return refusal.status
        } catch {
            console.complain(Refusal("\(error)"))
            return ExitStatus.unknown
        }
    }
}
