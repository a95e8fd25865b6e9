// A new vault key: whoever kept the old one reads nothing that is written from then on. Ways in that the person does not
// trust any more go with the old key; the last one is protected by the core.
import Observation
import TekramCore

/// me_key_change.
@MainActor
@Observable
public final class KeyChangeModel {
    /// Whether the ways in could be read.
    public private(set) var phase: Phase = .loading
    /// The ways in that there are.
    public private(set) var ways: [WayIn] = []
    /// Names of those that are to open nothing afterwards.
    public private(set) var leaving: Set<String> = []
    /// What the change did.
    public private(set) var changed: KeyChanged?
    /// The change itself.
    public let work = LongWork()

    private let persona: Persona

    /// For `persona`.
    public init(persona: Persona) {
        self.persona = persona
    }

    /// Reads the ways in.
    public func load() {
        do {
            ways = try persona.ways()
            leaving.formIntersection(ways.map(\.name))
            phase = .loaded(ways.isEmpty)
        } catch {
            phase = .ended(error)
        }
    }

    /// Whether a way in stays.
    public subscript(keeps way: WayIn) -> Bool {
        get { !leaving.contains(way.name) }
        set { if newValue { leaving.remove(way.name) } else { leaving.insert(way.name) } }
    }

    /// At least one way in stays.
    public var mayChange: Bool { ways.contains { self[keeps: $0] } && !work.isRunning }

    /// A way in cannot take a new key before it was used once more; the change can go on without those.
    public var mustDropOthers: Bool { work.problem?.name == "way_not_upgraded" }

    /// Gives the vault a new key. `droppingOthers` drops ways in, too, that cannot take a new key now.
    public func change(droppingOthers: Bool = false) async {
        let (persona, without) = (persona, leaving.sorted())
        changed = nil
        await work.run {
            try persona.startKeyChange(without: without, dropOthers: droppingOthers)
        } done: { _, report in
            changed = report
        }
        load()
    }
}
