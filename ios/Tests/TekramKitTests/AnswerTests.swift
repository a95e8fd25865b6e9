// Answers of the history against the real core: a year at a glance, its charts, the long lists, pages, what was on when.
import Foundation
import TekramCore
import Testing

@testable import TekramKit

@MainActor
struct AnswerTests {
    /// 300 listens from 2023-11-14 on, five minutes apart: 25 hours of one month, from 23:13 in Berlin on.
    private func filled() async throws -> TestProfile {
        let profile = try await TestProfile.make()
        let task = try profile.persona.startImport(path: try profile.history(count: 300))
        let report = try await task.run { _ in }
        _ = try await profile.persona.acceptBatch(batch: report.batch)
        return profile
    }

    @Test("a year has twelve months, a month its days, and each its fullest")
    func glance() async throws {
        let profile = try await filled()
        let model = GlanceModel(persona: profile.persona)
        await model.load()
        #expect(model.phase == .ready && model.span == "2023")
        #expect(model.bars?.bars.count == 12)
        #expect(model.bars?.highest?.id == "2023-11")
        #expect(model.glance?.total.plays == 300)
        #expect(model.glance?.creators.count == 5)
        #expect(!model.hasEarlier && !model.hasLater)
        model.scope = .month
        await model.load()
        #expect(model.span == "2023-11" && model.bars?.bars.count == 30)
        #expect(model.bars?.bars.filter { $0.part > 0 }.map(\.id) == ["2023-11-14", "2023-11-15", "2023-11-16"])
        let fullest = try #require(model.week?.fullest)
        #expect(model.week?.days.map(\.count) == Array(repeating: 24, count: 7))
        // The fourteenth was a Tuesday.
        #expect((1...2).contains(fullest.day))
        #expect(model.week?.fullest(ofDay: 5) == nil)
        model.scope = .everything
        await model.load()
        #expect(model.span == "all" && model.bars?.bars.map(\.id) == ["2023-11"])
    }

    @Test("an empty log is empty at a glance")
    func empty() async throws {
        let profile = try await TestProfile.make()
        let model = GlanceModel(persona: profile.persona)
        await model.load()
        #expect(model.phase == .empty)
    }

    @Test("ranks go on behind the first five, by time and by plays")
    func ranks() async throws {
        let profile = try await filled()
        let model = TopModel(persona: profile.persona, what: .creator, span: "2023", measure: .plays)
        await model.ranks.reload()
        #expect(model.ranks.rows.count == 50 && model.ranks.rows.allSatisfy { $0.amount.plays == 6 })
        model.measure = .time
        await model.ranks.reload()
        #expect(model.ranks.rows.first?.rank == 1)
        let new = KnownListModel(persona: profile.persona, question: .new(span: "2023"), what: .work)
        await new.entries.reload()
        #expect(new.entries.rows.first?.name == "Track 299")
        let forgotten = KnownListModel(persona: profile.persona, question: .forgotten(months: 6, leastPlays: 5))
        await forgotten.entries.reload()
        #expect(forgotten.entries.rows.count == 50)
        forgotten.what = .publisher
        await forgotten.entries.reload()
        #expect(forgotten.entries.phase == .empty)
    }

    @Test("a creator has a page, and so has a source")
    func pages() async throws {
        let profile = try await filled()
        let found = try await profile.persona.searchAsTyped(text: "Artist 7", limit: 3)
        let known = try #require(found.creators.entries.first).known
        let model = AboutHeardModel(persona: profile.persona, what: .known(known.id))
        await model.load()
        #expect(model.about?.amount.plays == 6 && model.listens.rows.count == 6)
        #expect(model.bars?.bars.map(\.id) == ["2023-11"] && model.about?.works.count == 5)
        let source = AboutHeardModel(persona: profile.persona, what: .source("listenbrainz"))
        await source.load()
        #expect(source.about?.amount.plays == 300 && source.listens.rows.count == 50)
        let gone = AboutHeardModel(persona: profile.persona, what: .known(-1))
        await gone.load()
        #expect(gone.phase == .empty)
    }

    @Test("what was on at a moment is known, with what came before and after")
    func around() async throws {
        let profile = try await filled()
        // A minute into the eleventh.
        let model = AroundModel(
            persona: profile.persona, moment: Date(timeIntervalSince1970: 1_700_000_000 + 10 * 300 + 60))
        await model.load()
        #expect(model.around?.playing.map(\.title) == ["Track 10"])
        #expect(model.around?.before.first?.title == "Track 9" && model.around?.after.first?.title == "Track 11")
    }

    @Test("results come by name as one types")
    func typed() async throws {
        let profile = try await filled()
        let model = HistoryModel(persona: profile.persona, pause: .zero)
        model.text = "artist 4"
        await model.find()
        #expect(model.typed?.creators.entries.count == Int(HistoryModel.namesOfEach))
        #expect(model.typed?.creators.next != nil)
        model.kind = .music
        await model.find()
        #expect(model.typed == nil)
    }
}
