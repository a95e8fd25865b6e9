// Whether everything is whole, what is saved of a damaged profile, and everything in one file out and in. Against the real core.
import Foundation
import TekramCore
import Testing

@testable import TekramKit

@MainActor
@Suite struct RescueTests {
    private let folder: URL
    private let app: AppModel

    init() async throws {
        folder = try TestProfile.newFolder()
        app = AppModel(agent: try TestProfile.device(in: folder))
        app.opened(try await app.agent.createPersona(name: "Home", passphrase: TestProfile.passphrase), isNew: true)
    }

    private func persona() throws -> Persona { try #require(app.persona) }

    /// Another device.
    private func elsewhere() throws -> AppModel {
        AppModel(agent: try TestProfile.device(in: TestProfile.newFolder()))
    }

    // MARK: Rescue and looking whether everything is whole

    @Test func everythingIsWholeUntilItIsNot() async throws {
        let model = CheckModel(persona: try persona())
        #expect(model.faults == nil)
        await model.check()
        #expect(model.work.problem == nil)
        #expect(model.faults?.isEmpty == true)
        for kind in ["header", "pages", "identity", "order", "dangling", "audit"] {
            #expect(Words.has("me_check_fault_\(kind)"))
            #expect(!CheckFault(kind: kind, count: 3).text.isEmpty)
        }
        #expect(CheckFault(kind: "pages", count: 3).text.contains("3"))
        #expect(CheckFault(kind: "new", count: 3).text == Words.text("me_check_fault_other"))
    }

    @Test func whatIsWholeOfADamagedProfileIsSaved() async throws {
        let persona = try persona()
        _ = try await persona.startImport(path: history()).run { _ in }
        app.lock()
        let entry = try #require(app.personas().first)
        let path = try #require(
            FileManager.default.subpathsOfDirectory(atPath: folder.path).first { $0.hasSuffix(".db") })
        let file = folder.appending(path: path)
        var bytes = try Data(contentsOf: file)
        let page = 4_096
        bytes[(bytes.count / page / 2) * page + 100] ^= 0xFF
        try bytes.write(to: file)

        let model = RescueModel(app: app, entry: entry)
        #expect(model.keys == [.passphrase] && model.key == .passphrase)
        #expect(model.name == "Home" && !model.mayRescue)
        model.passphrase = TestProfile.passphrase
        model.newName = "Home again"
        model.newPassphrase = "a passphrase of its own"
        model.newPassphraseAgain = "a passphrase of its own"
        #expect(model.mayRescue)
        await model.rescue()
        #expect(model.work.problem == nil)
        let rescued = try #require(model.rescued)
        #expect(!rescued.parts.isEmpty && rescued.parts.allSatisfy { Words.has($0.wordKey) })
        #expect(model.passphrase.isEmpty && model.newPassphrase.isEmpty)
        model.open()
        #expect(try app.persona?.name() == "Home again")
        #expect(Set(try app.personas().map(\.name)) == ["Home", "Home again"], "the damaged one stays")
    }

    private func history() throws -> String {
        let lines = (0..<400).map { number in
            #"{"listened_at":\#(1_700_000_000 + number * 300),"track_metadata":{"artist_name":"A \#(number)","#
                + #""track_name":"T \#(number)","additional_info":{"duration_ms":200000}}}"#
        }
        let file = folder.appending(path: "listens.jsonl")
        try lines.joined(separator: "\n").write(to: file, atomically: true, encoding: .utf8)
        return file.path
    }

    @Test func partsOfAProfileAreNamedAsPeopleKnowThem() {
        let table = { RescuedTable(table: $0, saved: 2, lost: 1, lostPages: 0) }
        let rescued = Rescued(
            personaId: "",
            tables: ["pay_line", "listen_play", "listen_work", "vault_audit_entry", "vault_blob"].map(table),
            lost: 5, complete: false, sameKeys: true, inboxItems: 0, madeMs: nil, damage: [])
        #expect(
            rescued.parts.map(\.wordKey)
                == ["history", "pay", "holdings", "audit"].map { "start_rescue_part_\($0)" })
        #expect(rescued.parts.first?.saved == 4 && rescued.parts.first?.lost == 2)
    }

    // MARK: Leaving and moving in

    @Test func everythingLeavesInOneFileAndMovesInElsewhere() async throws {
        let place = folder.appending(path: "leave")
        let model = LeaveModel(persona: try persona(), folder: place)
        model.passphrase = "for the file"
        #expect(!model.passphraseFits)
        model.passphraseAgain = "for the file"
        await model.writeSealed()
        #expect(model.work.problem == nil && model.passphrase.isEmpty)
        let file = try #require(model.file)
        #expect(model.exported.map { $0.tables > 0 } == true)
        let head = try Data(contentsOf: file).prefix(22)
        #expect(String(decoding: head, as: UTF8.self).hasPrefix("age-encryption.org/v1"))

        let there = try elsewhere()
        let moving = MoveInModel(app: there)
        #expect(!moving.mayMoveIn)
        moving.choose(file)
        moving.passphrase = "something else"
        await moving.moveIn()
        #expect(moving.work.problem?.name == "wrong_passphrase")
        moving.passphrase = "for the file"
        await moving.moveIn()
        #expect(moving.work.problem == nil)
        #expect(moving.movedIn?.name == "Home")
        moving.open()
        #expect(try there.persona?.id() == persona().id())

        model.leave()
        #expect(!FileManager.default.fileExists(atPath: file.path))
    }

    @Test func anOpenFileHoldsNoProfile() async throws {
        let model = LeaveModel(persona: try persona(), folder: folder.appending(path: "leave"))
        await model.writeOpen()
        #expect(model.work.problem == nil)
        let file = try #require(model.file)
        let moving = MoveInModel(app: try elsewhere())
        moving.choose(file)
        moving.passphrase = "anything"
        await moving.moveIn()
        #expect(moving.work.problem?.name == "export_is_partial")
        #expect(moving.movedIn == nil)
    }
}
