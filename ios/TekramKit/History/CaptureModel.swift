// Which players on this phone may be listened to. None is until the person allows it.
import Foundation
import Observation
import TekramCore

/// history_capture.
@MainActor
@Observable
public final class CaptureModel {
    /// Whether the list could be read.
    public private(set) var phase: Phase = .loading
    /// The players that were heard or decided about.
    public private(set) var apps: [CaptureApp] = []
    /// Why a switch did not turn.
    public private(set) var problem: Problem?

    private let persona: Persona

    /// For `persona`.
    public init(persona: Persona) {
        self.persona = persona
    }

    /// Reads the list.
    public func load() {
        do {
            apps = try persona.captureApps()
            phase = .loaded(apps.isEmpty)
        } catch {
            phase = .ended(error)
        }
    }

    /// Whether `app` may be listened to; setting it tells the core.
    public subscript(app: String) -> Bool {
        get { apps.first { $0.app == app }?.allowed ?? false }
        set {
            problem = nil
            do {
                try persona.setCaptureApp(app: app, allowed: newValue)
            } catch {
                problem = Problem(error)
            }
            load()
        }
    }
}
