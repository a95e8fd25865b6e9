// Whether everything in the open profile is whole: each page, and the record of who saw what. Nothing is changed.
import Observation
import TekramCore

/// me_check.
@MainActor
@Observable
public final class CheckModel {
    /// What does not hold; none: everything is whole. Nothing before it was looked.
    public private(set) var faults: [CheckFault]?
    /// Looking.
    public let work = LongWork()

    private let persona: Persona

    /// For `persona`.
    public init(persona: Persona) {
        self.persona = persona
    }

    /// Looks at everything.
    public func check() async {
        let persona = persona
        faults = nil
        await work.run {
            try persona.startCheck()
        } done: { _, report in
            faults = report.faults
        }
    }
}

extension CheckFault {
    /// What does not hold, in words.
    public var text: String {
        let key = "me_check_fault_\(kind)"
        guard Words.has(key) else { return Words.text("me_check_fault_other") }
        switch kind {
        case "header", "identity": return Words.text(key)
        default: return Words.plural(key, count)
        }
    }
}
