// Changes and work that takes a while: streams that begin, end and are cancelled with whoever reads them.
import Foundation
import TekramCore
import Testing

@testable import TekramKit

@Suite struct StreamTests {
    private let change = RulesChange(
        budget: Money(amountMinor: 1000, currency: "EUR"), weight: nil, minimum: nil, zone: nil, factors: nil)

    @Test func aChangeIsHeard() async throws {
        let profile = try await TestProfile.make()
        let changes = try ChangeStream(profile.persona)
        _ = try profile.persona.changeRules(change: change)
        let scopes = try await within { await changes.first { _ in true } }
        #expect(scopes?.isEmpty == false)
    }

    @Test func aStreamThatNobodyHoldsEndsItsSubscription() async throws {
        let profile = try await TestProfile.make()
        try await confirmation { ended in
            _ = try ChangeStream(profile.persona, ended: { ended() })
        }
    }

    @Test func aStreamThatIsNoLongerReadEndsItsSubscription() async throws {
        let profile = try await TestProfile.make()
        let (over, told) = AsyncStream.makeStream(of: Void.self)
        let reading = Task {
            for await _ in try ChangeStream(profile.persona, ended: { told.yield() }) {}
        }
        reading.cancel()
        try await within { _ = await over.first { _ in true } }
    }

    @Test func readingEndsWithItsTask() async throws {
        let profile = try await TestProfile.make()
        let reading = Task {
            for await _ in try ChangeStream(profile.persona) {}
            return true
        }
        reading.cancel()
        #expect(try await within { try await reading.value })
    }

    @Test func aListenerThatThrowsIsToldOfTheNextChange() async throws {
        let profile = try await TestProfile.make()
        let (calls, told) = AsyncStream.makeStream(of: Void.self)
        let subscription = try profile.persona.onChange(listener: Thrower(told))
        let change = change
        try await within {
            var iterator = calls.makeAsyncIterator()
            _ = try profile.persona.changeRules(change: change)
            await iterator.next()
            _ = try profile.persona.changeRules(change: change)
            await iterator.next()
        }
        subscription.cancel()
        #expect(try profile.persona.holdings().listens == 0)
    }

    @Test func anImportTellsOfItsProgressAndReports() async throws {
        let profile = try await TestProfile.make()
        let task = try profile.persona.startImport(path: profile.history(count: 200))
        let report = try await task.run { _ in }
        #expect(report.newRecords == 200)
        #expect(try profile.persona.batches().count == 1)
    }

    @Test func cancellingTheReaderCancelsTheWork() async throws {
        let profile = try await TestProfile.make()
        let path = try profile.history(count: 60_000)
        // Begun where it is read: begun before, it may be over by the time that a busy machine comes to the reading.
        let running = Task { @MainActor in try await profile.persona.startImport(path: path).run { _ in } }
        running.cancel()
        do {
            _ = try await within { try await running.value }
            Issue.record("the import went on")
        } catch {
            #expect(Problem(error).isCancelled)
        }
    }

    @Test func workThatNobodyHoldsEnds() async throws {
        let profile = try await TestProfile.make()
        let path = try profile.history(count: 60_000)
        do {
            let task = try profile.persona.startImport(path: path)
            _ = task
        }
        // Locking waits for nobody, and the vault is whole afterwards.
        try profile.persona.lock()
        let id = profile.persona.id()
        let again = try await profile.agent.unlockWithPassphrase(id: id, passphrase: TestProfile.passphrase)
        #expect(try again.holdings().listens == 0)
    }

    @Test func workOfALockedProfileSaysThatItIsLocked() async throws {
        let profile = try await TestProfile.make()
        let task = try profile.persona.startImport(path: profile.history(count: 60_000))
        try profile.persona.lock()
        do {
            _ = try await within { try await task.finish() }
            Issue.record("the import went on")
        } catch {
            #expect(Problem(error).isLocked)
        }
    }
}

private struct Refused: Error {}

private final class Thrower: ChangeListener {
    private let told: AsyncStream<Void>.Continuation
    init(_ told: AsyncStream<Void>.Continuation) { self.told = told }

    func changed(scopes: [String]) throws {
        told.yield()
        throw Refused()
    }
}
