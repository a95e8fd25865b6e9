// History against the real core: from an export to the log and back, days, search, rating, players.
import Foundation
import TekramCore
import Testing

@testable import TekramKit

@MainActor
struct HistoryTests {
    private func imported(_ profile: TestProfile, count: Int) async throws -> Int64 {
        let model = ImportModel(persona: profile.persona)
        await model.read(try profile.history(count: count))
        #expect(model.problem == nil)
        return try #require(model.done)
    }

    private func accepted(_ profile: TestProfile, count: Int) async throws -> PenModel {
        let pen = PenModel(persona: profile.persona, number: try await imported(profile, count: count))
        await pen.load()
        await pen.accept()
        #expect(pen.batch?.state == .accepted)
        return pen
    }

    @Test("an empty log is empty, and an import fills its days")
    func daysFollowAnImport() async throws {
        let profile = try await TestProfile.make()
        let model = HistoryModel(persona: profile.persona)
        await model.load()
        #expect(model.days.phase == .empty)
        _ = try await accepted(profile, count: 300)
        await model.load()
        let day = try #require(model.days.rows.first)
        #expect(day.sources.reduce(0) { $0 + $1.plays } == day.plays)
        let listens = model.listens(of: day)
        await listens.reload()
        while listens.hasMore { await listens.more() }
        #expect(listens.rows.count == min(Int(day.plays), 300))
        #expect(!model.sources.isEmpty)
    }

    @Test("what the pen shows is added, and taken out again as a whole")
    func penDecides() async throws {
        let profile = try await TestProfile.make()
        let pen = PenModel(persona: profile.persona, number: try await imported(profile, count: 20))
        await pen.load()
        #expect(pen.batch?.state == .held)
        #expect(pen.preview.rows.count == 20)
        await pen.accept()
        #expect(try profile.persona.holdings().listens == 20)
        await pen.undo()
        #expect(pen.batch?.state == .undone)
        #expect(try profile.persona.holdings().listens == 0)
        await pen.reject()
        #expect(pen.problem?.name == "wrong_batch_state")
    }

    @Test("a search finds as one types, narrows, and ends with its words")
    func searchFinds() async throws {
        let profile = try await TestProfile.make()
        _ = try await accepted(profile, count: 60)
        let model = HistoryModel(persona: profile.persona, pause: .zero)
        await model.load()
        model.text = " track 17 "
        await model.find()
        #expect(model.found.rows.map(\.title) == ["Track 17"])
        model.kind = .podcast
        await model.find()
        #expect(model.found.phase == .empty)
        model.kind = nil
        model.text = ""
        #expect(!model.isSearching)
    }

    @Test("a rating is kept, and given again it is taken back")
    func ratingTurns() async throws {
        let profile = try await TestProfile.make()
        _ = try await accepted(profile, count: 3)
        let page = try await profile.persona.listens(query: .everything, after: nil, limit: 1)
        let item = ItemModel(persona: profile.persona, id: try #require(page.listens.first).id)
        await item.load()
        item.rate(.up)
        #expect(item.thumb == .up)
        item.rate(.up)
        #expect(item.thumb == nil)
        let lost = ItemModel(persona: profile.persona, id: 9999)
        await lost.load()
        #expect(lost.phase == .failed(Problem(code: 4_009, name: "no_such_listen")))
    }

    @Test("a file that is no history is refused by name and leaves nothing")
    func wrongFileIsNamed() async throws {
        let profile = try await TestProfile.make()
        let model = ImportModel(persona: profile.persona)
        await model.read(try profile.file("letter.txt", "Dear Sir or Madam"))
        #expect(model.problem?.name == "unknown_format")
        #expect(model.done == nil && model.batches.isEmpty && model.reading == nil)
    }

    @Test("a player is noticed only after it was allowed")
    func playersAreSwitched() async throws {
        let profile = try await TestProfile.make()
        let model = CaptureModel(persona: profile.persona)
        model.load()
        #expect(model.phase == .empty)
        model["Music"] = true
        #expect(model["Music"] && !model["Radio"])
        model["Music"] = false
        #expect(!model["Music"])
    }

    @Test("a locked profile is shown as locked")
    func lockedIsLocked() async throws {
        let profile = try await TestProfile.make()
        try profile.persona.lock()
        let model = HistoryModel(persona: profile.persona)
        await model.load()
        #expect(model.days.phase == .locked)
    }
}
