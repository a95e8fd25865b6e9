// The app's own switches. They lie outside the vaults, because they are read while those are locked. They are no secrets
// and no history; three of them name profiles, by the ids that their folders have, and forget a profile with it.
import Foundation

/// What the person switched on for this phone.
@MainActor
public struct PhoneSettings {
    private let defaults: UserDefaults

    /// Kept in `defaults`.
    public init(defaults: UserDefaults = .standard) {
        self.defaults = defaults
    }

    /// Whether amounts may be seen on the widget; off until the person says so.
    public var isWidgetAllowed: Bool {
        get { defaults.bool(forKey: "widget-allowed") }
        nonmutating set { defaults.set(newValue, forKey: "widget-allowed") }
    }

    /// The profile whose history notes what Music plays.
    public var musicPersona: String? {
        get { defaults.string(forKey: "music-profile") }
        nonmutating set { keep(newValue, "music-profile") }
    }

    /// When the library was read last.
    public var musicLibraryRead: Date? {
        get { defaults.object(forKey: "music-library-read") as? Date }
        nonmutating set { keep(newValue, "music-library-read") }
    }

    /// Whether the app says that an offer has come; off until the person says so.
    public var tellsOfOffers: Bool {
        get { defaults.bool(forKey: "tells-of-offers") }
        nonmutating set { defaults.set(newValue, forKey: "tells-of-offers") }
    }

    /// Whether the app says on the first of a month that its split can be looked at.
    public var remindsOfSplit: Bool {
        get { defaults.bool(forKey: "reminds-of-split") }
        nonmutating set { defaults.set(newValue, forKey: "reminds-of-split") }
    }

    /// The profiles that have something to divide, and rules for it.
    public private(set) var splitPersonas: [String] {
        get { defaults.stringArray(forKey: "split-profiles") ?? [] }
        nonmutating set { keep(newValue.isEmpty ? nil : newValue, "split-profiles") }
    }

    /// Whether a reminder on the first of a month is wanted and would be true.
    public var isReminderDue: Bool { remindsOfSplit && !splitPersonas.isEmpty }

    /// The profile with this id has something to divide, or no longer. True when that changes what is due.
    public func hasSplit(_ has: Bool, profile id: String) -> Bool {
        let wasDue = isReminderDue
        if has != splitPersonas.contains(id) {
            splitPersonas = has ? splitPersonas + [id] : splitPersonas.filter { $0 != id }
        }
        return wasDue != isReminderDue
    }

    /// Whether the app says that a history which was asked for should be ready. The person asks for that by saying that they
    /// have asked for it.
    public var remindsOfHistories: Bool {
        get { defaults.object(forKey: "reminds-of-histories") == nil || defaults.bool(forKey: "reminds-of-histories") }
        nonmutating set { defaults.set(newValue, forKey: "reminds-of-histories") }
    }

    /// What profiles wait for: a time each, with the profile's id. From whom it is to come, the phone does not know.
    private var awaited: [String] {
        get { defaults.stringArray(forKey: "awaited-histories") ?? [] }
        nonmutating set { keep(newValue.isEmpty ? nil : newValue, "awaited-histories") }
    }

    /// The profile with this id waits for this. True when that changes what is due.
    public func waits(for readyMs: [Int64], profile id: String) -> Bool {
        let others = awaited.filter { !$0.hasSuffix(" \(id)") }
        let now = others + readyMs.sorted().map { "\($0) \(id)" }
        guard now != awaited else { return false }
        awaited = now
        return true
    }

    /// When the app has something to say of that after `now`, the next first; nothing when it is not wanted.
    public func historiesReady(after now: Date) -> [Date] {
        guard remindsOfHistories else { return [] }
        let times = awaited.compactMap { $0.split(separator: " ").first.flatMap { Int64($0) } }
        return Set(times).sorted().map { Date(timeIntervalSince1970: Double($0) / 1000) }.filter { $0 > now }
    }

    /// The profile with this id was deleted: nothing here names it any longer. What was read of the Music library may have
    /// been read for it, so the next profile may read it from its beginning.
    public func forget(_ id: String) {
        if musicPersona == id { musicPersona = nil }
        musicLibraryRead = nil
        _ = hasSplit(false, profile: id)
        _ = waits(for: [], profile: id)
    }

    /// The proxy that the next start goes through.
    public var proxy: String? {
        get { defaults.string(forKey: "proxy") }
        nonmutating set { keep(newValue, "proxy") }
    }

    private func keep(_ value: Any?, _ key: String) {
        if let value { defaults.set(value, forKey: key) } else { defaults.removeObject(forKey: key) }
    }
}
