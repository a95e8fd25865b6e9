// Profiles that this phone's key guards: the core hands out the wrapped key, the phone opens it after presence, and the
// core gets the bytes.
import Foundation
import TekramCore
import Testing

@testable import TekramKit

@MainActor
@Suite struct PhoneKeyTests {
    private let phone = MemoryPhoneKeys()
    private let app: AppModel
    private let folder: URL

    init() throws {
        folder = try TestProfile.newFolder()
        app = AppModel(agent: try TestProfile.device(in: folder, keyStore: phone))
    }

    private func created() async -> StartModel {
        let model = StartModel(app: app, presence: phone)
        model.name = "Home"
        await model.create()
        return model
    }

    @Test func aProfileIsMadeWithoutAnyPassphrase() async throws {
        let model = await created()
        #expect(model.way == .phone)
        #expect(model.problem == nil)
        #expect(try app.persona?.ways().map(\.isKeyStore) == [true])
    }

    @Test func itOpensAfterPresenceAlone() async throws {
        _ = await created()
        app.lock()
        let model = StartModel(app: app, presence: phone)
        #expect(model.ways == [.phone])

        phone.answer(with: .cancelled)
        await model.unlock()
        #expect(model.absence == .cancelled)
        #expect(model.problem == nil)
        #expect(app.persona == nil)

        phone.answer(with: nil)
        await model.unlock()
        #expect(model.absence == nil)
        #expect(app.persona != nil)
    }

    @Test func whatIsWholeOfADamagedProfileIsSavedByThePhonesKey() async throws {
        _ = await created()
        app.lock()
        let entry = try #require(app.personas().first)
        let path = try #require(
            FileManager.default.subpathsOfDirectory(atPath: folder.path).first { $0.hasSuffix(".db") })
        var bytes = try Data(contentsOf: folder.appending(path: path))
        bytes[bytes.count - 100] ^= 0xFF
        try bytes.write(to: folder.appending(path: path))

        let model = RescueModel(app: app, entry: entry, presence: phone)
        #expect(model.keys == [.phone])
        model.newName = "Home again"
        model.newPassphrase = TestProfile.passphrase
        model.newPassphraseAgain = TestProfile.passphrase
        phone.answer(with: .cancelled)
        await model.rescue()
        #expect(model.absence == .cancelled && model.rescued == nil)
        phone.answer(with: nil)
        await model.rescue()
        #expect(model.absence == nil && model.work.problem == nil)
        #expect(model.rescued != nil)
        model.open()
        #expect(try app.persona?.name() == "Home again")
    }

    @Test func withoutThePhonesKeyItStaysLocked() async throws {
        _ = await created()
        app.lock()
        phone.loseEverything()
        let model = StartModel(app: app, presence: phone)
        await model.unlock()
        #expect(model.absence == .notSetUp)
        #expect(app.persona == nil)
    }

    @Test func aKeyStoreThatThrowsIsATypedError() async throws {
        phone.failWrites()
        let model = await created()
        #expect(model.problem != nil)
        #expect(model.problem?.text.isEmpty == false)
        #expect(app.persona == nil)
    }

    @Test func aPhoneThatGuardsNoKeyAnyMoreSaysSo() async throws {
        let model = StartModel(app: app, presence: phone)
        model.name = "Home"
        phone.failWrites()
        phone.becomeUnready()
        await model.create()
        #expect(model.absence == .notSetUp)
        #expect(model.problem == nil)

        let persona = try await app.agent.createPersona(name: "Other", passphrase: TestProfile.passphrase)
        let ways = WaysModel(persona: persona)
        await ways.addPhone(name: "phone", presence: phone)
        #expect(ways.absence == .notSetUp)
        #expect(ways.problem == nil)
        await ways.addPhone(name: "phone", presence: MemoryPhoneKeys())
        #expect(ways.absence == nil, "a phone that could guard one failed for another reason")
        #expect(ways.problem != nil)
    }

    @Test func aPassphraseIsAddedAndThePhoneRemoved() async throws {
        _ = await created()
        let ways = WaysModel(persona: try #require(app.persona))
        ways.load()
        #expect(!ways.mayAddPhone(phoneGuards: true))
        ways.newPassphrase = TestProfile.passphrase
        await ways.addPassphrase()
        #expect(ways.done == "me_way_added_done")
        let phoneWay = ways.ways.first { $0.isKeyStore }
        await ways.remove(try #require(phoneWay))
        #expect(ways.problem == nil)
        #expect(ways.ways.count == 1)
        #expect(phone.isEmpty)
        #expect(ways.mayAddPhone(phoneGuards: true))
        await ways.addPhone(name: "phone", presence: phone)
        #expect(ways.ways.count == 2)
    }
}

/// Keys in memory, where a phone has hardware; opens one only as `Presence`.
private final class MemoryPhoneKeys: KeyStore, TekramKit.Presence, @unchecked Sendable {
    private let lock = NSLock()
    private var pads: [String: [UInt8]] = [:]
    private var numbers: [String: UInt64] = [:]
    private var absence: NotPresent?
    private var failing = false
    private var unready = false

    func answer(with absence: NotPresent?) { lock.withLock { self.absence = absence } }
    func loseEverything() { lock.withLock { pads = [:] } }
    func becomeUnready() { lock.withLock { unready = true } }
    func failWrites() { lock.withLock { failing = true } }
    var isEmpty: Bool { lock.withLock { pads.isEmpty } }

    func wrap(name: String, key: Data) throws -> Data {
        try lock.withLock {
            if failing { throw HostError.Failed }
            let pad = pads[name] ?? key.map { _ in UInt8.random(in: 0...255) }
            pads[name] = pad
            return Data(zip(key, pad).map { $0 ^ $1 })
        }
    }

    func unwrap(name: String, wrapped: Data) throws -> Data { throw HostError.PresenceNeeded }

    func remove(name: String) throws { lock.withLock { pads[name] = nil } }

    func exists(name: String) throws -> Bool { lock.withLock { pads[name] != nil } }

    var ready: Bool { lock.withLock { !unready } }

    func keepNumber(name: String, number: UInt64) throws { lock.withLock { numbers[name] = number } }

    func keptNumber(name: String) throws -> UInt64? { lock.withLock { numbers[name] } }

    func unwrap(way: String, reason: String, wrapped: Data) async throws -> Data {
        try lock.withLock {
            if let absence { throw absence }
            guard let pad = pads[way] else { throw NotPresent.notSetUp }
            return Data(zip(wrapped, pad).map { $0 ^ $1 })
        }
    }
}
