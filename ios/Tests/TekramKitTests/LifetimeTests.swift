// Objects of the core as Swift holds them: made, dropped, closed, cancelled and used too late, from many threads at once,
// with hosts that throw or take long. None of it may crash, hang or stay behind; what fails, fails with a number.
// `TEKRAM_CYCLES` sets how often; a few times without it. `LifetimeGrowthTests` counts what the process has, so it runs
// only where that is set, and alone: `TEKRAM_CYCLES=10000 cargo xtask swift test --filter LifetimeGrowthTests`.
import Foundation
import TekramCore
import Testing

@testable import TekramKit

/// How often, when it was said.
private let cyclesAsked = ProcessInfo.processInfo.environment["TEKRAM_CYCLES"].flatMap { Int($0) }

@Suite struct LifetimeTests {
    private let cycles = min(cyclesAsked ?? 20, 500)

    private func number(_ call: () async throws -> Void) async -> UInt32? {
        do {
            try await call()
            return nil
        } catch TekramError.Failed(let code, _, _) {
            return code
        } catch {
            Issue.record("not the core's: \(error)")
            return nil
        }
    }

    @Test func everyCallAfterCloseSaysClosed() async throws {
        let profile = try await TestProfile.make()
        let (agent, persona) = (profile.agent, profile.persona)
        let task = try persona.startImport(path: profile.history(count: 50_000))
        let subscription = try persona.onChange(listener: Deaf())
        try agent.close()
        let calls: [() async throws -> Void] = [
            { _ = try agent.personas() },
            { _ = try await agent.createPersona(name: "Late", passphrase: "late late late late") },
            { _ = try await agent.unlockWithPassphrase(id: persona.id(), passphrase: TestProfile.passphrase) },
            { _ = try persona.holdings() },
            { try persona.rename(name: "Late") },
            { _ = try await persona.days(query: HistoryQuery.everything, after: nil, limit: 5) },
            { _ = try persona.onChange(listener: Deaf()) },
            { _ = try await task.finish() },
        ]
        for (index, call) in calls.enumerated() {
            #expect(await number(call) != nil, "call \(index) went on")
        }
        // Closing again, cancelling what is over and pausing what is closed are no faults.
        try agent.close()
        subscription.cancel()
        task.cancel()
        agent.pause()
        agent.resume()
    }

    @Test func cancelledTasksLeaveAWholeProfile() async throws {
        let profile = try await TestProfile.make()
        let path = try profile.history(count: 3_000)
        for cycle in 0..<cycles {
            let task = try profile.persona.startImport(path: path)
            let running = Task { try await task.run { _ in } }
            if cycle % 2 == 0 { await Task.yield() }
            running.cancel()
            do {
                let report = try await within { try await running.value }
                // It was over before the word came: then it is in the holding pen, whole.
                #expect(report.newRecords + report.duplicates <= 3_000)
            } catch {
                #expect(Problem(error).isCancelled)
            }
        }
        #expect(try profile.persona.holdings().listens == 0)
    }

    @Test func droppedTasksAndWaitingReadersEnd() async throws {
        let profile = try await TestProfile.make()
        let path = try profile.history(count: 20_000)
        for _ in 0..<cycles {
            let task = try profile.persona.startImport(path: path)
            let reading = Task { for await _ in task.progress() {} }
            reading.cancel()
            try await within { await reading.value }
        }
        try profile.persona.rename(name: "Still there")
        #expect(try profile.persona.name() == "Still there")
    }

    @Test func listenersComeAndGoWhileThingsChange() async throws {
        let profile = try await TestProfile.make()
        let persona = profile.persona
        let cycles = cycles
        try await within(seconds: 120) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for cycle in 0..<cycles {
                        _ = try persona.changeRules(change: .budget(Int64(cycle) + 1))
                        await Task.yield()
                    }
                }
                for _ in 0..<4 {
                    group.addTask {
                        for cycle in 0..<cycles * 4 {
                            let subscription = try persona.onChange(listener: Deaf())
                            if cycle % 2 == 0 { subscription.cancel() }
                        }
                    }
                }
                group.addTask {
                    for _ in 0..<cycles {
                        let reading = Task { for await _ in try ChangeStream(persona) {} }
                        await Task.yield()
                        reading.cancel()
                        try await reading.value
                    }
                }
                try await group.waitForAll()
            }
        }
        // Who listens now is heard.
        let changes = try ChangeStream(persona)
        _ = try persona.changeRules(change: .budget(77))
        #expect(try await within { await changes.first { _ in true } } != nil)
    }

    @Test func manyThreadsCallWhileTheProfileIsLocked() async throws {
        let profile = try await TestProfile.make()
        let persona = profile.persona
        let cycles = cycles
        let codes = try await within(seconds: 120) {
            await withTaskGroup(of: Set<UInt32>.self) { group in
                for worker in 0..<12 {
                    group.addTask {
                        var codes: Set<UInt32> = []
                        for cycle in 0..<cycles * 5 {
                            do {
                                switch (worker + cycle) % 4 {
                                case 0: _ = try persona.holdings()
                                case 1: _ = try await persona.days(query: .everything, after: nil, limit: 5)
                                case 2: _ = try persona.changeRules(change: .budget(Int64(cycle) + 1))
                                default: _ = try persona.name()
                                }
                            } catch TekramError.Failed(let code, _, _) {
                                codes.insert(code)
                            } catch {
                                codes.insert(0)
                            }
                        }
                        return codes
                    }
                }
                group.addTask {
                    try? await Task.sleep(for: .milliseconds(20))
                    try? persona.lock()
                    return []
                }
                return await group.reduce(into: Set<UInt32>()) { $0.formUnion($1) }
            }
        }
        let locked = try #require(await number { _ = try persona.holdings() })
        #expect(codes.subtracting([locked]).isEmpty, "\(codes)")
    }

    @Test func keyStoresThatThrowAreTypedErrors() async throws {
        let keys = Keys()
        let folder = try TestProfile.newFolder()
        let agent = try TestProfile.device(in: folder, keyStore: keys)
        keys.mood = .throwsStrangely
        for _ in 0..<cycles {
            let code = await number {
                _ = try await agent.createPersonaWithKeyStore(name: "Home", wayName: "phone")
            }
            #expect(code != nil)
        }
        #expect(try agent.personas().isEmpty)
        keys.mood = .works
        let persona = try await agent.createPersonaWithKeyStore(name: "Home", wayName: "phone")
        let id = persona.id()
        try persona.lock()
        keys.mood = .throwsStrangely
        #expect(await number { _ = try await agent.unlockWithKeyStore(id: id) } != nil)
        keys.mood = .works
        _ = try await agent.unlockWithKeyStore(id: id).name()
        try agent.close()
        try FileManager.default.removeItem(at: folder)
    }

    @Test func hostsThatTakeLongHoldUpNobodyElse() async throws {
        let keys = Keys()
        let folder = try TestProfile.newFolder()
        let agent = try TestProfile.device(in: folder, keyStore: keys)
        let open = try await agent.createPersona(name: "Open", passphrase: TestProfile.passphrase)
        keys.mood = .waits
        let slow = Task { try await agent.createPersonaWithKeyStore(name: "Slow", wayName: "phone") }
        // The main thread and the open profile go on meanwhile, and so does a listener that takes its time.
        let subscription = try open.onChange(listener: Slow())
        try await within(seconds: 10) {
            for amount in 1...5 { _ = try open.changeRules(change: .budget(Int64(amount))) }
            #expect(try open.holdings().listens == 0)
        }
        keys.mood = .works
        #expect(try await within { try await slow.value }.name() == "Slow")
        subscription.cancel()
        try agent.close()
        try FileManager.default.removeItem(at: folder)
    }

    @Test func positionsThatThrowOrAreNoneAreTypedErrors() async throws {
        for place in [Nowhere(throwing: true), Nowhere(throwing: false)] {
            let folder = try TestProfile.newFolder()
            let settings = AgentSettings(dataFolder: folder.path, allow: [], proxy: nil, railsOff: [], zone: "UTC")
            let agent = try Agent.open(settings: settings, keyStore: nil, location: place, connectivity: place)
            let persona = try await agent.createPersona(name: "Home", passphrase: TestProfile.passphrase)
            let draft = WantDraft(
                what: "tea", gtin: nil, quantity: 1, ceiling: nil, latitude: nil, longitude: nil, precision: 5,
                hours: 1,
                terms: roster().first?.id ?? "", inStore: false, relays: ["wss://board.example"])
            #expect(await number { _ = try await persona.compose(draft: draft) } != nil)
            #expect(try persona.intents().isEmpty)
            try agent.close()
            try FileManager.default.removeItem(at: folder)
        }
    }
}

/// Alone in its process: it counts what the process has.
@Suite(.serialized, .enabled(if: cyclesAsked != nil)) struct LifetimeGrowthTests {
    @Test func openingAndClosingLeavesNothingBehind() async throws {
        let cycles = cyclesAsked ?? 0
        let folder = try TestProfile.newFolder()
        let keys = Keys()
        var settled: (files: Int, kib: Int)?
        for cycle in 0..<cycles {
            try await once(cycle, in: folder, keys)
            // The first rounds fill pools and caches.
            if cycle == min(cycles / 10, 50) { settled = (openFiles(), residentKib()) }
            if cycle % 1_000 == 999 { print("\(cycle + 1) cycles: \(residentKib()) KiB, \(openFiles()) files") }
        }
        let before = try #require(settled)
        // What was dropped last ends on threads of its own.
        try await Task.sleep(for: .seconds(1))
        let after = (files: openFiles(), kib: residentKib())
        print(
            "\(cycles) cycles: \(before.kib) KiB settled, \(after.kib) KiB after; \(before.files), \(after.files) files"
        )
        #expect(after.files <= before.files + 8)
        #expect(after.kib - before.kib < 16 * 1_024)
        try FileManager.default.removeItem(at: folder)
    }

    private func once(_ cycle: Int, in folder: URL, _ keys: Keys) async throws {
        let agent = try TestProfile.device(in: folder, keyStore: keys)
        let persona: Persona
        if let id = try agent.personas().first?.id {
            persona = try await agent.unlockWithKeyStore(id: id)
        } else {
            persona = try await agent.createPersonaWithKeyStore(name: "Home", wayName: "phone")
        }
        let subscription = try persona.onChange(listener: Deaf())
        let changes = try ChangeStream(persona)
        let reading = Task { for await _ in changes {} }
        _ = try persona.changeRules(change: .budget(Int64(cycle) + 1))
        switch cycle % 4 {
        case 0: try agent.close()
        case 1: try persona.lock()
        case 2: subscription.cancel()
        default: break
        }
        reading.cancel()
        await reading.value
    }

    private func openFiles() -> Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 0
    }

    private func residentKib() -> Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
        return line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0
    }
}

extension RulesChange {
    fileprivate static func budget(_ cents: Int64) -> RulesChange {
        RulesChange(
            budget: Money(amountMinor: cents, currency: "EUR"), weight: nil, minimum: nil, zone: nil, factors: nil)
    }
}

extension HistoryQuery {
    fileprivate static let everything = HistoryQuery(fromMs: nil, toMs: nil, source: nil, kind: nil, text: nil)
}

/// An error that the binding knows nothing of.
private struct Strange: Error {}

private final class Deaf: ChangeListener {
    func changed(scopes: [String]) throws {}
}

private final class Slow: ChangeListener {
    func changed(scopes: [String]) throws { Thread.sleep(forTimeInterval: 0.2) }
}

/// A position that there is not.
private final class Nowhere: LocationSource, Connectivity {
    private let throwing: Bool

    init(throwing: Bool) { self.throwing = throwing }

    func position() throws -> Position? {
        if throwing { throw Strange() }
        return nil
    }

    func state() throws -> ConnectivityState {
        if throwing { throw Strange() }
        return .unmetered
    }
}

/// Keys in memory that work, throw what the binding does not know, or keep the core waiting.
private final class Keys: KeyStore, @unchecked Sendable {
    enum Mood { case works, throwsStrangely, waits }

    private let lock = NSLock()
    private var kept: Mood = .works

    var mood: Mood {
        get { lock.withLock { kept } }
        set { lock.withLock { kept = newValue } }
    }

    private func behave() throws {
        if mood == .throwsStrangely { throw Strange() }
        var rounds = 0
        while mood == .waits && rounds < 1_000 {
            Thread.sleep(forTimeInterval: 0.01)
            rounds += 1
        }
    }

    func wrap(name: String, key: Data) throws -> Data {
        try behave()
        return Data(key.map { $0 ^ 0x5A })
    }

    func unwrap(name: String, wrapped: Data) throws -> Data {
        try behave()
        return Data(wrapped.map { $0 ^ 0x5A })
    }

    func remove(name: String) throws { try behave() }

    func exists(name: String) throws -> Bool {
        try behave()
        return true
    }

    // No number: nothing is noticed of older states, and a profile opens all the same.
    func keepNumber(name: String, number: UInt64) throws { try behave() }

    func keptNumber(name: String) throws -> UInt64? {
        try behave()
        return nil
    }
}
