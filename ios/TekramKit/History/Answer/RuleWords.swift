// A rule of what counts as a play, in words.
import Foundation
import TekramCore

extension CountingRule {
    /// From when on a listen counts.
    public var text: String {
        guard let leastMs else { return Words.text("history_answer_rule_never") }
        let least = Durations.text(leastMs)
        guard sharePermille > 0 else { return Words.text("history_answer_rule_least", least) }
        let part = (Double(sharePermille) / 1_000).formatted(.percent.precision(.fractionLength(0)))
        guard enoughMs > 0 else { return Words.text("history_answer_rule_share", least, part) }
        return Words.text("history_answer_rule_enough", least, part, Durations.text(enoughMs))
    }
}
