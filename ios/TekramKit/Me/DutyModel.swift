// Whether something waits in Me: recovery words that are due. It is seen on the room's tab from anywhere, and days pass
// without any change in the profile, so it is asked for again whenever the app is shown.
import Observation
import TekramCore

/// What Me's tab says.
@MainActor
@Observable
public final class DutyModel {
    /// Recovery words are due.
    public private(set) var isDue = false

    private let persona: Persona
    private let ask: @Sendable () throws -> RecoveryDuty

    /// For `persona`.
    public convenience init(persona: Persona) {
        self.init(persona: persona) { try persona.recoveryDuty(aboutToPay: false) }
    }

    /// `ask` says what is due.
    init(persona: Persona, ask: @escaping @Sendable () throws -> RecoveryDuty) {
        self.persona = persona
        self.ask = ask
    }

    /// Asks again. What cannot be asked now, while the profile is being locked, is not due.
    public func load() { isDue = ((try? ask()) ?? RecoveryDuty.none) != RecoveryDuty.none }

    /// Asks now and after each change, until the rooms are left.
    public func follow() async { await persona.follow { load() } }
}
