// A purchase that is typed in: its fields as they stand, and what the core makes of them.
import Foundation
import Observation
import TekramCore

/// A line of what was bought, as it is typed.
public struct PurchaseLineFields: Equatable, Identifiable, Sendable {
    /// Its place among the lines; they are only added to.
    public let id: Int
    /// What.
    public var name = ""
    /// How many.
    public var count = 1
    /// Price of one.
    public var price = ""
}

/// A purchase as it is typed.
public struct PurchaseFields: Equatable, Sendable {
    /// Who sold it.
    public var seller = ""
    /// When.
    public var day = Date.now
    /// What was paid in all.
    public var amount = ""
    /// In which currency.
    public var currency = ""
    /// The seller's number for it.
    public var orderNumber = ""
    /// What was bought.
    public var lines = [PurchaseLineFields(id: 0)]

    /// As the core takes it; nothing where an amount cannot be read.
    func purchase(calendar: Calendar, locale: Locale) -> NewPurchase? {
        let code = currency.trimmed.uppercased()
        guard let total = AmountText.money(amount, currency: code, locale: locale) else { return nil }
        var items: [PurchaseItem] = []
        for line in lines where !line.name.trimmed.isEmpty {
            var each: Money?
            if !line.price.trimmed.isEmpty {
                guard let read = AmountText.money(line.price, currency: code, locale: locale) else { return nil }
                each = read
            }
            items.append(
                PurchaseItem(name: line.name.trimmed, quantity: UInt32(line.count), price: each, productId: ""))
        }
        return NewPurchase(
            seller: seller.trimmed, orderNumber: orderNumber.trimmed,
            orderedMs: Moments.epochMs(calendar.startOfDay(for: day)), total: total, items: items, receipt: nil)
    }
}

/// keep_purchase_new.
@MainActor
@Observable
public final class PurchaseFormModel {
    /// The most of one thing in a purchase.
    public static let mostPieces = 10_000

    /// What is typed.
    public var fields = PurchaseFields() {
        didSet { (isUnreadable, problem) = (false, nil) }
    }
    /// It was to be kept, and an amount could not be read.
    public private(set) var isUnreadable = false
    /// Why it was not kept.
    public private(set) var problem: Problem?
    /// It is kept.
    public private(set) var isDone = false

    private let persona: Persona
    private let locale: Locale

    /// For `persona`; begins with today and the currency of the person's country.
    public init(persona: Persona, locale: Locale = .current) {
        (self.persona, self.locale) = (persona, locale)
        fields.currency = AmountText.currencies(locale: locale)[0]
    }

    /// One more line.
    public func addLine() { fields.lines.append(PurchaseLineFields(id: fields.lines.count)) }

    /// Keeps it.
    public func save(calendar: Calendar = .current) {
        guard let purchase = fields.purchase(calendar: calendar, locale: locale) else {
            isUnreadable = true
            return
        }
        do {
            _ = try persona.addPurchase(purchase: purchase)
            (problem, isDone) = (nil, true)
        } catch {
            problem = Problem(error)
        }
    }
}
