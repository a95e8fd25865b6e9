// Lets any screen ask the person to show that they are there, where the phone guards keys.
import SwiftUI
import TekramKit

private struct PresenceKey: EnvironmentKey {
    static let defaultValue: (any TekramKit.Presence)? = nil
}

extension EnvironmentValues {
    /// What the phone guards keys with; nothing on a Mac and in previews.
    var presence: (any TekramKit.Presence)? {
        get { self[PresenceKey.self] }
        set { self[PresenceKey.self] = newValue }
    }
}
