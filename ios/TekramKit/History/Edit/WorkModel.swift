// The work that a listen is of: how sources describe it, which of the descriptions are another work, and which other works
// are the same. The core remembers both for what is imported later, and takes both back.
import Foundation
import Observation
import TekramCore

/// history_edit_work.
@MainActor
@Observable
public final class WorkModel {
    /// Whether it could be read.
    public private(set) var phase: Phase = .loading
    /// The work.
    public private(set) var work: Work?
    /// Descriptions that are said to be another work.
    public private(set) var chosen: Set<Int64> = []
    /// What is looked for.
    public var text = "" {
        didSet { if text != oldValue { (look, problem) = (nil, nil) } }
    }
    /// Other works of the same kind that the words find, the most heard first.
    public private(set) var found: [Work] = []
    /// The words that were looked for; empty while none were.
    public private(set) var soughtText = ""
    /// What this work and another would come to as one.
    public private(set) var look: MergeLook?
    /// A change is being made.
    public private(set) var isBusy = false
    /// Why it was not made.
    public private(set) var problem: Problem?

    /// How many works a search shows.
    nonisolated static let mostFound: UInt32 = 12

    private let persona: Persona
    private let listen: Int64
    private let pause: Duration
    @ObservationIgnored private var newest = Newest()

    /// The work of `listen`; the search waits for `pause` after a letter.
    public init(persona: Persona, listen: Int64, pause: Duration = .milliseconds(150)) {
        (self.persona, self.listen, self.pause) = (persona, listen, pause)
    }

    /// Whether what is chosen can be split off: something of it, and not all.
    public var canSplit: Bool { !isBusy && !chosen.isEmpty && chosen.count < (work?.descriptions.count ?? 0) }

    /// Whether a description is chosen.
    public subscript(chosen description: Int64) -> Bool {
        get { chosen.contains(description) }
        set { if newValue { chosen.insert(description) } else { chosen.remove(description) } }
    }

    /// Reads the work.
    public func load() async {
        let number = newest.begin()
        do {
            let work = try await persona.workOfListen(id: listen)
            guard newest.takes(number) else { return }
            self.work = work
            chosen.formIntersection(work.descriptions.map(\.description))
            phase = .ready
        } catch {
            if newest.takes(number) { phase = .ended(error) }
        }
    }

    /// Reads now, and again whenever the log changed, until the task ends.
    public func follow() async { await persona.follow("listen") { await load() } }

    /// Looks for works that may be the same once no further letter follows: the caller's task is cancelled when one does.
    public func find() async {
        let words = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !words.isEmpty else {
            (found, soughtText) = ([], "")
            return
        }
        guard (try? await Task.sleep(for: pause)) != nil else { return }
        do {
            let works = try await persona.works(text: words, limit: Self.mostFound)
            guard !Task.isCancelled else { return }
            found = works.filter { $0.work != work?.work && $0.kind == work?.kind }
            soughtText = words
        } catch {
            let problem = Problem(error)
            if !Task.isCancelled, !problem.isCancelled { self.problem = problem }
        }
    }

    /// Shows what this work and `other` would come to as one.
    public func look(at other: Work) async {
        guard let work, !isBusy else { return }
        (look, problem) = (nil, nil)
        do {
            look = try await persona.mergeLook(works: [work.work, other.work])
        } catch {
            problem = Problem(error)
        }
    }

    /// Puts what was looked at away.
    public func forgetLook() { look = nil }

    /// Says that what is looked at is one work.
    public func merge() async {
        guard let look else { return }
        let works = look.works.map(\.work)
        await change { [persona] in _ = try await persona.mergeWorks(works: works) }
    }

    /// Says that what is chosen is another work.
    public func split() async {
        guard canSplit else { return }
        let descriptions = chosen.sorted()
        await change { [persona] in _ = try await persona.splitWork(descriptions: descriptions) }
    }

    private func change(_ change: () async throws -> Void) async {
        guard !isBusy else { return }
        (isBusy, problem) = (true, nil)
        defer { isBusy = false }
        do {
            try await change()
            text = ""
            (chosen, found, soughtText, look) = ([], [], "", nil)
        } catch {
            (problem, look) = (Problem(error), nil)
        }
        await load()
    }
}
