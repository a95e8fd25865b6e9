// Where a history comes from: who has one, what was asked for and when it should be ready, and a beginning by a public name
// while the rest is on its way.
import Foundation
import Observation
import TekramCore

/// history_import_from and history_import_provider.
@MainActor
@Observable
public final class BringModel {
    /// Whether what was asked for could be read.
    public private(set) var phase: Phase = .loading
    /// Who has a history, those that most people come from first.
    public let providers: [Provider]
    /// What was asked for, the oldest first.
    public private(set) var requests: [HistoryRequest] = []
    /// Why something was not remembered, or the name was not asked for.
    public private(set) var problem: Problem?

    /// The person's name at ListenBrainz, as it is typed.
    public var name = ""
    /// The server is asked.
    public private(set) var isFilling = false
    /// What the name brought, so far or in all.
    public private(set) var fill: Fill?
    /// The person stopped it; what came so far stays in the holding pen.
    public private(set) var isStopped = false

    private let persona: Persona
    private let server: String
    @ObservationIgnored private var work: Task<Void, Never>?

    /// For `persona`; `server` is empty for ListenBrainz itself.
    public init(persona: Persona, server: String = "") {
        (self.persona, self.server) = (persona, server)
        providers = TekramCore.providers()
    }

    /// Reads what was asked for.
    public func load() {
        do {
            requests = try persona.historyRequests()
            phase = .ready
        } catch {
            phase = .ended(error)
        }
    }

    /// Reads now, and again after each change, until the task ends.
    public func follow() async { await persona.follow { load() } }

    /// What was asked for from `provider`.
    public func request(_ provider: String) -> HistoryRequest? { requests.first { $0.provider == provider } }

    /// The person has asked for their history just now. It is remembered, and the phone speaks up when it should be ready, as far
    /// as it may.
    public func remember(_ provider: String, phone: (any Phone)?) async {
        change { [persona] in _ = try persona.rememberRequest(provider: provider) }
        guard problem == nil, let phone else { return }
        _ = await phone.askToSpeakUp()
        await RequestFollower(persona: persona, phone: phone).show()
    }

    /// The person no longer waits for it.
    public func forget(_ provider: String, phone: (any Phone)?) async {
        change { [persona] in try persona.forgetRequest(provider: provider) }
        if let phone { await RequestFollower(persona: persona, phone: phone).show() }
    }

    /// A name was typed, and none is asked for.
    public var mayFill: Bool { !isFilling && !name.trimmingCharacters(in: .whitespacesAndNewlines).isEmpty }

    /// Begins with the typed name: less than a minute, into the holding pen.
    public func begin() async {
        guard mayFill else { return }
        (isFilling, fill, isStopped, problem) = (true, nil, false, nil)
        let name = name.trimmingCharacters(in: .whitespacesAndNewlines)
        let work = Task {
            do {
                fill = try await persona.startFill(user: name, server: server).run { fill = $0 }
            } catch {
                let problem = Problem(error)
                if problem.isCancelled { isStopped = true } else { self.problem = problem }
            }
        }
        self.work = work
        await work.value
        (isFilling, self.work) = (false, nil)
        load()
    }

    /// Stops asking.
    public func stop() { work?.cancel() }

    /// Key of the word for a beginning that brought nothing.
    public var emptyWord: String? {
        guard let fill, !isFilling, !isStopped, fill.batch == nil else { return nil }
        let isNobody = fill.problem == nil || fill.problem == "not_found"
        return isNobody ? "history_bring_fill_none" : "history_bring_fill_problem"
    }

    private func change(_ change: () throws -> Void) {
        problem = nil
        do { try change() } catch { problem = Problem(error) }
        load()
    }
}

extension Provider {
    /// Key of its name; those of its steps go on with their numbers.
    public var wordKey: String { "history_bring_\(provider)" }

    /// Key of the word of a step, from 1.
    public func stepKey(_ step: Int) -> String { "\(wordKey)_\(step)" }

    /// How long it usually takes, in words.
    public var takesText: String {
        let days = readyHours / 24
        return days == 0 ? Words.text("history_bring_at_once") : Words.plural("history_bring_days", days)
    }
}

extension HistoryRequest {
    /// When it was asked for and should be ready, or when it came, in words.
    public var text: String {
        if let cameMs { return Words.text("history_bring_came", Moments.day(cameMs)) }
        return Words.text("history_bring_asked", Moments.day(requestedMs), Moments.day(readyMs))
    }
}
