// The way to a history: who has one, what was asked for, a look at a file, its zone and columns, several files, and a beginning
// by name, against the real core with real files.
import Foundation
import TekramCore
import Testing

@testable import TekramKit

@MainActor
struct BringTests {
    private let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../tests/fixtures/listens").standardized

    private func copy(_ name: String, _ profile: TestProfile) throws -> URL {
        let copy = profile.folder.appending(path: URL(filePath: name).lastPathComponent)
        try FileManager.default.copyItem(at: fixtures.appending(path: name), to: copy)
        return copy
    }

    private func written(_ name: String, _ text: String, _ profile: TestProfile) throws -> URL {
        URL(filePath: try profile.file(name, text))
    }

    @Test("each provider has its name and its steps in words")
    func providersHaveWords() async throws {
        let profile = try await TestProfile.make()
        let model = BringModel(persona: profile.persona)
        model.load()
        #expect(model.phase == .ready && model.providers.count > 10)
        for provider in model.providers {
            #expect(Words.has(provider.wordKey))
            for step in 1...provider.steps { #expect(Words.has(provider.stepKey(Int(step)))) }
            #expect(!provider.takesText.isEmpty)
        }
        for role in ColumnRole.all { #expect(Words.has(role.wordKey)) }
        #expect(Set(ColumnRole.all).count == 23)
    }

    @Test("what was asked for is remembered, the phone knows when, and an accepted import ends the wait")
    func requestIsRemembered() async throws {
        let (profile, phone) = (try await TestProfile.make(), MemoryPhone())
        let model = BringModel(persona: profile.persona)
        await model.remember("spotify", phone: phone)
        let request = try #require(model.request("spotify"))
        #expect(model.problem == nil && request.cameMs == nil)
        #expect(phone.noticeLeave == .given)
        #expect(phone.awaited[profile.persona.id()] == [request.readyMs])
        #expect(request.text.contains(Moments.day(request.readyMs)))

        let importing = ImportModel(persona: profile.persona)
        await importing.look(at: [try copy("spotify-extended.zip", profile)])
        #expect(importing.looked?.look.format == "spotify_extended" && importing.looked?.asksZone == false)
        await importing.readIn()
        _ = try await profile.persona.acceptBatch(batch: try #require(importing.done))
        model.load()
        #expect(model.request("spotify")?.cameMs != nil)
        await RequestFollower(persona: profile.persona, phone: phone).show()
        #expect(phone.awaited[profile.persona.id()] == [])

        await model.forget("spotify", phone: phone)
        #expect(model.requests.isEmpty)
        await model.remember("nobody", phone: phone)
        #expect(model.problem?.name == "bad_setting")
    }

    @Test("a table is read by the columns and the zone that the person says")
    func tableIsMapped() async throws {
        let profile = try await TestProfile.make()
        let text = "Wann;Was;Wer\n05.10.2026 20:30;Slow Tide;Nils Ferro\n05.10.2026 20:25;Salt;Nils Ferro\n"
        let model = ImportModel(persona: profile.persona)
        await model.look(at: [try written("verlauf.csv", text, profile)])
        let looked = try #require(model.looked)
        #expect(looked.look.format == nil && looked.isKnown && looked.asksZone && looked.more == 0)
        #expect(looked.look.table?.headings == ["Wann", "Was", "Wer"])
        for column in 0..<3 { model[column: column] = nil }
        await model.lookAgain()
        #expect(model.looked?.problem?.name == "bad_mapping")
        #expect(model.looked?.look.plays.isEmpty == true)
        model[column: 1] = .time
        model[column: 0] = .time
        #expect(model[column: 1] == nil)
        model[column: 1] = .title
        model[column: 2] = .artist
        (model.isDayFirst, model.hasHeader, model.zone) = (true, true, "Asia/Tokyo")
        await model.lookAgain()
        #expect(model.looked?.problem == nil)
        let plays = try #require(model.looked?.look.plays)
        #expect(plays.map(\.title) == ["Slow Tide", "Salt"])
        // 20:30 in Tokyo.
        #expect(plays.first?.startMs == 1_791_199_800_000)
        await model.readIn()
        #expect(model.problem == nil && model.looked == nil && !model.isBusy)
        _ = try await profile.persona.acceptBatch(batch: try #require(model.done))
        let page = try await profile.persona.listens(query: .everything, after: nil, limit: 5)
        #expect(page.listens.map(\.startMs).max() == 1_791_199_800_000)
    }

    @Test("local times ask for the zone, and a file that is left leaves nothing")
    func zoneIsAsked() async throws {
        let profile = try await TestProfile.make()
        let model = ImportModel(persona: profile.persona)
        await model.look(at: [try copy("services/scrobbler.log", profile)])
        #expect(model.looked?.asksZone == true)
        model.zone = "UTC"
        await model.lookAgain()
        let utc = try #require(model.looked?.look.plays.first?.startMs)
        model.zone = "Asia/Tokyo"
        await model.lookAgain()
        #expect(model.looked?.look.plays.first?.startMs == utc - 9 * 3_600_000)
        #expect(model.looked?.asksZone == true, "it can be changed again")
        model.leave()
        #expect(!model.isBusy && model.done == nil)
        #expect(try profile.persona.batches().isEmpty)
        #expect(Zones.found("new york") == ["America/New_York"])
        #expect(Zones.text("America/New_York") == "America/New York")
        #expect(Zones.found(" ").isEmpty)
    }

    @Test("several files are read one after the other, and one that is none keeps no other back")
    func severalFiles() async throws {
        let profile = try await TestProfile.make()
        let files = [
            try copy("listenbrainz.zip", profile), try written("b.pdf", "%PDF-1.4", profile),
            try copy("podcasts.opml", profile),
        ]
        let model = ImportModel(persona: profile.persona)
        await model.look(at: files)
        #expect(model.looked?.more == 2)
        await model.readIn()
        #expect(model.files.map(\.fileName) == ["listenbrainz.zip", "b.pdf", "podcasts.opml"])
        #expect(model.files.map { $0.report != nil } == [true, false, true])
        #expect(model.files[1].problem == "unknown_format")
        #expect(Problem(ofHistory: "unknown_format").wordKey == "error_unknown_format")
        #expect(model.batches.count == 2 && model.done == nil && model.problem == nil)
    }

    @Test("what is no history is said so before it is read, and a stopped import leaves nothing")
    func unknownAndStopped() async throws {
        let profile = try await TestProfile.make()
        let model = ImportModel(persona: profile.persona)
        await model.look(at: [try written("letter.bin", "\u{1}\u{2} Dear Sir", profile)])
        #expect(model.looked?.isKnown == false || model.problem != nil)
        model.leave()
        await model.look(at: [URL(filePath: try profile.history(count: 60_000))])
        #expect(model.looked?.look.format == "listenbrainz")
        let reading = Task { await model.readIn() }
        let start = ContinuousClock.now
        while model.progress == nil {
            try #require(start.duration(to: .now) < .seconds(20) && model.done == nil)
            await Task.yield()
        }
        model.stop()
        await reading.value
        #expect(model.isStopped && model.problem == nil && model.done == nil && !model.isBusy)
        #expect(try profile.persona.batches().isEmpty)
    }

    @Test("a public name begins a history, and a name that is not there leaves nothing")
    func nameBegins() async throws {
        let server = try HomeListenBrainz()
        let folder = try TestProfile.newFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let host = try #require(URL(string: server.url)).host() ?? ""
        let port = try #require(URL(string: server.url)?.port)
        let settings = AgentSettings(
            dataFolder: folder.path, allow: ["\(host):\(port)"], proxy: nil, railsOff: [], zone: "UTC")
        let agent = try Agent.open(settings: settings, keyStore: nil, location: nil, connectivity: nil)
        let persona = try await agent.createPersona(name: "Home", passphrase: TestProfile.passphrase)
        let model = BringModel(persona: persona, server: server.url)
        #expect(!model.mayFill)
        model.name = "nobody"
        try await within { await model.begin() }
        #expect(model.emptyWord == "history_bring_fill_none")
        #expect(try persona.historyAccounts().isEmpty)
        model.name = " ada "
        try await within { await model.begin() }
        #expect(model.problem == nil && model.emptyWord == nil)
        #expect(model.fill?.newRecords == 2)
        let batch = try #require(model.fill?.batch)
        #expect(try await persona.acceptBatch(batch: batch).listens == 2)
        try agent.close()
    }

    @Test("the phone knows times and no names, speaks up when it may, and forgets a profile with them")
    func phoneKeepsTimes() throws {
        let name = "tekram-\(UUID().uuidString)"
        let defaults = try #require(UserDefaults(suiteName: name))
        defer { defaults.removePersistentDomain(forName: name) }
        let settings = PhoneSettings(defaults: defaults)
        let now = Date(timeIntervalSince1970: 1_000)
        #expect(settings.waits(for: [3_000_000, 500_000, 2_000_000], profile: "a"))
        #expect(!settings.waits(for: [2_000_000, 3_000_000, 500_000], profile: "a"), "the same")
        #expect(settings.waits(for: [2_000_000], profile: "b"))
        #expect(settings.historiesReady(after: now).map(\.timeIntervalSince1970) == [2_000, 3_000])
        settings.remindsOfHistories = false
        #expect(settings.historiesReady(after: now).isEmpty)
        settings.remindsOfHistories = true
        settings.forget("a")
        #expect(settings.historiesReady(after: now).map(\.timeIntervalSince1970) == [2_000])
        settings.forget("b")
        #expect(settings.historiesReady(after: now).isEmpty)
    }
}
