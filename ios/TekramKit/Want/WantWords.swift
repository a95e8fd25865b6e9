// What the core returns about requests, in words: where one stands, times, boards, and the reasons of a rank.
import Foundation
import TekramCore

extension Moments {
    /// A moment that the core gives as RFC 3339; what is none is shown as it is.
    public static func dayAndTime(rfc3339 text: String, locale: Locale = .current, zone: TimeZone = .current) -> String
    {
        guard let date = rfc3339(text) else { return text }
        return dayAndTime(epochMs(date), locale: locale, zone: zone)
    }

    private static func rfc3339(_ text: String) -> Date? {
        (try? Date(text, strategy: .iso8601))
            ?? (try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
    }
}

extension Intent {
    /// Key of the word that says where it stands.
    public var stateKey: String {
        switch state {
        case "draft": "want_state_draft"
        case "open": "want_state_open"
        case "accepted": "want_state_accepted"
        case "closed": "want_state_closed"
        case "expired": "want_state_expired"
        default: "common_unknown"
        }
    }

    /// Key of the word that says where it stands, after what came of an accepted offer.
    public func stateKey(after accepted: Accepted?) -> String {
        switch accepted?.state {
        case "refused": "want_state_refused"
        case "lapsed": "want_state_lapsed"
        default: stateKey
        }
    }

    /// Its time is running.
    public var isRunning: Bool { state == "draft" || state == "open" }

    /// Until when offers are welcome.
    public var untilText: String { Moments.dayAndTime(rfc3339: until) }

    /// The boards as people call them: by their hosts.
    public var boardNames: [String] { relays.map { URL(string: $0)?.host() ?? $0 } }
}

extension Accepted {
    /// Key of the word that says what came of it.
    public var stateKey: String {
        switch state {
        case "queued": "want_accepted_queued"
        case "sent": "want_accepted_sent"
        case "confirmed": "want_accepted_confirmed"
        case "refused": "want_accepted_refused"
        case "lapsed": "want_accepted_lapsed"
        default: "common_unknown"
        }
    }

    /// The seller can be asked again.
    public var isWaiting: Bool { state == "queued" || state == "sent" }

    /// Nothing stands any more.
    public var isOver: Bool { state == "refused" || state == "lapsed" }

    /// Key of the word that says why the seller refused.
    public var reasonKey: String? {
        switch reason {
        case nil: nil
        case "sold_out": "want_refused_sold_out"
        case "already_accepted": "want_refused_already_accepted"
        case "offer_expired": "want_refused_offer_expired"
        case "commitment_expired": "want_refused_commitment_expired"
        default: "want_refused_other"
        }
    }

    /// Until when the promise stands.
    public var untilText: String { Moments.dayAndTime(rfc3339: until) }

    /// The code letter by letter, for VoiceOver.
    public var spokenCode: String? {
        pickupCode.map { code in
            Words.text(
                "want_pickup_code_a11y",
                code.filter { $0.isLetter || $0.isNumber }.map(String.init).joined(separator: ", "))
        }
    }
}

extension RefusedCount {
    /// Why offers were left out, and how many.
    public var text: String { Words.text("want_left_out_count", Words.text(reasonKey), count) }

    private var reasonKey: String {
        switch reason {
        case "over_ceiling": "want_left_out_over_ceiling"
        case "currency_differs": "want_left_out_currency_differs"
        case "terms_differ": "want_left_out_terms_differ"
        case "offer_expired": "want_left_out_offer_expired"
        case "superseded": "want_left_out_superseded"
        case "bad_signature": "want_left_out_bad_signature"
        default: "want_left_out_other"
        }
    }
}

extension Offer {
    /// Until when it stands.
    public var untilText: String { Moments.dayAndTime(rfc3339: until) }

    /// Place, seller and price in one sentence, for VoiceOver.
    public var spoken: String { Words.text("want_offer_rank_a11y", rank, seller, price.text()) }

    /// Why it stands where it stands.
    public var reasonTexts: [String] { reasons.map { $0.text(currency: price.currency) } }
}

extension OfferReason {
    /// The reason; `currency` is the offer's.
    public func text(currency: String) -> String {
        switch why {
        case .cheapest: Words.text("want_why_cheapest")
        case .dearer(let byMinor):
            Words.text("want_why_dearer", Money(amountMinor: byMinor, currency: currency).text())
        case .distance(let metres):
            metres == 0
                ? Words.text("want_why_distance_here")
                : Words.text("want_why_distance", Distances.text(Double(metres)))
        case .noCell: Words.text("want_why_no_cell")
        case .inStock: Words.text("want_why_in_stock")
        case .shortOf(let onHand): Words.plural("want_why_short_of", onHand)
        case .knownSeller: Words.text("want_why_known_seller")
        case .newSeller: Words.text("want_why_new_seller")
        }
    }
}

extension ComposeModel {
    /// A span of hours that can be chosen.
    public static func span(_ hours: UInt32) -> String {
        hours > 24 && hours % 24 == 0
            ? Words.plural("want_days_for", hours / 24) : Words.plural("want_hours_for", hours)
    }

    /// How exact a place is, in words.
    public static func precisionKey(_ precision: UInt32) -> String {
        switch precision {
        case 3: "want_precision_3"
        case 4: "want_precision_4"
        case 5: "want_precision_5"
        case 6: "want_precision_6"
        default: "want_precision_7"
        }
    }
}

extension ComposeModel.Flaw {
    /// Key of the word that says what is wrong.
    public var wordKey: String {
        switch self {
        case .what: "want_what_missing"
        case .gtin: "want_gtin_wrong"
        case .ceiling: "want_ceiling_wrong"
        case .place: "want_where_unreadable"
        case .boards: "want_relays_missing"
        }
    }
}
