// Long work as a screen shows it: how far it is, stopping it, and why it did not work.
import Foundation
import TekramCore
import Testing

@testable import TekramKit

@MainActor
@Suite struct LongWorkTests {
    @Test func itTellsHowFarItIsAndIsStopped() async throws {
        let (work, task) = (LongWork(), HeldWork())
        let running = Task {
            await work.run({ task }, done: { _, _ in Issue.record("it was stopped") })
        }
        try await within { @MainActor in while work.progress == nil { await Task.yield() } }
        #expect(work.isRunning && work.part == 0.25)
        await work.run({ HeldWork() }, done: { _, _ in Issue.record("two at once") })
        work.stop()
        await running.value
        #expect(!work.isRunning && work.isStopped && work.problem == nil && work.progress == nil)
        work.forget()
        #expect(!work.isStopped)
    }

    @Test func whyItDidNotWorkIsKeptUntilTheNextTry() async {
        let work = LongWork()
        await work.run({ throw Problem(name: "busy") }, done: { (_: HeldWork, _) in })
        #expect(work.problem?.name == "busy" && !work.isStopped && !work.isRunning)
    }
}

/// Work that tells of one step and then waits until it is stopped.
private final class HeldWork: CoreTask, @unchecked Sendable {
    private let lock = NSLock()
    private var told = false
    private var isCancelled = false

    func next() async -> WorkProgress? {
        let first = lock.withLock {
            defer { told = true }
            return !told
        }
        if first { return WorkProgress(doneBytes: 1, totalBytes: 4) }
        while !lock.withLock({ isCancelled }) { try? await Task.sleep(for: .milliseconds(1)) }
        return nil
    }

    func finish() async throws -> UInt32 {
        while !lock.withLock({ isCancelled }) { try? await Task.sleep(for: .milliseconds(1)) }
        throw CancellationError()
    }

    func cancel() { lock.withLock { isCancelled = true } }
}
