// One listen with everything that is known around it, and its rating.
import Foundation
import Observation
import TekramCore

/// history_item.
@MainActor
@Observable
public final class ItemModel {
    /// Whether it could be read.
    public private(set) var phase: Phase = .loading
    /// What is known.
    public private(set) var detail: ListenDetail?
    /// The person's rating.
    public private(set) var thumb: Thumb?
    /// By which rule it does not count as a play; nothing when it counts.
    public private(set) var rule: CountingRule?
    /// Why the rating was not kept.
    public private(set) var problem: Problem?

    private let persona: Persona
    private let id: Int64
    @ObservationIgnored private var newest = Newest()

    /// The listen `id` of `persona`.
    public init(persona: Persona, id: Int64) {
        self.persona = persona
        self.id = id
    }

    /// Reads it.
    public func load() async {
        let number = newest.begin()
        do {
            let detail = try await persona.listen(id: id)
            guard newest.takes(number) else { return }
            (self.detail, thumb) = (detail, detail.listen.thumb)
            let kind = detail.listen.kind
            rule = detail.listen.counts ? nil : try persona.countingRules().first { $0.kind == kind }
            phase = .ready
        } catch {
            if newest.takes(number) { phase = .ended(error) }
        }
    }

    /// Reads now, and again whenever the log changed, until the task ends.
    public func follow() async { await persona.follow("listen") { await load() } }

    /// Rates it; what it is rated already is taken back.
    public func rate(_ thumb: Thumb) {
        problem = nil
        do {
            self.thumb = try persona.rate(id: id, thumb: self.thumb == thumb ? nil : thumb).thumb
        } catch {
            problem = Problem(error)
        }
    }
}
