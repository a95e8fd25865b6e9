// A request while it is written: its fields as they are typed, what of them cannot be used yet, and the draft that the
// core makes of them. Nothing is sent here. The boards are those of earlier requests, with those of the last one chosen.
import Foundation
import Observation
import TekramCore

/// The fields as they stand on the screen.
public struct WantFields: Equatable, Sendable {
    /// What is wanted.
    public var what = ""
    /// Barcode.
    public var gtin = ""
    /// How many.
    public var quantity = 1
    /// The most to be paid, as it is typed.
    public var ceiling = ""
    /// In which currency.
    public var currency = "EUR"
    /// Around the phone's own position; else at the coordinates that were typed.
    public var isHere = true
    /// Latitude, as it is typed.
    public var latitude = ""
    /// Longitude, as it is typed.
    public var longitude = ""
    /// How exact, in characters of geohash.
    public var precision: UInt32 = 5
    /// How long offers are welcome.
    public var hours: UInt32 = 24
    /// Id of the terms.
    public var terms = ""
    /// Only sellers who listen now are to see it.
    public var isInStore = false
    /// The boards that were chosen.
    public var boards: Set<String> = []
}

/// want_compose.
@MainActor
@Observable
public final class ComposeModel {
    /// What of a draft cannot be used.
    public enum Flaw: CaseIterable, Sendable {
        case what, gtin, ceiling, place, boards
    }

    /// How reading a store's card ended.
    public enum CardReading: Sendable {
        /// Its words are filled in.
        case filledIn
        /// It is none, or does not hold up.
        case bad
    }

    /// Where the request is to be, as far as the device has to be asked.
    public struct PlaceWish: Hashable, Sendable {
        /// Around the device.
        public let isHere: Bool
        /// More exactly than a town.
        public let isExact: Bool
    }

    /// From this precision on the device's rough position, a town, is not enough.
    public static let exactFrom: UInt32 = 6
    /// How exact a place can be, in characters of geohash, from coarse to fine.
    public static let precisions: [UInt32] = [3, 4, 5, 6, 7]
    /// How long offers can be welcome, in hours.
    public static let durations: [UInt32] = [1, 3, 12, 24, 72, 168]
    /// The most that can be wanted of something.
    public static let mostPieces = 10_000

    /// Whether the terms and boards could be read.
    public private(set) var phase: Phase = .loading
    /// The fields. Changing one takes back what was said about them.
    public var fields = WantFields() {
        didSet {
            if fields != oldValue { (flaws, problem, card) = ([], nil, nil) }
        }
    }
    /// The roster.
    public private(set) var terms: [TermsRow] = []
    /// Currencies to choose from.
    public let currencies: [String]
    /// Boards to choose from.
    public private(set) var boards: [String] = []
    /// A board as it is typed.
    public var typedBoard = ""
    /// What cannot be used; known after the person asked for the preview.
    public private(set) var flaws: Set<Flaw> = []
    /// What became of the store's card that was read.
    public private(set) var card: CardReading?
    /// What the device said when it was asked where it is.
    public private(set) var place: PlaceAnswer?
    /// The core is composing.
    public private(set) var isBusy = false
    /// Why the core did not.
    public private(set) var problem: Problem?
    /// Number of the draft that was made, to be looked at.
    public var composed: String?

    /// The terms of the roster that were written for requests.
    private static let termsForRequests = "PDC-INTENT"
    private static let mostBoards = 8

    private let persona: Persona
    private let locale: Locale
    /// The draft that is replaced by the next one; kept until it is sent.
    private var draft: String?
    /// The boards and the currency of the last request were offered.
    private var isOffered = false

    /// For `persona`; `locale` says how numbers are typed.
    public init(persona: Persona, locale: Locale = .current) {
        self.persona = persona
        self.locale = locale
        currencies = TypedNumbers.currencies(locale: locale)
    }

    /// The terms that are chosen.
    public var chosenTerms: TermsRow? { terms.first { $0.id == fields.terms } }

    /// Whether a board is chosen.
    public subscript(board board: String) -> Bool {
        get { fields.boards.contains(board) }
        set { if newValue { fields.boards.insert(board) } else { fields.boards.remove(board) } }
    }

    /// Reads the terms and the boards to choose from.
    public func load() {
        do {
            offer(try persona.intents(), roster())
            phase = .ready
        } catch {
            phase = .ended(error)
        }
    }

    /// Takes over what was asked for from outside.
    public func take(_ ask: Ask) {
        guard case .want(let what, let gtin, let page) = ask else { return }
        fields.what = what.isEmpty ? page?.absoluteString ?? "" : what
        if let gtin { scanned(gtin) }
    }

    /// Takes over what the camera read: a barcode's number, once the core found it to be one, or a store's card.
    public func scanned(_ text: String) {
        guard URL(string: text)?.scheme?.lowercased() != Ask.scheme else { return readCard(text) }
        fields.gtin = text
        do {
            fields.gtin = try checkGtin(text: text)
        } catch {
            flaws.insert(.gtin)
        }
    }

    /// Takes over what a store's card says.
    public func readCard(_ text: String) {
        guard let read = StoreCard(text) else {
            card = .bad
            return
        }
        if !read.what.isEmpty { fields.what = read.what }
        if let gtin = read.gtin { scanned(gtin) }
        for board in read.boards { addBoard(board) }
        // Who holds the phone to a store's card stands in it.
        fields.isInStore = true
        card = .filledIn
    }

    /// What the device has to be asked for; it changes with the choice of the place and of how exact it is.
    public var placeWish: PlaceWish {
        PlaceWish(isHere: fields.isHere, isExact: fields.precision >= Self.exactFrom)
    }

    /// Asks `phone` where it is, no more exactly than the request says. Without a phone, or against the person's will, the
    /// coordinates can still be typed.
    public func findPlace(on phone: (any Phone)?) async {
        let wish = placeWish
        place = nil
        guard wish.isHere else { return }
        let answer = await phone?.findPosition(exactly: wish.isExact) ?? .unknown
        // Another answer is on its way when the wish has changed meanwhile.
        if wish == placeWish { place = answer }
    }

    /// Key of the word that says what is known of the place.
    public var placeKey: String {
        switch place {
        case .refused: "want_where_refused"
        case .rough where placeWish.isExact: "want_where_rough"
        case .unknown: "want_where_none"
        case .found, .rough, nil: "common_location_text"
        }
    }

    /// Only the device's settings let the app know more.
    public var needsSettings: Bool { place == .refused || place == .rough && placeWish.isExact }

    /// Adds the board that was typed and chooses it.
    public func addBoard() {
        addBoard(typedBoard)
        typedBoard = ""
    }

    /// Adds a board and chooses it.
    public func addBoard(_ typed: String) {
        var text = typed.trimmingCharacters(in: .whitespacesAndNewlines)
        while text.hasSuffix("/") { text.removeLast() }
        guard !text.isEmpty, !text.contains(where: \.isWhitespace) else { return }
        let board = text.contains("://") ? text : "wss://\(text)"
        if !boards.contains(board) { boards.append(board) }
        fields.boards.insert(board)
    }

    /// Makes a draft of what was written; the one before it is thrown away, nobody has seen it.
    public func compose() async {
        guard !isBusy else { return }
        (problem, composed) = (nil, nil)
        let typed = fields.gtin.trimmingCharacters(in: .whitespacesAndNewlines)
        let gtin = typed.isEmpty ? nil : try? checkGtin(text: typed)
        flaws = found(in: fields)
        if gtin == nil && !typed.isEmpty { flaws.insert(.gtin) }
        guard flaws.isEmpty else { return }
        isBusy = true
        defer { isBusy = false }
        do {
            let made = try await persona.compose(draft: draft(of: fields, gtin: gtin)).intent
            let former = draft
            (draft, composed) = (made, made)
            if let former { _ = try? await persona.withdraw(intent: former) }
        } catch {
            problem = Problem(error)
        }
    }

    /// Begins a new request when `intent` was sent or thrown away; boards and terms stay as they were chosen.
    public func done(_ intent: String) {
        guard draft == intent else { return }
        (draft, composed) = (nil, nil)
        var next = WantFields()
        (next.terms, next.boards, next.currency) = (fields.terms, fields.boards, fields.currency)
        next.precision = fields.precision
        fields = next
    }

    private func found(in fields: WantFields) -> Set<Flaw> {
        var flaws: Set<Flaw> = []
        if isBlank(fields.what) { flaws.insert(.what) }
        if !isBlank(fields.ceiling) && ceiling(fields) == nil { flaws.insert(.ceiling) }
        if !fields.isHere, TypedNumbers.degrees(fields.latitude) == nil || TypedNumbers.degrees(fields.longitude) == nil
        {
            flaws.insert(.place)
        }
        if fields.boards.isEmpty { flaws.insert(.boards) }
        return flaws
    }

    private func isBlank(_ text: String) -> Bool { text.allSatisfy(\.isWhitespace) }

    private func ceiling(_ fields: WantFields) -> Money? {
        TypedNumbers.money(fields.ceiling, currency: fields.currency, locale: locale)
    }

    private func draft(of fields: WantFields, gtin: String?) -> WantDraft {
        WantDraft(
            what: fields.what.trimmingCharacters(in: .whitespacesAndNewlines), gtin: gtin,
            quantity: UInt32(clamping: fields.quantity), ceiling: ceiling(fields),
            latitude: fields.isHere ? nil : TypedNumbers.degrees(fields.latitude),
            longitude: fields.isHere ? nil : TypedNumbers.degrees(fields.longitude), precision: fields.precision,
            hours: fields.hours, terms: fields.terms, inStore: fields.isInStore, relays: fields.boards.sorted())
    }

    private func offer(_ intents: [Intent], _ roster: [TermsRow]) {
        let last = intents.first
        for board in intents.flatMap(\.relays) where boards.count < Self.mostBoards && !boards.contains(board) {
            boards.append(board)
        }
        terms = roster
        let wanted = [fields.terms, last?.terms, Self.termsForRequests].compactMap { $0 }
        fields.terms = wanted.first { id in roster.contains { $0.id == id } } ?? roster.first?.id ?? ""
        // Once, and apart from what another app may have filled in before: from then on they are the person's own.
        guard !isOffered else { return }
        isOffered = true
        if fields.boards.isEmpty { fields.boards = Set(last?.relays ?? []) }
        guard fields.ceiling.isEmpty else { return }
        let currency = last?.ceiling?.currency
        fields.currency = currency.flatMap { currencies.contains($0) ? $0 : nil } ?? currencies.first ?? "EUR"
    }
}
