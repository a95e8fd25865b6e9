// Work of the core that takes a while, as Swift reads it: a stream of progress, then the report. Whoever stops reading
// cancels the work.

import TekramCore

/// What the core's task objects have in common.
public protocol CoreTask: AnyObject, Sendable {
    /// What is told while it runs.
    associatedtype Progress: Sendable
    /// What is told at the end.
    associatedtype Report: Sendable
    /// Waits for the next progress; nothing when the work is over.
    func next() async -> Progress?
    /// Waits for the end.
    func finish() async throws -> Report
    /// Ends the work; nothing half done is left behind.
    func cancel()
}

extension CoreTask {
    /// Progress until the work is over; ending the reading early cancels the work.
    public func progress() -> AsyncStream<Progress> {
        let (stream, continuation) = AsyncStream.makeStream(of: Progress.self)
        let reading = Task { [self] in
            while let progress = await next() {
                continuation.yield(progress)
            }
            continuation.finish()
        }
        continuation.onTermination = { [self] reason in
            if case .cancelled = reason {
                cancel()
                reading.cancel()
            }
        }
        return stream
    }

    /// Runs to the end, telling of progress on the main actor. Cancelling the calling task cancels the work.
    @MainActor
    public func run(_ tell: @MainActor (Progress) -> Void) async throws -> Report {
        try await withTaskCancellationHandler {
            for await progress in progress() {
                tell(progress)
            }
            return try await finish()
        } onCancel: {
            cancel()
        }
    }
}

extension ImportTask: CoreTask {}
extension ImportFilesTask: CoreTask {}
extension FillTask: CoreTask {}
extension PullTask: CoreTask {}
extension WatchTask: CoreTask {}
extension SubmissionTask: CoreTask {}
extension FeedRefreshTask: CoreTask {}
extension DiscoverTask: CoreTask {}
extension SettleTask: CoreTask {}
extension PublishTask: CoreTask {}
extension CollectTask: CoreTask {}
extension KeyChangeTask: CoreTask {}
extension BackupTask: CoreTask {}
extension RestoreTask: CoreTask {}
extension RescueTask: CoreTask {}
extension CheckTask: CoreTask {}
extension VaultExportTask: CoreTask {}
extension MoveInTask: CoreTask {}
