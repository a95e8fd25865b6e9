// Accounts that a history is fetched from and servers that it is sent to, against the real core and a server on this machine.
import Foundation
import TekramCore
import Testing

@testable import TekramKit

@MainActor
struct HistoryAccountsTests {
    private func typed(_ model: HistoryAccountsModel, _ kind: HistoryAccountKind, _ url: String, home: Bool = true) {
        (model.kind, model.url, model.user, model.secret, model.inHomeNetwork) = (kind, url, " ada ", "right", home)
    }

    @Test("what an account has comes into the holding pen, once, and the password stays nowhere")
    func accountIsFetchedFrom() async throws {
        let (profile, server) = (try await TestProfile.make(), try HomeListenBrainz())
        let model = HistoryAccountsModel(persona: profile.persona)
        model.load()
        #expect(model.phase == .empty)
        typed(model, .listenbrainz, server.url)
        #expect(await model.add())
        #expect(model.secret.isEmpty && model.url.isEmpty && !model.inHomeNetwork)
        let account = try #require(model.accounts.first)
        #expect(account.user == "ada" && account.inHomeNetwork && account.lastMs == nil)
        try await within { await model.fetch(account) }
        #expect(model.working == nil)
        #expect(model.said?.problem == nil)
        #expect(model.said?.pulled?.newRecords == 2 && model.said?.pulled?.complete == true)
        let fetched = try #require(model.accounts.first)
        #expect(fetched.lastMs != nil)
        let batch = try #require(fetched.batch)
        #expect(try await profile.persona.acceptBatch(batch: batch).state == .accepted)
        try await within { await model.fetch(fetched) }
        #expect(model.said?.pulled?.newRecords == 0)
        #expect(try profile.persona.holdings().listens == 2)
    }

    @Test("a private address is refused until the person says that it is at home, and an account can go")
    func homeNetworkIsAsked() async throws {
        let (profile, server) = (try await TestProfile.make(), try HomeListenBrainz())
        let model = HistoryAccountsModel(persona: profile.persona)
        typed(model, .gpodder, server.url, home: false)
        if await model.add() {
            let account = try #require(model.accounts.first)
            try await within { await model.fetch(account) }
            let problem = try #require(model.said?.problem ?? model.said?.pulled?.problem.map { Problem(name: $0) })
            #expect(problem.placeText.contains(Words.text("me_backup_server_home")))
            model.remove(account.account)
            #expect(model.phase == .empty && model.problem == nil && model.said == nil)
        } else {
            let problem = try #require(model.problem)
            #expect(problem.placeText.contains(Words.text("me_backup_server_home")))
        }
        typed(model, .gpodder, server.url)
        #expect(await model.add())
        model.remove(try #require(model.accounts.first).account)
        #expect(model.phase == .empty && model.problem == nil)
        #expect(!model.mayAdd)
    }

    @Test("each kind asks for what it needs")
    func fieldsFollowTheKind() async throws {
        let model = HistoryAccountsModel(persona: try await TestProfile.make().persona)
        model.user = "ada"
        #expect(model.mayAdd && !model.usualUrl.isEmpty)
        model.kind = .nextcloud
        #expect(!model.mayAdd && model.usualUrl.isEmpty)
        (model.url, model.secret) = ("https://cloud.example", "x")
        #expect(model.mayAdd)
        for kind in HistoryAccountKind.all {
            #expect(Words.has("history_accounts_\(kind.word)") && Words.has("history_accounts_\(kind.word)_text"))
        }
    }

    @Test("a music server is watched until the screen is left, and what played is in the log")
    func musicServerIsWatched() async throws {
        let (profile, server) = (try await TestProfile.make(), try HomeListenBrainz())
        let model = HistoryAccountsModel(persona: profile.persona, lookEvery: 5)
        typed(model, .subsonic, server.url)
        #expect(await model.add())
        let account = try #require(model.accounts.first)
        let watching = Task { await model.fetch(account) }
        let start = ContinuousClock.now
        while (model.said?.watched?.looks ?? 0) < 3 {
            try #require(start.duration(to: .now) < .seconds(40))
            try await Task.sleep(for: .milliseconds(50))
        }
        model.left()
        await watching.value
        #expect(model.working == nil && model.said?.problem == nil)
        #expect(model.said?.watched?.newListens == 1)
        let page = try await profile.persona.listens(query: .everything, after: nil, limit: 5)
        #expect(page.listens.map(\.title) == ["Low Tide"])
    }

    @Test("a server learns nothing before it is turned on, and then what was chosen")
    func submissionIsOffAtFirst() async throws {
        let (profile, server) = (try await TestProfile.make(), try HomeListenBrainz())
        let model = SubmissionModel(persona: profile.persona)
        await model.load()
        #expect(model.phase == .empty)
        (model.url, model.token, model.inHomeNetwork) = (server.url, "wrong", true)
        #expect(await !model.add())
        #expect(model.problem?.name == "token_refused")
        model.token = "right"
        #expect(await model.add())
        #expect(model.token.isEmpty)
        let added = try #require(model.servers.first)
        #expect(!added.isOn && added.userName == "ada" && added.inHomeNetwork)
        await model.submit(added.server)
        #expect(model.problem?.name == "listen_account_off")
        #expect(server.submitted.isEmpty)
        model[sendsTo: added.server] = true
        model[tellsPlayingTo: added.server] = true
        model["Deck", to: added.server] = true
        #expect(model[sendsTo: added.server] && model[tellsPlayingTo: added.server] && model["Deck", to: added.server])
        let changed = try #require(model.servers.first)
        #expect(model.sources(for: changed).contains("Deck"))
        model["Deck", to: added.server] = false
        #expect(model.servers.first?.sources.contains("Deck") == false)
        await model.submit(added.server)
        #expect(model.problem == nil && model.working == nil)
        #expect(model.submitted?.isDone == true)
        #expect(server.submitted.isEmpty, "nothing was heard since it was added")

        // With what was heard before, from the source that was chosen.
        let importing = ImportModel(persona: profile.persona)
        await importing.read(try profile.history(count: 3))
        _ = try await profile.persona.acceptBatch(batch: try #require(importing.done))
        await model.load()
        let source = try #require(model.sources.first)
        _ = try profile.persona.changeSubmissionServer(server: added.server, change: SubmissionChange(fromMs: 0))
        await model.load()
        model[source, to: added.server] = true
        await model.submit(added.server)
        #expect(model.problem == nil)
        #expect(model.submitted?.sent == 3 && model.servers.first?.sent == 3)
        #expect(server.submitted.joined().contains("Track 2"))
        model.remove(added.server)
        #expect(model.phase == .empty)
        #expect(try profile.persona.submissionServers().isEmpty)
    }
}
