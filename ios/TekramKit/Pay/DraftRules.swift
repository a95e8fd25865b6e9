// Rules that were changed on the screen and are not in force yet.
import TekramCore

/// What is tried out; nothing is as it was.
public struct DraftRules: Equatable, Sendable {
    /// Another budget.
    public var budget: Money?
    /// Another measure of a share.
    public var weight: Weight?
    /// Another least amount that is sent.
    public var minimum: Money?
    /// Thousandths by source.
    public var factors: [String: UInt32] = [:]

    /// No change.
    public init() {}

    /// As the core takes it.
    var change: RulesChange {
        RulesChange(
            budget: budget, weight: weight, minimum: minimum, zone: nil,
            factors: factors.sorted { $0.key < $1.key }.map { SourceFactor(source: $0.key, permille: $0.value) })
    }
}

/// The slider of a source, in thousandths.
public enum Factor {
    /// A source that counts as it was heard.
    public static let asHeard: UInt32 = 1000
    /// As far as a slider goes, unless a factor is larger already.
    public static let end: UInt32 = 3000
    private static let step = 50.0
    private static let near = 60.0

    /// Steps of a twentieth, and an easy way back to how it was heard.
    public static func snapped(_ value: Double) -> UInt32 {
        if abs(value - Double(asHeard)) <= near { return asHeard }
        return UInt32(max(0, (value / step).rounded() * step))
    }
}
