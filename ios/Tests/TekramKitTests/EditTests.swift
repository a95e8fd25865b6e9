// Putting the log right against the real core: what is said of a listen, what it was, whether it is shown, which works are
// one, and taking changes back.
import Foundation
import TekramCore
import Testing

@testable import TekramKit

@MainActor
struct EditTests {
    /// Three listens by Alder, the last of them heard last.
    private func filled() async throws -> (profile: TestProfile, listens: [Listen]) {
        let profile = try await TestProfile.make()
        let lines = ["Low Tide", "Fog", "Low Tide at Night"].enumerated().map { number, title in
            #"{"listened_at":\#(1_700_000_000 + number * 300),"track_metadata":{"artist_name":"Alder","#
                + #""track_name":"\#(title)","additional_info":{"duration_ms":200000}}}"#
        }
        let path = try profile.file("listens.jsonl", lines.joined(separator: "\n"))
        let report = try await profile.persona.startImport(path: path).run { _ in }
        _ = try await profile.persona.acceptBatch(batch: report.batch)
        return (profile, try await shown(profile))
    }

    /// What is in the log, the first heard first.
    private func shown(_ profile: TestProfile) async throws -> [Listen] {
        try await profile.persona.listens(query: .everything, after: nil, limit: 20).listens.reversed()
    }

    private func editing(_ profile: TestProfile, _ listen: Listen) async -> EditModel {
        let model = EditModel(persona: profile.persona, id: listen.id)
        await model.load()
        return model
    }

    @Test("a note and tags are kept, and tags in use are offered where they are missing")
    func noteAndTags() async throws {
        let (profile, listens) = try await filled()
        let first = await editing(profile, listens[0])
        #expect(first.phase == .ready && !first.canNote && !first.canTag)
        first.note = " by the harbour "
        #expect(first.canNote)
        await first.keepNote()
        #expect(first.detail?.listen.note == "by the harbour" && first.note == "by the harbour" && !first.canNote)
        first.newTag = "Evening"
        await first.tag()
        #expect(first.detail?.listen.tags == ["Evening"] && first.newTag.isEmpty && first.offered.isEmpty)
        let second = await editing(profile, listens[1])
        #expect(second.offered == ["Evening"])
        await second.tag("evening")
        #expect(second.detail?.listen.tags.count == 1 && second.offered.isEmpty)
        await first.untag("Evening")
        #expect(first.detail?.listen.tags == [])
        first.note = ""
        await first.keepNote()
        #expect(first.detail?.listen.note == "" && first.problem == nil)
    }

    @Test("a correction says only what was touched, stands beside the source's word, and is taken back")
    func correcting() async throws {
        let (profile, listens) = try await filled()
        let model = await editing(profile, listens[0])
        #expect(!model.canCorrect)
        model.typed.title = "Ebb"
        model.typed.creators = "Alder; Birch ;"
        await model.correct()
        #expect(model.detail?.listen.title == "Ebb" && model.detail?.listen.creators == ["Alder", "Birch"])
        let original = try #require(model.detail?.original)
        #expect(original.title == "Low Tide" && original.creators == ["Alder"] && original.show == nil)
        #expect(model.typed.creators == "Alder; Birch" && !model.canCorrect)
        model.typed.kind = .podcast
        await model.correct()
        #expect(model.detail?.listen.kind == .podcast && model.detail?.listen.title == "Ebb")
        // What the source says is none.
        model.typed.title = "Low Tide"
        await model.correct()
        #expect(model.detail?.original?.title == nil && model.detail?.original?.kind == .music)
        await model.original()
        #expect(model.detail?.listen.corrected == false && model.detail?.listen.creators == ["Alder"])
        #expect(model.typed.kind == .music)
        (model.typed.title, model.typed.creators) = ("", " ; ")
        await model.correct()
        #expect(model.problem?.name == "nothing_named" && model.detail?.listen.title == "Low Tide")
        #expect(model.typed.title.isEmpty)
    }

    @Test("what is being typed stays when the log changes meanwhile")
    func typingStays() async throws {
        let (profile, listens) = try await filled()
        let model = await editing(profile, listens[0])
        model.typed.title = "Eb"
        _ = try await profile.persona.noteListen(id: listens[0].id, text: "elsewhere")
        await model.load()
        #expect(model.typed.title == "Eb" && model.note == "elsewhere")
        model.note = "mine"
        _ = try await profile.persona.noteListen(id: listens[0].id, text: "theirs")
        await model.load()
        #expect(model.note == "mine" && model.detail?.listen.note == "theirs")
    }

    @Test("hidden and deleted are listed and come back; deleted for good is gone")
    func hiding() async throws {
        let (profile, listens) = try await filled()
        let (first, second) = (await editing(profile, listens[0]), await editing(profile, listens[1]))
        let hidden = HiddenModel(persona: profile.persona)
        await hidden.listens.reload()
        #expect(hidden.listens.phase == .empty)
        await first.hide(true)
        await second.delete()
        #expect(first.detail?.listen.hidden == true && first.detail?.forGoodMs == nil)
        #expect(second.detail?.forGoodMs != nil)
        #expect(try await shown(profile).map(\.title) == ["Low Tide at Night"])
        await hidden.listens.reload()
        #expect(hidden.listens.rows.map(\.listen.title) == ["Fog", "Low Tide"])
        #expect(hidden.listens.rows.map { $0.forGoodMs != nil } == [true, false])
        await hidden.bringBack(listens[1].id)
        #expect(hidden.problem == nil && hidden.listens.rows.map(\.listen.title) == ["Low Tide"])
        await first.deleteForGood()
        #expect(first.isGone && first.problem == nil)
        await hidden.bringBack(listens[0].id)
        #expect(hidden.problem?.name == "no_such_listen" && hidden.listens.phase == .empty)
        #expect(try await shown(profile).map(\.title) == ["Fog", "Low Tide at Night"])
        let gone = await editing(profile, listens[0])
        #expect(gone.phase == .failed(Problem(code: 4_009, name: "no_such_listen")))
    }

    @Test("two works become one after a look, and one again two")
    func mergingAndSplitting() async throws {
        let (profile, listens) = try await filled()
        let model = WorkModel(persona: profile.persona, listen: listens[0].id, pause: .zero)
        await model.load()
        #expect(model.phase == .ready && model.work?.descriptions.count == 1 && !model.canSplit)
        model.text = "low tide"
        await model.find()
        #expect(model.found.map(\.title) == ["Low Tide at Night"])
        await model.look(at: try #require(model.found.first))
        #expect(model.look?.plays == 2 && model.look?.works.count == 2)
        #expect(model.work?.descriptions.count == 1)
        await model.merge()
        #expect(model.problem == nil && model.look == nil && model.found.isEmpty && model.text.isEmpty)
        #expect(model.work?.descriptions.count == 2 && model.work?.plays == 2)
        let night = try #require(model.work?.descriptions.first { $0.title == "Low Tide at Night" })
        for description in model.work?.descriptions ?? [] { model[chosen: description.description] = true }
        #expect(!model.canSplit)
        for description in model.work?.descriptions ?? [] where description != night {
            model[chosen: description.description] = false
        }
        #expect(model.canSplit && model[chosen: night.description])
        await model.split()
        #expect(model.problem == nil && model.chosen.isEmpty)
        #expect(model.work?.descriptions.map(\.title) == ["Low Tide"])
        model.text = "zeppelin"
        await model.find()
        #expect(model.found.isEmpty && model.soughtText == "zeppelin")
    }

    @Test("changes are told in words, the newest is taken back first, and the one before after it")
    func undoing() async throws {
        let (profile, listens) = try await filled()
        let changes = EditsModel(persona: profile.persona)
        await changes.load()
        #expect(changes.changes.phase == .empty && changes.nextUndo == nil)
        let item = ItemModel(persona: profile.persona, id: listens[0].id)
        await item.load()
        item.rate(.up)
        let model = await editing(profile, listens[0])
        await model.tag("Evening")
        model.typed.title = "Ebb"
        await model.correct()
        await model.hide(true)
        await changes.load()
        #expect(
            changes.changes.rows.map(\.change.text) == [
                "Hidden", "Corrected: Ebb", "Tagged: Evening", "Rated: Good",
            ])
        #expect(changes.nextUndo == changes.changes.rows.first?.edit)
        await changes.undo()
        #expect(changes.changes.rows.map { $0.undoneMs != nil } == [true, false, false, false])
        #expect(changes.nextUndo == changes.changes.rows[1].edit)
        #expect(try await shown(profile).first?.title == "Ebb")
        await changes.undo()
        #expect(try await shown(profile).first?.title == "Low Tide")
        await changes.undo()
        await changes.undo()
        #expect(changes.nextUndo == nil && changes.problem == nil)
        #expect(try await shown(profile).first.map { $0.thumb == nil && $0.tags.isEmpty } == true)
        await changes.undo()
        #expect(changes.problem?.name == "nothing_to_undo")
        await item.load()
        #expect(item.thumb == nil)
    }

    @Test("what a change took away is told as that")
    func wordsOfChanges() {
        let nothing = Correction()
        #expect(EditChange.rated(before: .up, after: nil).text == "Rating taken away")
        #expect(EditChange.noted(before: "a", after: "").text == "Note taken away")
        #expect(EditChange.tagged(added: [], removed: ["a", "b"]).text == "Tag taken away: a, b")
        #expect(EditChange.corrected(before: Correction(title: "a"), after: nothing).text == "Correction taken away")
        #expect(EditChange.corrected(before: nothing, after: Correction(show: "")).text == "Corrected: nothing")
        #expect(EditChange.moved(before: .deleted, after: .shown).text == "Shown again")
        #expect(EditChange.merged(titles: ["a", "b"]).text == "Said to be one: a, b")
    }
}
