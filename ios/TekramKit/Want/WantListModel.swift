// The requests of a profile, newest first, as the core keeps them.
import Foundation
import Observation
import TekramCore

/// The scope of the core that requests, offers and acceptances change.
let intentScope = "intent"

/// want_list.
@MainActor
@Observable
public final class WantListModel {
    /// Whether the list could be read.
    public private(set) var phase: Phase = .loading
    /// The requests.
    public private(set) var intents: [Intent] = []

    private let persona: Persona

    /// For `persona`.
    public init(persona: Persona) {
        self.persona = persona
    }

    /// Reads the list.
    public func load() {
        do {
            intents = try persona.intents()
            phase = .loaded(intents.isEmpty)
        } catch {
            phase = .ended(error)
        }
    }

    /// Reads the list, and again after each change, until the screen is left.
    public func follow() async { await persona.follow(intentScope) { load() } }
}
