// The hosts that this profile has asked, and what for.
import Foundation
import Observation
import TekramCore

/// me_networks.
@MainActor
@Observable
public final class NetworksModel {
    /// Whether the list could be read.
    public private(set) var phase: Phase = .loading
    /// Each host, once for each purpose.
    public private(set) var networks: [NetworkUse] = []

    private let persona: Persona

    /// For `persona`.
    public init(persona: Persona) {
        self.persona = persona
    }

    /// Reads the list.
    public func load() {
        do {
            networks = try persona.networks()
            phase = .loaded(networks.isEmpty)
        } catch {
            phase = .ended(error)
        }
    }
}
