// The app's own switches. They are no secrets and no history: a profile's id is the name of its folder.
import Foundation

@MainActor
struct PhoneSettings {
    private let defaults = UserDefaults.standard

    /// Whether amounts may be seen on the widget; off until the person says so.
    var isWidgetAllowed: Bool {
        get { defaults.bool(forKey: "widget-allowed") }
        nonmutating set { defaults.set(newValue, forKey: "widget-allowed") }
    }

    /// The profile whose history notes what Music plays.
    var musicPersona: String? {
        get { defaults.string(forKey: "music-profile") }
        nonmutating set { defaults.set(newValue, forKey: "music-profile") }
    }

    /// When the library was read last.
    var musicLibraryRead: Date? {
        get { defaults.object(forKey: "music-library-read") as? Date }
        nonmutating set { defaults.set(newValue, forKey: "music-library-read") }
    }

    /// Whether the app says that an offer has come; off until the person says so.
    var tellsOfOffers: Bool {
        get { defaults.bool(forKey: "tells-of-offers") }
        nonmutating set { defaults.set(newValue, forKey: "tells-of-offers") }
    }

    /// Whether the app says on the first of a month that its split can be looked at.
    var remindsOfSplit: Bool {
        get { defaults.bool(forKey: "reminds-of-split") }
        nonmutating set { defaults.set(newValue, forKey: "reminds-of-split") }
    }

    /// The proxy that the next start goes through.
    var proxy: String? {
        get { defaults.string(forKey: "proxy") }
        nonmutating set { defaults.set(newValue, forKey: "proxy") }
    }
}
