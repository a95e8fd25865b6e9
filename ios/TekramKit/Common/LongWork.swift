// Work on a whole vault, as a screen shows it: how far it is, a way to stop it, and why it did not work. Backups, restoring,
// rescue, leaving and a new vault key are all of this kind.
import Observation
import TekramCore

/// One piece of long work at a time.
@MainActor
@Observable
public final class LongWork {
    /// It runs.
    public private(set) var isRunning = false
    /// How far it is.
    public private(set) var progress: WorkProgress?
    /// The person stopped it; nothing half done is left behind.
    public private(set) var isStopped = false
    /// Why it did not work.
    public private(set) var problem: Problem?

    private var cancel: (() -> Void)?

    /// Nothing runs yet.
    public init() {}

    /// Part that is done, 0 to 1, once it is known how much there is to do.
    public var part: Double? {
        guard let progress, progress.totalBytes > 0 else { return nil }
        return min(1, Double(progress.doneBytes) / Double(progress.totalBytes))
    }

    /// Runs what `begin` begins to its end, and hands over the work with its report. Nothing happens while other work runs.
    func run<Work: CoreTask>(
        _ begin: () throws -> Work, done: (Work, Work.Report) throws -> Void
    ) async where Work.Progress == WorkProgress {
        guard !isRunning else { return }
        (isRunning, progress, isStopped, problem) = (true, nil, false, nil)
        defer { (isRunning, progress, cancel) = (false, nil, nil) }
        do {
            let work = try begin()
            cancel = { work.cancel() }
            let report = try await work.run { progress = $0 }
            try done(work, report)
        } catch {
            let problem = Problem(error)
            if problem.isCancelled { isStopped = true } else { self.problem = problem }
        }
    }

    /// Stops it.
    public func stop() { cancel?() }

    /// Says nothing any more of how the last work ended.
    public func forget() { (isStopped, problem) = (false, nil) }
}
