// Who can be paid: those already known and why, looking for more in the feeds of what was heard, and payment details that
// changed and wait for the person.
import Foundation
import Observation
import TekramCore

/// pay_payees and pay_changes.
@MainActor
@Observable
public final class PayeesModel {
    /// Whether they could be read.
    public private(set) var phase: Phase = .loading
    /// Those who can be paid.
    public private(set) var payees: [Payee] = []
    /// Changed details that wait.
    public private(set) var changes: [PayeeChange] = []
    /// What each feed told so far, in the order they answered; nothing before the first search.
    public private(set) var looks: [FeedLook]?
    /// A search runs.
    public private(set) var isSearching = false
    /// Why a search or a decision did not work.
    public private(set) var problem: Problem?

    private let persona: Persona
    private var work: Task<Void, any Error>?

    /// For `persona`.
    public init(persona: Persona) {
        self.persona = persona
    }

    /// How many feeds named somebody.
    public var feedsThatNamed: Int { looks?.filter { $0.payees > 0 }.count ?? 0 }

    /// Reads what is known.
    public func load() {
        do {
            (payees, changes) = (try persona.payees(), try persona.changes())
            phase = .ready
        } catch {
            phase = .ended(error)
        }
    }

    /// Looks into the feeds of what was heard and of the subscriptions; with `feeds`, into these alone.
    public func discover(_ feeds: [String] = []) async {
        guard !isSearching else { return }
        (isSearching, looks, problem) = (true, [], nil)
        let work = Task {
            _ = try await persona.discover(feeds: feeds).run { look in looks?.append(look) }
        }
        self.work = work
        do {
            try await work.value
        } catch {
            let problem = Problem(error)
            if !problem.isCancelled { self.problem = problem }
        }
        (isSearching, self.work) = (false, nil)
        load()
    }

    /// Ends the search; what was found stays.
    public func stop() { work?.cancel() }

    /// Takes changed details into use, or keeps the old ones.
    public func decide(_ change: PayeeChange, take: Bool) {
        problem = nil
        do {
            try persona.decideChange(id: change.id, take: take)
        } catch {
            problem = Problem(error)
        }
        load()
    }

    /// Name of a payee.
    public func name(_ payee: String) -> String {
        payees.first { $0.payee == payee }?.name ?? Words.text("common_unknown")
    }
}
