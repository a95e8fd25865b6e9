// Want against the real core: writing a request, what would be seen of it, a board that cannot be reached, taking back.
import Foundation
import TekramCore
import Testing

@testable import TekramKit

@MainActor
@Suite struct WantTests {
    /// A name that is kept free of any host, so that it never answers.
    private let nowhere = "wss://board.example.invalid"
    private let german = Locale(identifier: "de_DE")

    private func composing(_ profile: TestProfile) -> ComposeModel {
        let model = ComposeModel(persona: profile.persona, locale: german)
        model.load()
        return model
    }

    private func write(_ model: ComposeModel, what: String = "Kabellose Kopfhörer") {
        model.addBoard(nowhere)
        model.fields.what = what
        model.fields.isHere = false
        (model.fields.latitude, model.fields.longitude) = ("50,1109", "8.6821")
        model.fields.ceiling = "1.250,50"
        model.fields.quantity = 2
    }

    private func composed(_ model: ComposeModel) async throws -> String {
        await model.compose()
        #expect(model.problem == nil)
        #expect(model.flaws.isEmpty)
        return try #require(model.composed)
    }

    private func request(_ profile: TestProfile, _ number: String) -> RequestModel {
        let model = RequestModel(persona: profile.persona, number: number)
        model.load()
        return model
    }

    @Test func whatWasWrittenIsWhatWillBeSeenAndTheAreaIsTheCores() async throws {
        let profile = try await TestProfile.make()
        let list = WantListModel(persona: profile.persona)
        list.load()
        #expect(list.phase == .empty)
        let model = composing(profile)
        #expect(model.chosenTerms?.id == "PDC-INTENT")
        #expect(model.currencies == ["EUR", "SAT"])
        write(model)
        model.fields.gtin = "4006381333931"
        model.fields.precision = 6
        model.fields.isInStore = true
        let number = try await composed(model)

        let intent = try #require(request(profile, number).intent)
        #expect(intent.state == "draft")
        #expect(intent.want == "Kabellose Kopfhörer")
        #expect(intent.gtin == "4006381333931")
        #expect(intent.quantity == 2)
        #expect(intent.inStore)
        #expect(intent.ceiling == Money(amountMinor: 125_050, currency: "EUR"))
        #expect(intent.boardNames == ["board.example.invalid"])
        let cells = intent.cells
        #expect(cells.map(\.geohash.count) == [3, 4, 5, 6])
        #expect(cells[3].area.south >= cells[2].area.south && cells[3].area.north <= cells[2].area.north)
        for exact in ["50,11", "50.11", "8,68", "8.68"] {
            #expect(!intent.content.contains(exact))
            #expect(!intent.tags.joined().contains { $0.contains(exact) })
        }
        list.load()
        #expect(list.intents.map(\.intent) == [number])
    }

    @Test func whatCannotBeUsedIsNamedAndNothingIsComposed() async throws {
        let profile = try await TestProfile.make()
        let model = composing(profile)
        model.fields.isHere = false
        model.fields.latitude = "north"
        model.fields.gtin = "4006381333932"
        model.fields.ceiling = "much"
        await model.compose()
        #expect(model.flaws == Set(ComposeModel.Flaw.allCases))
        #expect(try profile.persona.intents().isEmpty)
        write(model)
        #expect(model.flaws.isEmpty)
        model.fields.gtin = ""
        model.fields.latitude = "95"
        await model.compose()
        #expect(model.problem?.name == "bad_position")
        #expect(model.composed == nil)
    }

    @Test func withoutAPositionThePlaceHasToBeTyped() async throws {
        let profile = try await TestProfile.make()
        let model = composing(profile)
        write(model)
        model.fields.isHere = true
        await model.compose()
        #expect(model.problem?.name == "no_position")
    }

    @Test func thePositionOfThePhoneIsBlurredToTheCellThatWasChosen() async throws {
        let folder = try TestProfile.newFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let settings = AgentSettings(
            dataFolder: folder.path, allow: [], proxy: nil, railsOff: [], zone: "Europe/Berlin")
        let agent = try Agent.open(settings: settings, keyStore: nil, location: Frankfurt(), connectivity: nil)
        defer { try? agent.close() }
        let persona = try await agent.createPersona(name: "Home", passphrase: TestProfile.passphrase)
        let model = ComposeModel(persona: persona, locale: german)
        model.load()
        write(model)
        model.fields.isHere = true
        model.fields.precision = 4
        let number = try await composed(model)
        let intent = try #require(try persona.intents().first { $0.intent == number })
        #expect(intent.cells.map(\.geohash.count) == [3, 4])
        let (coarse, fine) = (intent.cells[0].area, intent.cells[1].area)
        #expect(coarse.south <= fine.south && fine.north <= coarse.north)
        #expect(coarse.west <= fine.west && fine.east <= coarse.east)
    }

    @Test func aBarcodeFromTheCameraIsCheckedByTheCore() async throws {
        let model = composing(try await TestProfile.make())
        model.scanned("https://shop.example/4006381333931x")
        #expect(model.flaws == [.gtin])
        model.scanned("4006381333931")
        #expect(model.flaws.isEmpty)
        #expect(model.fields.gtin == "4006381333931")
    }

    @Test func aStoresCardFillsInTheRequestAndAnythingElseIsRefused() async throws {
        let model = composing(try await TestProfile.make())
        for text in ["", "{\"type\":\"StoreCard\"}", "tekram:pay?page=https%3A%2F%2Fexample.org", "tekram:want"] {
            model.readCard(text)
            #expect(model.card == .bad, "\(text)")
        }
        #expect(!model.fields.isInStore)
        model.readCard("tekram:want?what=green+tea&gtin=4006381333931&board=wss%3A%2F%2Fboard.example")
        #expect(model.card == .filledIn)
        #expect(model.fields.isInStore)
        #expect(model.fields.boards == ["wss://board.example"])
        #expect(model.fields.what == "green tea")
        #expect(model.fields.gtin == "4006381333931")
        model.take(try #require(Ask(what: "", gtin: nil, page: URL(string: "https://example.org/tea"))))
        #expect(model.fields.what == "https://example.org/tea")
    }

    @Test func anAskThatComesBeforeTheBoardsWereReadDoesNotKeepThemAway() async throws {
        let profile = try await TestProfile.make()
        let before = composing(profile)
        write(before)
        _ = try await composed(before)
        let model = ComposeModel(persona: profile.persona, locale: german)
        model.take(try #require(Ask(what: "Kettle", gtin: "4006381333931", page: nil)))
        model.load()
        #expect(model.fields.boards == [nowhere])
        #expect(model.fields.what == "Kettle" && model.fields.gtin == "4006381333931")
        model.fields.boards = []
        model.load()
        #expect(model.fields.boards.isEmpty)
    }

    @Test func aCardsCodeIsReadByTheCameraToo() async throws {
        let model = composing(try await TestProfile.make())
        model.scanned("TEKRAM:want?board=wss://one.example&board=wss://two.example&board=wss://one.example")
        #expect(model.card == .filledIn)
        #expect(model.fields.boards == ["wss://one.example", "wss://two.example"])
        #expect(model.fields.gtin.isEmpty)
    }

    @Test func aCardWithABoardThatIsNoneDoesNotHoldUp() {
        for board in ["", "http://one.example", "wss://", "wss://me@one.example", "wss://one.example/a b", "ws://a"] {
            let typed = board.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
            #expect(StoreCard("tekram:want?what=tea&board=\(typed)") == nil, "\(board)")
        }
        let many = (0..<9).map { "&board=wss://b\($0).example" }.joined()
        #expect(StoreCard("tekram:want?what=tea\(many)") == nil)
    }

    @Test func anExactPositionIsAskedForWhenTheAreaIsExactAndNotBefore() async throws {
        let (model, phone) = (composing(try await TestProfile.make()), MemoryPhone())
        await model.findPlace(on: phone)
        #expect(phone.searches == [false])
        #expect(model.placeKey == "common_location_text")
        model.fields.precision = 6
        await model.findPlace(on: phone)
        #expect(phone.searches == [false, true])
        model.fields.isHere = false
        await model.findPlace(on: phone)
        #expect(phone.searches.count == 2)
    }

    @Test func aRefusedPositionIsSaidAndCoordinatesCanBeTyped() async throws {
        let profile = try await TestProfile.make()
        let (model, phone) = (composing(profile), MemoryPhone())
        phone.placeLeave = .refused
        await model.findPlace(on: phone)
        #expect(model.placeKey == "want_where_refused")
        #expect(model.needsSettings)
        write(model)
        model.fields.isHere = false
        (model.fields.latitude, model.fields.longitude) = ("50.1", "8.7")
        let number = try await composed(model)
        #expect(try profile.persona.intents().map(\.intent) == [number])
    }

    @Test func aRoughPositionIsSaidWhereTheAreaIsExact() async throws {
        let (model, phone) = (composing(try await TestProfile.make()), MemoryPhone())
        phone.allowsExactPlace = false
        await model.findPlace(on: phone)
        #expect(!model.needsSettings)
        model.fields.precision = 7
        await model.findPlace(on: phone)
        #expect(model.placeKey == "want_where_rough")
        #expect(model.needsSettings)
        model.fields.precision = 5
        #expect(model.placeKey == "common_location_text")
    }

    @Test func withoutADeviceThePlaceIsTyped() async throws {
        let model = composing(try await TestProfile.make())
        await model.findPlace(on: nil)
        #expect(model.placeKey == "want_where_none")
    }

    @Test func aDraftThatIsWrittenAgainReplacesTheOneBefore() async throws {
        let profile = try await TestProfile.make()
        let model = composing(profile)
        write(model)
        let first = try await composed(model)
        model.fields.what = "Wired headphones"
        let second = try await composed(model)
        let states = try profile.persona.intents().map { ($0.intent, $0.state) }
        #expect(states.contains { $0 == (first, "closed") })
        #expect(states.contains { $0 == (second, "draft") })
        model.done(first)
        #expect(model.composed == second)
        model.done(second)
        #expect(model.composed == nil)
        #expect(model.fields.what.isEmpty)
        #expect(model.fields.boards == [nowhere])
        #expect(composing(profile).fields.boards == [nowhere])
    }

    @Test func aBoardThatCannotBeReachedIsNamedAndTheRequestCanBeSentAgainOrThrownAway() async throws {
        let profile = try await TestProfile.make()
        let model = composing(profile)
        write(model)
        let number = try await composed(model)
        let request = request(profile, number)
        #expect(request.intent?.boardNames == ["board.example.invalid"])
        for _ in 1...2 {
            let isOut = await request.send()
            #expect(!isOut)
            let problem = try #require(request.problem)
            #expect(problem.code / 1000 == 2, "\(problem)")
            #expect(problem.wordKey == "error_\(problem.name)")
            #expect(request.intent?.state == "draft")
            #expect(request.isFree)
        }
        let isGone = await request.withdraw()
        #expect(isGone)
        #expect(request.problem == nil)
        #expect(request.intent?.state == "closed")
    }

    @Test func sendingCanBeStopped() async throws {
        let profile = try await TestProfile.make()
        let model = composing(profile)
        write(model)
        let request = request(profile, try await composed(model))
        let sending = Task { await request.send() }
        while request.isFree { await Task.yield() }
        #expect(request.doing == .sending)
        request.stop()
        let isOut = await sending.value
        #expect(!isOut)
        #expect(request.isFree)
        #expect(request.isStopped || request.problem != nil)
        #expect(request.intent?.state == "draft")
    }

    @Test func nothingIsAcceptedWithoutAnOffer() async throws {
        let profile = try await TestProfile.make()
        let model = composing(profile)
        write(model)
        let request = request(profile, try await composed(model))
        #expect(request.offers?.offers.isEmpty == true)
        #expect(!request.mayAccept)
        await request.accept("nothing")
        #expect(request.problem != nil)
        #expect(request.accepted == nil)
        #expect(request.pickupPicture == nil)
    }

    @Test func aRequestThatIsNotThereAndALockedProfileAreToldApart() async throws {
        let profile = try await TestProfile.make()
        guard case .failed(let problem) = request(profile, "nothing like it").phase else {
            Issue.record("it is there")
            return
        }
        #expect(problem.name == "no_such_intent")
        try profile.persona.lock()
        #expect(request(profile, "nothing like it").phase == .locked)
        let list = WantListModel(persona: profile.persona)
        list.load()
        #expect(list.phase == .locked)
        #expect(composing(profile).phase == .locked)
    }
}

/// A phone that knows where it is.
private final class Frankfurt: LocationSource {
    func position() throws -> Position? {
        Position(latitude: 50.1109, longitude: 8.6821, accuracyM: 20, atMs: 1_700_000_000_000)
    }
}
