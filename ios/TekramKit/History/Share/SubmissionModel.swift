// The servers that listens are sent to: off until the person turns one on, with what of the log goes there and how far it has
// come. The token passes through once, on the way from the screen to the core.
import Foundation
import Observation
import TekramCore

/// history_share_submission.
@MainActor
@Observable
public final class SubmissionModel {
    /// Whether the servers could be read.
    public private(set) var phase: Phase = .loading
    /// The servers.
    public private(set) var servers: [SubmissionServer] = []
    /// Sources of the log, which can be sent, by name.
    public private(set) var sources: [String] = []
    /// The server that is being sent to.
    public private(set) var working: Int64?
    /// What went there so far.
    public private(set) var submitted: Submitted?
    /// A server is being asked whether it knows the token.
    public private(set) var isAdding = false
    /// Why something was not done.
    public private(set) var problem: Problem?

    /// The typed address.
    public var url = ""
    /// The typed token.
    public var token = ""
    /// The person says that the server is in their own network.
    public var inHomeNetwork = false

    /// Seconds that a server may ask to be waited for while it is sent to.
    private static let patience: UInt32 = 15

    private let persona: Persona
    @ObservationIgnored private var work: Task<Void, Never>?

    /// For `persona`.
    public init(persona: Persona) {
        self.persona = persona
    }

    /// Everything that is needed was typed.
    public var mayAdd: Bool { !trimmed(url).isEmpty && !trimmed(token).isEmpty }

    /// Reads the servers, and what could be sent.
    public func load() async {
        do {
            servers = try persona.submissionServers()
            sources = try await persona.hours(month: nil).map(\.source).sorted()
            phase = .loaded(servers.isEmpty)
        } catch {
            phase = .ended(error)
        }
    }

    /// Reads now, and again after each change, until the task ends.
    public func follow() async { await persona.follow { await load() } }

    /// The sources to choose from for `server`: those of the log, and those that it is sent already.
    public func sources(for server: SubmissionServer) -> [String] {
        Set(sources + server.sources).sorted()
    }

    /// Adds the typed server; nothing is sent before it is turned on. True when it is there.
    public func add() async -> Bool {
        guard !isAdding, mayAdd else { return false }
        (isAdding, problem) = (true, nil)
        defer { isAdding = false }
        do {
            _ = try await persona.addSubmissionServer(
                url: trimmed(url), token: trimmed(token), change: SubmissionChange(inHomeNetwork: inHomeNetwork))
            forget()
            await load()
            return true
        } catch {
            problem = Problem(error)
            return false
        }
    }

    /// Wipes what was typed: when it was used, and when the form is left.
    public func forget() {
        (url, token, inHomeNetwork, problem) = ("", "", false, nil)
    }

    /// Whether anything is sent to a server.
    public subscript(sendsTo server: Int64) -> Bool {
        get { self.server(server)?.isOn ?? false }
        set { change(server, SubmissionChange(isOn: newValue)) }
    }

    /// Whether a server is told what plays right now.
    public subscript(tellsPlayingTo server: Int64) -> Bool {
        get { self.server(server)?.playingNow ?? false }
        set { change(server, SubmissionChange(playingNow: newValue)) }
    }

    /// Whether what comes from `source` is sent to a server.
    public subscript(source: String, to server: Int64) -> Bool {
        get { self.server(server)?.sources.contains(source) ?? false }
        set {
            let others = (self.server(server)?.sources ?? []).filter { $0 != source }
            change(server, SubmissionChange(sources: newValue ? others + [source] : others))
        }
    }

    /// Forgets a server with its token.
    public func remove(_ server: Int64) {
        problem = nil
        do {
            try persona.removeSubmissionServer(server: server)
            servers.removeAll { $0.server == server }
            phase = .loaded(servers.isEmpty)
        } catch {
            problem = Problem(error)
        }
    }

    /// Sends what is due to a server. One at a time.
    public func submit(_ server: Int64) async {
        guard working == nil else { return }
        (working, submitted, problem) = (server, nil, nil)
        let work = Task {
            do {
                let task = try persona.startSubmission(server: server, patienceSeconds: Self.patience)
                submitted = try await task.run { submitted = $0 }
            } catch {
                let problem = Problem(error)
                if !problem.isCancelled { self.problem = problem }
            }
        }
        self.work = work
        await work.value
        (working, self.work) = (nil, nil)
        await load()
    }

    /// Stops sending; it goes on there the next time.
    public func stop() { work?.cancel() }

    private func server(_ number: Int64) -> SubmissionServer? { servers.first { $0.server == number } }

    private func change(_ number: Int64, _ change: SubmissionChange) {
        problem = nil
        do {
            let changed = try persona.changeSubmissionServer(server: number, change: change)
            servers = servers.map { $0.server == number ? changed : $0 }
        } catch {
            problem = Problem(error)
        }
    }

    private func trimmed(_ text: String) -> String { text.trimmingCharacters(in: .whitespacesAndNewlines) }
}
