// Purchases: the list with a search, by months, and one with its receipt.
import Foundation
import Observation
import TekramCore

/// The purchases of one month.
public struct PurchaseMonth: Identifiable, Sendable {
    /// Number of its newest purchase.
    public let id: Int64
    /// The month, as it is read.
    public let month: String
    /// Newest first.
    public fileprivate(set) var purchases: [Purchase]
}

/// keep_purchases.
@MainActor
@Observable
public final class PurchasesModel {
    /// What is looked for; everything when it is empty.
    public var text = "" {
        didSet { if text != oldValue { load() } }
    }
    /// Whether they could be read; empty when there are none at all.
    public private(set) var phase: Phase = .loading
    /// What was found, newest first.
    public private(set) var purchases: [Purchase] = []

    private let persona: Persona

    /// For `persona`.
    public init(persona: Persona) {
        self.persona = persona
    }

    /// What was found, by months.
    public var months: [PurchaseMonth] {
        var months: [PurchaseMonth] = []
        for purchase in purchases {
            let month = Moments.month(purchase.orderedMs)
            if months.last?.month == month {
                months[months.count - 1].purchases.append(purchase)
            } else {
                months.append(PurchaseMonth(id: purchase.id, month: month, purchases: [purchase]))
            }
        }
        return months
    }

    /// Reads them.
    public func load() {
        do {
            purchases = try persona.purchases(text: text.trimmed, fromMs: nil, untilMs: nil)
            // A search that finds nothing still shows its field.
            phase = .loaded(purchases.isEmpty && text.trimmed.isEmpty)
        } catch {
            phase = .ended(error)
        }
    }

    /// Reads them, and again after each change, until the screen is left.
    public func follow() async { await persona.follow { load() } }
}

extension Purchase {
    /// What was bought, in a line.
    public var itemsText: String { items.map(\.name).joined(separator: ", ") }
}

extension PurchaseItem {
    /// What and how many.
    public var text: String { quantity == 1 ? name : Words.text("keep_purchase_quantity", quantity, name) }

    /// The price of one, where it is known.
    public var priceText: String? {
        price.map { quantity == 1 ? $0.text() : Words.text("keep_purchase_each", $0.text()) }
    }
}

/// A purchase and its receipt.
public struct PurchaseWithReceipt: Sendable {
    /// The purchase.
    public let purchase: Purchase
    /// Its receipt.
    public let receipt: KeptFile?
}

/// keep_purchase.
@MainActor
@Observable
public final class PurchaseModel {
    /// The purchase.
    public let purchase: Kept<PurchaseWithReceipt>
    /// The receipt as a file outside the vault, until the person has said where it goes.
    public private(set) var written: URL?

    private let id: Int64
    private let folder: URL

    /// For the purchase `id` of `persona`; `folder` is a place of this screen alone.
    public init(persona: Persona, id: Int64, folder: URL) {
        (self.id, self.folder) = (id, folder)
        purchase = Kept(persona) { persona in
            let purchase = try persona.purchase(id: id)
            return PurchaseWithReceipt(
                purchase: purchase, receipt: try purchase.receipt.flatMap { try KeptFile($0, of: persona) })
        }
    }

    /// Keeps a file, which the app may read now, as the receipt.
    public func attach(_ file: URL) async {
        let id = id
        await purchase.change { persona in
            try await persona.keep(file) { try persona.setReceipt(id: id, file: $0) }
        }
    }

    /// Takes the receipt off and deletes it.
    public func detach() async {
        let id = id
        await purchase.change { persona in
            let receipt = try persona.purchase(id: id).receipt
            try persona.setReceipt(id: id, file: nil)
            if let receipt { try persona.removeFile(id: receipt) }
        }
    }

    /// Writes the receipt to a file that the person can move to where they want it.
    public func write() async {
        guard let receipt = purchase.value?.receipt else { return }
        let name = receipt.file.name.isEmpty ? "file" : receipt.file.name
        let file = folder.appending(path: name)
        await purchase.change { persona in
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try await persona.writeFile(id: receipt.file.id, path: file.path)
            written = file
        }
    }

    /// Removes the file outside the vault.
    public func forget() {
        try? FileManager.default.removeItem(at: folder)
        written = nil
    }

    /// Removes the purchase with its receipt.
    public func remove() async {
        let id = id
        await purchase.change(leaves: true) { persona in
            let receipt = try persona.purchase(id: id).receipt
            try persona.removePurchase(id: id)
            if let receipt { try persona.removeFile(id: receipt) }
        }
    }
}
