// A rule of what counts as a play, in words.
import Foundation
import TekramCore

extension CountingRule {
    /// From when on a listen counts.
    public var text: String {
        guard let leastMs else { return Words.text("history_answer_rule_never_ios") }
        let least = Durations.text(leastMs)
        guard sharePermille > 0 else { return Words.text("history_answer_rule_least_ios", least) }
        let part = (Double(sharePermille) / 1_000).formatted(.percent.precision(.fractionLength(0)))
        guard enoughMs > 0 else { return Words.text("history_answer_rule_part_ios", least, part) }
        return Words.text("history_answer_rule_enough_ios", least, part, Durations.text(enoughMs))
    }
}
