// Me: the open profile and the others of this phone. Everything else of the room has a view model of its own.
import Foundation
import Observation
import TekramCore

/// me_home.
@MainActor
@Observable
public final class MeModel {
    /// Whether the profile could be read.
    public private(set) var phase: Phase = .loading
    /// What the person calls the open profile.
    public private(set) var name = ""
    /// How the open profile looks.
    public private(set) var face: ProfileFace?
    /// What its vault holds, in numbers.
    public private(set) var holdings: Holdings?
    /// All profiles of this phone.
    public private(set) var personas: [PersonaEntry] = []
    /// Whether recovery words are due.
    public private(set) var recoveryDuty: RecoveryDuty = .none
    /// How many things wait to be looked at before they are kept.
    public private(set) var waiting = 0
    /// Why the last change did not work.
    public private(set) var problem: Problem?

    private let app: AppModel
    private let persona: Persona

    /// For the open profile of `app`.
    public init(app: AppModel, persona: Persona) {
        self.app = app
        self.persona = persona
    }

    /// Id of the open profile.
    public var id: String { persona.id() }

    /// The other profiles.
    public var others: [PersonaEntry] { personas.filter { $0.id != id } }

    /// Reads everything.
    public func load() {
        do {
            name = try persona.name()
            face = try persona.face()
            holdings = try persona.holdings()
            personas = try app.personas()
            recoveryDuty = try persona.recoveryDuty(aboutToPay: false)
            waiting = try persona.waitingInPen()
            phase = .ready
        } catch {
            phase = .ended(error)
        }
    }

    /// Reads everything, and again after each change, until the screen is left.
    public func follow() async { await persona.follow { load() } }

    /// Calls the open profile `name`.
    public func rename(_ name: String) {
        change { try persona.rename(name: name.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }

    /// No name that a profile can have.
    public func isBlank(_ name: String) -> Bool { name.allSatisfy(\.isWhitespace) }

    /// What a profile is called here: the open one by its name, another by what may be seen of it while it is locked.
    public func shownName(of persona: PersonaEntry) -> String { persona.id == id ? name : persona.shownName }

    /// Whether `typed` is what the profile to delete is called: asked for, since nothing brings it back.
    public func mayDelete(_ persona: PersonaEntry, typed: String) -> Bool {
        typed.trimmingCharacters(in: .whitespacesAndNewlines) == shownName(of: persona)
    }

    /// Deletes a profile for good; the open one is locked first, and this model ends with it.
    public func delete(_ persona: PersonaEntry) {
        guard persona.id != id else { return app.deleteOpen() }
        change { try app.delete(persona.id) }
    }

    /// Locks this profile and goes to the lock screen of another.
    public func switchTo(_ other: PersonaEntry) { app.switchTo(other.id) }

    /// Locks this profile.
    public func lock() { app.lock() }

    private func change(_ call: () throws -> Void) {
        do {
            try call()
            problem = nil
        } catch {
            problem = Problem(error)
        }
        if app.persona != nil { load() }
    }
}
