// The words of Pay's states, and the little that its screens read out of what the core returns: which line a step is
// about, what a payment method names. No rules: they are the core's.
import Foundation
import TekramCore

extension Statement {
    /// An amount of this statement.
    public func money(_ minor: Int64) -> Money { Money(amountMinor: minor, currency: budget.currency) }

    /// Whether an edition of the app leaves out how somebody here would be paid.
    public var hasRailOff: Bool { lines.contains { $0.reason == "rail_off" } }
}

extension StatementLine {
    /// What tells a line from the others, also after its amount changed.
    public var key: String { payee ?? "waiting" }

    /// Who it is for; what waits has no name.
    public var title: String { payee == nil ? Words.text("pay_waiting_line") : name }

    /// Where it stands; a planned one says what is to become of it.
    public var stateKey: String {
        switch state {
        case .draft: outcome.key
        case .committed: "pay_line_committed"
        case .paying: "pay_line_paying"
        case .paid: "pay_line_paid"
        case .handedOff: "pay_line_handed_off"
        case .unknown: "pay_line_unknown"
        case .failed: "pay_line_failed"
        case .refunded: "pay_line_refunded"
        case .carried: "pay_line_carried"
        }
    }

    /// Why it stands there, in words.
    public var why: String? {
        let name = stateReason.isEmpty ? reason ?? "" : stateReason
        return name.isEmpty ? nil : PayReason.text(name)
    }

    /// Its part of a month's budget, in thousandths for writing a percentage.
    public func permille(of budget: Money) -> Int64 {
        budget.amountMinor <= 0 ? 0 : Int64((Double(shareMinor) * 1000 / Double(budget.amountMinor)).rounded())
    }
}

/// Why something is not paid now.
public enum PayReason {
    /// The words of a reason's stable name.
    public static func text(_ name: String) -> String {
        let key = "pay_reason_\(name)"
        return Words.text(Words.has(key) ? key : "pay_reason_unknown")
    }
}

extension Outcome {
    /// What is to become of a line's amount.
    public var key: String {
        switch self {
        case .pay: "pay_outcome_pay"
        case .handOff: "pay_outcome_hand_off"
        case .carry: "pay_outcome_carry"
        }
    }
}

extension StatementState {
    /// Where a month's split stands.
    public var key: String {
        switch self {
        case .draft: "pay_state_draft"
        case .committed: "pay_state_committed"
        case .settled: "pay_state_settled"
        }
    }
}

extension Weight {
    /// In the order of the choice.
    public static let all: [Weight] = [.seconds, .plays, .equal]

    /// What a share goes by.
    public var key: String {
        switch self {
        case .seconds: "pay_weight_seconds"
        case .plays: "pay_weight_plays"
        case .equal: "pay_weight_equal"
        }
    }
}

extension LinkKind {
    /// What a link opens.
    public var key: String {
        switch self {
        case .payto: "pay_handoff_payto"
        case .upi: "pay_handoff_upi"
        case .taler: "pay_handoff_taler"
        case .lightning: "pay_handoff_lightning"
        case .web: "pay_handoff_web"
        }
    }
}

extension LinkKind {
    /// Where a link is finished: in the bank's app, on a page, in another app.
    public var titleKey: String {
        switch self {
        case .payto: "pay_handoff_title_bank"
        case .web: "pay_handoff_title_web"
        default: "pay_handoff_title"
        }
    }

    /// What this app does about a link, and what it cannot see.
    public var textKey: String {
        switch self {
        case .payto: "pay_handoff_text_bank"
        case .web: "pay_handoff_text_web"
        default: "pay_handoff_text"
        }
    }

    /// The button that opens a link.
    public var openKey: String { self == .web ? "pay_handoff_open_web" : "pay_handoff_open" }
}

extension SettleEnd {
    /// How paying ended.
    public var key: String {
        switch self {
        case .done: "pay_ended_done"
        case .stopped: "pay_ended_stopped"
        case .topUpNotPaid: "pay_ended_top_up_not_paid"
        }
    }
}

extension PaymentMethod {
    /// The method in a word.
    public var key: String {
        switch self {
        case .cashu: "pay_method_cashu"
        case .lightningAddress: "pay_method_lightning_address"
        case .keysend: "pay_method_keysend"
        case .link(let url): PaymentLink(url).kind.key
        }
    }

    /// What it names, taken apart for the eye.
    public var target: String {
        switch self {
        case .cashu(let mints, _): mints.map(Addresses.host).joined(separator: " · ")
        case .lightningAddress(let address): address
        case .keysend(let node): node
        case .link(let url): PaymentLink(url).lines.joined(separator: "\n")
        }
    }
}

extension Payee {
    /// The method that fits what is to become of a line, in words; the core has them best first.
    public func way(_ outcome: Outcome) -> String? {
        for method in methods {
            switch (outcome, method) {
            // Of links, what they name tells one way from another, and is shown whole.
            case (.handOff, .link): return "\(Words.text(method.key))\n\(method.target)"
            case (.pay, .cashu), (.handOff, .lightningAddress): return Words.text(method.key)
            default: continue
            }
        }
        return nil
    }
}

extension PayeeChange {
    /// Names exactly what is shown.
    public var id: String {
        switch self {
        case .methods(let id, _, _, _): id
        case .recipients(let id, _, _, _, _): id
        }
    }
}

extension RecipientShare {
    /// How much of a source, in words.
    public var text: String {
        fee ? Percent.text(permille: Int64(split) * 10) : Words.plural("pay_changes_parts", split)
    }
}

extension FeedLook {
    /// Its title, else its server.
    public var name: String { title.flatMap { $0.isEmpty ? nil : $0 } ?? Addresses.host(feed) }

    /// What it brought, in words.
    public var text: String {
        if let problem {
            return Words.text(Words.has("error_\(problem)") ? "error_\(problem)" : "pay_discover_failed")
        }
        return payees > 0 ? Words.plural("pay_found_payees", payees) : Words.text("pay_found_nobody")
    }
}

extension SettleProgress {
    /// Number of the line that a step is about; nothing for steps about a whole run.
    public var lineNo: Int64? {
        switch self {
        case .planned, .topUpNeeded, .funded: nil
        case .handedOff(let handOff): handOff.lineNo
        case .notPlanned(let line, _, _), .locked(let line, _, _), .delayed(let line, _), .unknown(let line, _),
            .failed(let line, _), .begun(let line), .delivered(let line), .paid(let line), .refunded(let line):
            line
        }
    }

    /// Whether nothing more happens to the line in this run.
    public var isLast: Bool {
        switch self {
        case .notPlanned, .delayed, .unknown, .failed, .paid, .refunded, .handedOff: true
        case .planned, .topUpNeeded, .funded, .begun, .locked, .delivered: false
        }
    }

    /// Why a step went no further, in words.
    public var why: String? {
        switch self {
        case .notPlanned(_, let reason, _), .delayed(_, let reason), .unknown(_, let reason), .failed(_, let reason):
            PayReason.text(reason)
        default: nil
        }
    }

    /// Fees of both sides, once the money is set aside.
    public var fees: Money? {
        if case .locked(_, _, let fees) = self { fees } else { nil }
    }

    /// What happened to `name`.
    public func text(_ name: String) -> String {
        switch self {
        case .planned(_, _, let amount): Words.text("pay_step_planned", amount.text())
        case .topUpNeeded(_, _, let amount, _): Words.text("pay_step_top_up_needed", amount.text())
        case .funded: Words.text("pay_step_funded")
        case .notPlanned: Words.text("pay_step_not_planned", name)
        case .begun: Words.text("pay_step_begun", name)
        case .locked: Words.text("pay_step_locked", name)
        case .delivered: Words.text("pay_step_delivered", name)
        case .paid: Words.text("pay_step_paid", name)
        case .delayed: Words.text("pay_step_delayed", name)
        case .unknown: Words.text("pay_step_unknown", name)
        case .failed: Words.text("pay_step_failed", name)
        case .refunded: Words.text("pay_step_refunded", name)
        case .handedOff: Words.text("pay_step_handed_off", name)
        }
    }
}

/// Addresses as a person reads them.
public enum Addresses {
    /// The server of an address; an address that has none is shown as it is.
    public static func host(_ address: String) -> String {
        guard let url = URLComponents(string: address), let host = url.host, !host.isEmpty else { return address }
        return url.port.map { "\(host):\($0)" } ?? host
    }

    /// The provider in a rail's name, as `cashu:https://mint.example`.
    public static func provider(_ rail: String) -> String {
        host(rail.hasPrefix("cashu:") ? String(rail.dropFirst("cashu:".count)) : rail)
    }
}

/// Parts of a whole as the locale writes them.
public enum Percent {
    /// Thousandths as a percentage.
    public static func text(permille: Int64, locale: Locale = .current) -> String {
        (Double(permille) / 1000).formatted(
            FloatingPointFormatStyle<Double>.Percent(locale: locale).precision(.fractionLength(0...1)))
    }
}
