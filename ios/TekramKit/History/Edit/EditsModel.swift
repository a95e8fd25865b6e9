// The changes that were made to the log, the newest of which can be taken back, and the listens that are hidden or deleted
// and can come back.
import Foundation
import Observation
import TekramCore

/// history_edit_changes.
@MainActor
@Observable
public final class EditsModel {
    /// The changes, newest first.
    public let changes: PagedRows<Edit>
    /// The number of the one that is taken back next; nothing when there is none.
    public private(set) var nextUndo: Int64?
    /// It is being taken back.
    public private(set) var isBusy = false
    /// Why it was not.
    public private(set) var problem: Problem?

    private let persona: Persona
    @ObservationIgnored private var newest = Newest()

    /// The changes of `persona`.
    public init(persona: Persona) {
        self.persona = persona
        changes = PagedRows { after, limit in
            let page = try await persona.edits(after: after, limit: limit)
            return RowPage(rows: page.edits, next: page.next)
        }
    }

    /// Reads the newest changes.
    public func load() async {
        let number = newest.begin()
        await changes.reload()
        let next = try? await persona.edits(after: nil, limit: 1).nextUndo
        if newest.takes(number) { nextUndo = next }
    }

    /// Reads now, and again whenever the log changed, until the task ends.
    public func follow() async { await persona.follow("listen") { await load() } }

    /// Takes the newest change back that was not taken back yet.
    public func undo() async {
        guard !isBusy else { return }
        (isBusy, problem) = (true, nil)
        defer { isBusy = false }
        do {
            _ = try await persona.undoEdit()
        } catch {
            problem = Problem(error)
        }
        await load()
    }
}

/// history_edit_hidden.
@MainActor
@Observable
public final class HiddenModel {
    /// What is hidden or deleted, the last heard first.
    public let listens: PagedRows<HiddenListen>
    /// Why something was not brought back.
    public private(set) var problem: Problem?

    private let persona: Persona

    /// What `persona` has hidden and deleted.
    public init(persona: Persona) {
        self.persona = persona
        listens = PagedRows { after, limit in
            let page = try await persona.hiddenListens(after: after, limit: limit)
            return RowPage(rows: page.listens, next: page.next)
        }
    }

    /// Reads now, and again whenever the log changed, until the task ends.
    public func follow() async { await persona.follow("listen") { await listens.reload() } }

    /// Shows a listen again, also one that was deleted.
    public func bringBack(_ listen: Int64) async {
        problem = nil
        do {
            _ = try await persona.hideListen(id: listen, hidden: false)
        } catch {
            problem = Problem(error)
        }
        await listens.reload()
    }
}
