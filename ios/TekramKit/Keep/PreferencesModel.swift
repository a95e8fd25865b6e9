// Preferences: what the person likes, avoids or needs, and one more.
import Observation
import TekramCore

/// The preferences about one thing.
public struct PreferenceTopic: Identifiable, Sendable {
    /// What they are about.
    public let topic: String
    /// In the core's order.
    public fileprivate(set) var preferences: [Preference]

    /// What they are about.
    public var id: String { topic }
}

/// keep_preferences.
@MainActor
@Observable
public final class PreferencesModel {
    /// In the core's order.
    public let preferences: Kept<[Preference]>
    /// What one more is about.
    public var topic = ""
    /// Which of it.
    public var value = ""
    /// How the person stands to it.
    public var stance = Stance.likes
    /// One more is being typed.
    public var isAdding = false

    /// For `persona`.
    public init(persona: Persona) {
        preferences = Kept(persona) {
            try $0.preferences()
        } isNone: {
            $0.isEmpty
        }
    }

    /// By what they are about.
    public var topics: [PreferenceTopic] {
        var topics: [PreferenceTopic] = []
        for preference in preferences.value ?? [] {
            if let index = topics.firstIndex(where: { $0.topic == preference.topic }) {
                topics[index].preferences.append(preference)
            } else {
                topics.append(PreferenceTopic(topic: preference.topic, preferences: [preference]))
            }
        }
        return topics
    }

    /// There is something to keep.
    public var mayAdd: Bool { !topic.trimmed.isEmpty && !value.trimmed.isEmpty }

    /// Keeps what was typed, in the place of another about the same.
    public func add() async {
        guard mayAdd else { return }
        let (topic, value, stance) = (topic.trimmed, value.trimmed, stance)
        await preferences.change { _ = try $0.setPreference(topic: topic, value: value, stance: stance) }
        if preferences.problem == nil { (self.topic, self.value, isAdding) = ("", "", false) }
    }

    /// Removes one.
    public func remove(_ preference: Preference) async {
        await preferences.change { try $0.removePreference(id: preference.id) }
    }
}
