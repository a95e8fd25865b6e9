// Importing purchases: a table whose columns the person names, or orders in the form of schema.org. What was read waits in
// the holding pen, and each line that was left out is named.
import Foundation
import Observation
import TekramCore

/// What stands in a column.
public enum CsvMeaning: CaseIterable, Hashable, Sendable {
    case seller, date, total, currency, orderNumber, item, quantity

    /// It is in every purchase.
    public var isNeeded: Bool {
        switch self {
        case .seller, .date, .total, .currency: true
        case .orderNumber, .item, .quantity: false
        }
    }

    /// Key of the word for it.
    public var wordKey: String {
        switch self {
        case .seller: "keep_csv_seller"
        case .date: "keep_csv_date"
        case .total: "keep_csv_total"
        case .currency: "keep_csv_currency"
        case .orderNumber: "keep_csv_order_number"
        case .item: "keep_csv_item"
        case .quantity: "keep_csv_quantity"
        }
    }
}

/// Where something stands in a table.
public enum CsvPlace: Hashable, Sendable {
    /// The person has not said it, or it is not in the table.
    case nowhere
    /// In the column with this heading.
    case column(String)
    /// The same in every line.
    case fixed
}

/// keep_import and keep_csv.
@MainActor
@Observable
public final class PurchaseImportModel {
    /// The table that was chosen.
    public private(set) var table: CsvLook?
    /// How the day is written.
    public var dateForm = CsvDate.iso
    /// What stands before the cents.
    public var decimal = "."
    /// What was paid has a minus sign.
    public var paidIsNegative = false
    /// A file is being read.
    public private(set) var isBusy = false
    /// Why it could not be read.
    public private(set) var problem: Problem?
    /// What came of it.
    public private(set) var arrived: PenArrived?

    private var places: [CsvMeaning: CsvPlace] = [:]
    private var fixed: [CsvMeaning: String] = [:]
    /// The table stays at hand while its columns are being named.
    private var copy: URL?
    private let persona: Persona
    private let folder: URL

    /// For `persona`; `folder` is a place of this screen alone.
    public init(persona: Persona, folder: URL) {
        (self.persona, self.folder) = (persona, folder)
    }

    /// Where `meaning` stands.
    public subscript(place meaning: CsvMeaning) -> CsvPlace {
        get { places[meaning] ?? .nowhere }
        set { places[meaning] = newValue }
    }

    /// What is the same in every line.
    public subscript(fixed meaning: CsvMeaning) -> String {
        get { fixed[meaning] ?? "" }
        set { fixed[meaning] = newValue }
    }

    /// What the first line has in the column that was chosen for `meaning`.
    public func example(_ meaning: CsvMeaning) -> String? {
        guard let table, case .column(let heading) = self[place: meaning],
            let column = table.headings.firstIndex(of: heading), let line = table.lines.first
        else { return nil }
        return line.indices.contains(column) ? line[column] : nil
    }

    /// Everything that is needed was said.
    public var mayRead: Bool { choice != nil && !isBusy }

    /// Looks at the first lines of a table, which the app may read now.
    public func look(at file: URL) async {
        await work {
            forget()
            let copy = folder.appending(path: file.lastPathComponent)
            do {
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
                try FileManager.default.copyItem(at: file, to: copy)
            } catch {
                throw Problem(name: "file_unusable")
            }
            self.copy = copy
            table = try lookAtCsv(path: copy.path)
        }
    }

    /// Reads the table into the holding pen.
    public func read() async {
        guard let copy, let choice else { return }
        let persona = persona
        await work {
            arrived = try await persona.holdPurchasesCsv(path: copy.path, choice: choice)
            forget()
        }
    }

    /// Reads a file of orders, which the app may read now, into the holding pen.
    public func readOrders(_ file: URL) async {
        let persona = persona
        await work { arrived = try await persona.holdOrdersJson(path: file.path) }
    }

    /// Lets go of the table, and of what was said about it.
    public func forget() {
        try? FileManager.default.removeItem(at: folder)
        (table, copy, places, fixed) = (nil, nil, [:], [:])
    }

    private func field(_ meaning: CsvMeaning) -> CsvField? {
        switch self[place: meaning] {
        case .nowhere: return nil
        case .column(let heading): return .column(heading: heading)
        case .fixed:
            let value = self[fixed: meaning].trimmed
            return value.isEmpty ? nil : .fixed(value: value)
        }
    }

    private var choice: CsvChoice? {
        guard let table, let seller = field(.seller), let date = field(.date), let total = field(.total),
            let currency = field(.currency)
        else { return nil }
        return CsvChoice(
            delimiter: table.delimiter, decimal: decimal, seller: seller, date: date, dateForm: dateForm,
            total: total, currency: currency, orderNumber: field(.orderNumber), item: field(.item),
            quantity: field(.quantity), paidIsNegative: paidIsNegative)
    }

    private func work(_ call: @MainActor () async throws -> Void) async {
        guard !isBusy else { return }
        (isBusy, problem, arrived) = (true, nil, nil)
        defer { isBusy = false }
        do {
            try await call()
        } catch {
            problem = Problem(error)
        }
    }
}

extension CsvDate {
    /// Key of the word for it.
    public var wordKey: String {
        switch self {
        case .iso: "keep_csv_date_iso"
        case .dayFirst: "keep_csv_date_day_first"
        case .monthFirst: "keep_csv_date_month_first"
        }
    }
}

extension CsvFault {
    /// Which line, and why it was left out.
    public var text: String {
        let key = "keep_import_fault_\(reason)"
        return Words.text(
            "keep_import_fault", line, Words.text(Words.has(key) ? key : "keep_import_fault_unknown"))
    }
}
