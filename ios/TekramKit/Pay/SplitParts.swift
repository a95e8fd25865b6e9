// What the ring of a split draws: the largest shares in colours of their own, the others in one, what waits apart; and
// what the widget shows of it. Only proportions of the core's amounts; the list below the ring says the same in words.
import TekramCore

/// One part of the ring.
public struct SplitPart: Equatable, Sendable {
    /// Part of the whole, from 0 to 1.
    public let part: Double
    /// Place of its colour; nothing for what waits.
    public let color: Int?

    /// How many lines have a colour of their own; the next colour is that of all others.
    public static let ownColors = 7

    /// The parts of `lines`, which come by amount with what waits last.
    public static func parts(of lines: [StatementLine]) -> [SplitPart] {
        let whole = lines.reduce(0) { $0 + Double($1.amountMinor) }
        guard whole > 0 else { return [] }
        let own = lines.prefix { $0.payee != nil }.prefix(ownColors)
        let waiting = lines.filter { $0.payee == nil }.reduce(0) { $0 + Double($1.amountMinor) }
        let others = whole - waiting - own.reduce(0) { $0 + Double($1.amountMinor) }
        var parts = own.enumerated().map { SplitPart(part: Double($1.amountMinor) / whole, color: $0) }
        parts.append(SplitPart(part: others / whole, color: ownColors))
        parts.append(SplitPart(part: waiting / whole, color: nil))
        // Less than a minor unit is the noise of the divisions.
        return parts.filter { $0.part * whole >= 0.5 }
    }

    /// Colour of the line at `index`, the same in the ring and beside its name; nothing for what waits.
    public static func color(of line: StatementLine, at index: Int) -> Int? {
        line.payee == nil ? nil : min(index, ownColors)
    }
}

extension WidgetSplit {
    /// A split as the widget shows it, with the largest shares.
    public init(_ statement: Statement) {
        let whole = Double(max(statement.total.amountMinor, 1))
        self.init(
            month: Moments.month(statement.month), total: statement.total.text(),
            lines: statement.lines.filter { $0.payee != nil }.prefix(SplitPart.ownColors).map {
                Line(
                    name: $0.name, amount: statement.money($0.amountMinor).text(), part: Double($0.amountMinor) / whole)
            })
    }
}
