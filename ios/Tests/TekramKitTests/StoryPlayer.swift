// The person of the app's story: an action is what a screen does for a tap, and the snapshot is what the view models hold
// afterwards. Locking drops the models of the profile, as the app does.
import Foundation
import TekramCore

@testable import TekramKit

/// A JSON object.
typealias Fields = [String: Any]

/// How often paying, collecting or asking a seller is repeated before it counts as stuck.
private let tries = 4
/// As many listens of a search as `found` is made of.
private let mostFound = 20

/// The story names something that this player does not know, or did not make.
struct StoryGap: Error, CustomStringConvertible {
    let description: String
}

/// The view models of one open profile.
@MainActor
final class StoryRooms {
    let persona: Persona
    let history: HistoryModel
    let payees: PayeesModel
    let pay: PayModel
    let relations: RelationsModel
    var pen: PenModel?
    var item: ItemModel?
    var payment: PaymentModel?
    var request: RequestModel?

    init(persona: Persona) {
        self.persona = persona
        history = HistoryModel(persona: persona)
        payees = PayeesModel(persona: persona)
        pay = PayModel(persona: persona)
        relations = RelationsModel(persona: persona)
    }
}

/// Plays actions on the view models.
@MainActor
final class StoryPlayer {
    private let app: AppModel
    private let folder: URL
    private let fixtures: URL
    private let places: [String: String]
    private var rooms: StoryRooms?

    init(app: AppModel, folder: URL, fixtures: URL, places: [String: String]) {
        (self.app, self.folder, self.fixtures, self.places) = (app, folder, fixtures, places)
    }

    private func open() throws -> StoryRooms {
        guard let persona = app.persona else { throw StoryGap(description: "no profile is open") }
        if let rooms, rooms.persona === persona { return rooms }
        let made = StoryRooms(persona: persona)
        rooms = made
        return made
    }

    /// Carries out `action`; the name of the error that it was refused with, if it was.
    func act(_ action: String, _ with: Fields) async throws -> String? {
        func text(_ field: String) -> String { filled(with[field] as? String ?? "") }
        func number(_ field: String) -> Int { with[field] as? Int ?? 0 }
        switch action {
        case "app.look", "relations.look": return nil
        case "app.create", "app.unlock": return await start(action, name: text("name"), passphrase: text("passphrase"))
        case "app.lock":
            rooms = nil
            app.lock()
            return nil
        default: break
        }
        let rooms = try open()
        switch action {
        case "history.import": return try await read(text("file"), rooms)
        case "history.accept":
            await rooms.pen?.accept()
            return rooms.pen?.problem?.name
        case "history.search":
            rooms.history.text = text("text")
            await rooms.history.find()
            return nil
        case "history.rate": return try await rate(text("thumb"), rooms)
        case "pay.discover":
            await rooms.payees.discover()
            return rooms.payees.problem?.name
        case "pay.month":
            await rooms.pay.load()
            await rooms.pay.show(text("month"))
        case "pay.budget":
            rooms.pay.setBudget(Money(amountMinor: Int64(number("minor")), currency: text("currency")))
            await rooms.pay.shown()
            await rooms.pay.apply()
        case "pay.try":
            guard let source = rooms.pay.sources.first(where: { $0.name == text("source") }) else {
                throw StoryGap(description: "nothing was heard of \(text("source"))")
            }
            rooms.pay[factorOf: source.source] = Double(number("permille"))
            await rooms.pay.shown()
        case "pay.drop": await rooms.pay.cancel()
        default: return try await actOnMoneyAndWants(action, with, rooms)
        }
        return rooms.pay.problem?.name
    }

    private func actOnMoneyAndWants(_ action: String, _ with: Fields, _ rooms: StoryRooms) async throws -> String? {
        switch action {
        case "pay.open":
            rooms.payment = rooms.pay.month.map { rooms.pay.payment(of: $0) }
            await rooms.payment?.load()
        case "pay.confirm": await rooms.payment?.confirm()
        case "me.words":
            let words = RecoveryModel(persona: rooms.persona)
            words.show()
            let written = words.words
            words.written()
            for question in words.questions { words[answerTo: question] = written[Int(question) - 1] }
            words.check()
            await rooms.payment?.load()
            return words.problem?.name
        case "pay.settle":
            rooms.payment?.mint = filled(with["mint"] as? String ?? "")
            for _ in 0..<tries where rooms.payment?.problem == nil {
                await rooms.payment?.settle()
                if rooms.payment?.run.ended == .done { break }
            }
        case "want.send": return try await send(with, rooms)
        case "want.collect":
            guard let request = rooms.request else { throw StoryGap(description: "no request is open") }
            return await collect(request, enough: with["offers"] as? Int ?? 0)
        case "want.accept": return await acceptCheapest(rooms)
        case "want.look":
            let list = WantListModel(persona: rooms.persona)
            list.load()
            rooms.request = list.intents.first.map { RequestModel(persona: rooms.persona, number: $0.intent) }
            return nil
        default: throw StoryGap(description: "the story knows an action that this player does not: \(action)")
        }
        return rooms.payment?.problem?.name
    }

    private func start(_ action: String, name: String, passphrase: String) async -> String? {
        let model = StartModel(app: app)
        model.passphrase = passphrase
        if action == "app.create" {
            (model.name, model.passphraseAgain) = (name, passphrase)
            await model.create()
        } else {
            await model.unlock()
        }
        return model.problem?.name
    }

    /// Reads a listening export whose podcasts lie on the stage into the holding pen.
    private func read(_ name: String, _ rooms: StoryRooms) async throws -> String? {
        let copy = folder.appending(path: name)
        var bytes = try Data(contentsOf: fixtures.appending(path: "listens/\(name)"))
        if let text = String(data: bytes, encoding: .utf8) {
            bytes = Data(text.replacingOccurrences(of: "https://feeds.example", with: filled("${FEEDS}")).utf8)
        }
        try bytes.write(to: copy)
        let model = ImportModel(persona: rooms.persona)
        await model.read(copy.path)
        if let batch = model.done {
            let pen = PenModel(persona: rooms.persona, number: batch)
            await pen.load()
            rooms.pen = pen
        }
        return model.problem?.name
    }

    private func rate(_ thumb: String, _ rooms: StoryRooms) async throws -> String? {
        guard let first = rooms.history.found.rows.first else { throw StoryGap(description: "nothing was found") }
        let item = ItemModel(persona: rooms.persona, id: first.id)
        rooms.item = item
        await item.load()
        item.rate(thumb == "up" ? .up : .down)
        return item.problem?.name
    }

    private func send(_ with: Fields, _ rooms: StoryRooms) async throws -> String? {
        let compose = ComposeModel(persona: rooms.persona, locale: Locale(identifier: "en_GB"))
        compose.load()
        func text(_ field: String) -> String { filled(with[field] as? String ?? "") }
        compose.fields.what = text("what")
        (compose.fields.ceiling, compose.fields.currency) = (text("ceiling"), text("currency"))
        compose.fields.isHere = false
        (compose.fields.latitude, compose.fields.longitude) = (text("latitude"), text("longitude"))
        compose.fields.hours = UInt32(with["hours"] as? Int ?? 0)
        compose.fields.terms = text("terms")
        compose.addBoard(text("relay"))
        await compose.compose()
        guard let made = compose.composed else {
            guard let name = compose.problem?.name else {
                throw StoryGap(description: "what was written cannot be sent: \(compose.flaws)")
            }
            return name
        }
        let request = RequestModel(persona: rooms.persona, number: made)
        rooms.request = request
        request.load()
        _ = await request.send()
        return request.problem?.name
    }

    /// Listens until there are `enough` offers, while the screen follows what comes.
    private func collect(_ request: RequestModel, enough: Int) async -> String? {
        let screen = Task { await request.follow() }
        for _ in 0..<tries where (request.offers?.offers.count ?? 0) < enough {
            let listening = Task { await request.collect() }
            while (request.offers?.offers.count ?? 0) < enough, request.isFree || request.doing == .collecting {
                try? await Task.sleep(for: .milliseconds(50))
                if request.isFree, request.offers != nil { break }
            }
            request.stop()
            await listening.value
        }
        screen.cancel()
        return request.problem?.name
    }

    private func acceptCheapest(_ rooms: StoryRooms) async -> String? {
        guard let request = rooms.request,
            let cheapest = request.offers?.offers.min(by: { $0.price.amountMinor < $1.price.amountMinor })
        else { return nil }
        for _ in 0..<tries where request.problem == nil {
            await request.accept(cheapest.offer)
            if request.accepted?.state == "confirmed" { break }
        }
        return request.problem?.name
    }

    private func filled(_ text: String) -> String {
        places.reduce(text) { $0.replacingOccurrences(of: $1.key, with: $1.value) }
    }
}

extension StoryPlayer {
    /// What the rooms with these names show now.
    func snapshot(_ named: [String]) async throws -> Fields {
        var shown: Fields = [:]
        for room in named {
            switch room {
            case "app": shown[room] = try appShown()
            case "history": shown[room] = await historyShown(try open())
            case "pay": shown[room] = payShown(try open())
            case "want": shown[room] = wantShown(try open())
            case "relations": shown[room] = relationsShown(try open())
            default: throw StoryGap(description: "the story names a room that this player does not know: \(room)")
            }
        }
        return shown
    }

    private func appShown() throws -> Fields {
        let phase =
            switch app.phase {
            case .firstRun: "first_run"
            case .locked: "locked"
            case .open: "open"
            case .failed: "failed"
            }
        return ["phase": phase, "personas": try app.personas().map(\.name)]
    }

    private func historyShown(_ rooms: StoryRooms) async -> Fields {
        await rooms.history.load()
        let days = rooms.history.days
        while days.hasMore { await days.more() }
        var found: [String] = []
        for listen in rooms.history.found.rows.prefix(mostFound) where !found.contains(listen.title) {
            found.append(listen.title)
        }
        var shown: Fields = [
            "plays": days.rows.reduce(0) { $0 + Int($1.plays) },
            "played_ms": days.rows.reduce(0) { $0 + Int($1.playedMs) }, "found": found,
        ]
        if let day = days.rows.first {
            shown["first_day"] = ["date": day.date, "played_ms": Int(day.playedMs)] as Fields
        }
        if let batch = rooms.pen?.batch {
            shown["pen"] =
                [
                    "read": Int(batch.read), "new": Int(batch.newRecords), "duplicates": Int(batch.duplicates),
                    "refused": Int(batch.refused),
                ] as Fields
        }
        if let thumb = rooms.item?.thumb { shown["thumb"] = thumb == .up ? "up" : "down" }
        return shown
    }

    private func payShown(_ rooms: StoryRooms) -> Fields {
        var shown: Fields = ["payees": rooms.payees.payees.map(\.name).sorted()]
        if let month = rooms.pay.month { shown["month"] = month }
        if let payment = rooms.payment {
            shown["duty"] = snakeCase(payment.duty)
            if let ended = payment.run.ended { shown["ended"] = snakeCase(ended) }
            shown["receipts"] = payment.receipts.count
            shown["hand_offs"] = payment.handOffs.map(\.name).sorted()
        }
        if let statement = rooms.payment?.statement ?? rooms.pay.statement {
            shown.merge(statementShown(statement)) { _, new in new }
        }
        return shown
    }

    private func statementShown(_ statement: Statement) -> Fields {
        let lines = statement.lines.sorted { ($0.name, $0.amountMinor) < ($1.name, $1.amountMinor) }
        let summary = statement.summary
        return [
            "state": snakeCase(statement.state), "total_minor": Int(statement.total.amountMinor),
            "currency": statement.total.currency, "paid_minor": Int(summary.paidMinor),
            "handed_off_minor": Int(summary.handedOffMinor), "carried_minor": Int(summary.carriedMinor),
            "fees_minor": Int(summary.feesMinor),
            "lines": lines.map { line -> Fields in
                ["name": line.name, "amount_minor": Int(line.amountMinor), "outcome": snakeCase(line.outcome)]
            },
        ]
    }

    private func wantShown(_ rooms: StoryRooms) -> Fields {
        guard let request = rooms.request else { return [:] }
        request.load()
        var shown: Fields = [:]
        if let intent = request.intent {
            (shown["state"], shown["cells"]) = (intent.state, intent.cells.map(\.geohash))
        }
        shown["offers"] = (request.offers?.offers ?? []).map { offer -> Fields in
            ["seller": offer.seller, "price_minor": Int(offer.price.amountMinor)]
        }
        if let accepted = request.accepted {
            shown["accepted"] =
                [
                    "state": accepted.state, "seller": accepted.seller,
                    "price_minor": Int(accepted.price.amountMinor),
                ] as Fields
        }
        return shown
    }

    private func relationsShown(_ rooms: StoryRooms) -> [Fields] {
        rooms.relations.load()
        return rooms.relations.relations.sorted { ($0.name ?? "") < ($1.name ?? "") }.map { relation in
            ["name": relation.name ?? "", "mine": snakeCase(relation.mine), "theirs": snakeCase(relation.theirs)]
        }
    }
}

/// The name of a case as the command line writes it.
private func snakeCase(_ value: some Any) -> String {
    "\(value)".reduce(into: "") { name, letter in
        if letter.isUppercase { name += "_" }
        name += letter.lowercased()
    }
}
