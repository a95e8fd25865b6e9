// One listen being put right: its note, its tags, what it was, and whether it is shown. Each change is one call of the core,
// which keeps what the source said and can take the change back; only deleting for good cannot be taken back.
import Foundation
import Observation
import TekramCore

/// What a person types about a listen to correct it.
public struct TypedListen: Equatable, Sendable {
    /// What it was.
    public var kind: ListenKind
    /// Title.
    public var title: String
    /// Who made it, with semicolons between.
    public var creators: String
    /// Album, podcast, book or station.
    public var show: String
    /// Publisher or label.
    public var publisher: String

    /// Nothing yet.
    init() { (kind, title, creators, show, publisher) = (.music, "", "", "", "") }

    /// As the log has it.
    init(_ listen: Listen) {
        kind = listen.kind
        title = listen.title
        creators = Self.line(listen.creators)
        show = listen.show
        publisher = listen.publisher
    }

    /// Creators as they are typed.
    public static func line(_ creators: [String]) -> String { creators.joined(separator: "; ") }

    /// What of it differs from what is shown; nothing when all is the same. Corrections add up in the core, so what was not
    /// touched is not told again.
    func correction(from shown: TypedListen) -> Correction? {
        guard self != shown else { return nil }
        let names = creators.split(separator: ";").map { trimmed(String($0)) }.filter { !$0.isEmpty }
        return Correction(
            kind: kind == shown.kind ? nil : kind,
            title: title == shown.title ? nil : trimmed(title),
            creators: creators == shown.creators ? nil : names,
            show: show == shown.show ? nil : trimmed(show),
            publisher: publisher == shown.publisher ? nil : trimmed(publisher))
    }

    private func trimmed(_ text: String) -> String { text.trimmingCharacters(in: .whitespacesAndNewlines) }
}

/// history_edit.
@MainActor
@Observable
public final class EditModel {
    /// Whether it could be read.
    public private(set) var phase: Phase = .loading
    /// The listen.
    public private(set) var detail: ListenDetail?
    /// Tags that listens have, those of most listens first.
    public private(set) var used: [TagInUse] = []
    /// A change is being made.
    public private(set) var isBusy = false
    /// Why it was not made.
    public private(set) var problem: Problem?
    /// It is gone for good: the screen can be left.
    public private(set) var isGone = false

    /// The note as it is typed.
    public var note = ""
    /// The tag that is typed.
    public var newTag = ""
    /// What it was, as it is typed.
    public var typed = TypedListen()

    /// How many tags in use are offered.
    nonisolated static let mostTags: UInt32 = 12

    private let persona: Persona
    private let id: Int64
    @ObservationIgnored private var newest = Newest()

    /// The listen `id` of `persona`.
    public init(persona: Persona, id: Int64) {
        self.persona = persona
        self.id = id
    }

    /// Tags in use that this listen does not have yet.
    public var offered: [String] {
        let own = Set((detail?.listen.tags ?? []).map { $0.lowercased() })
        return used.map(\.tag).filter { !own.contains($0.lowercased()) }
    }

    /// Whether the typed note is another than the one that is kept.
    public var canNote: Bool { !isBusy && detail.map { trimmed(note) != $0.listen.note } ?? false }

    /// Whether there is a tag to add.
    public var canTag: Bool { !isBusy && !trimmed(newTag).isEmpty }

    /// Whether what was typed is something else than what is shown.
    public var canCorrect: Bool { !isBusy && correction != nil }

    /// Reads it. What the person is typing stays.
    public func load() async {
        guard !isGone else { return }
        let number = newest.begin()
        do {
            let detail = try await persona.listen(id: id)
            let used = try await persona.tagsInUse(limit: Self.mostTags)
            guard newest.takes(number) else { return }
            let before = self.detail?.listen
            if before.map({ note == $0.note }) ?? true { note = detail.listen.note }
            if before.map({ typed == TypedListen($0) }) ?? true { typed = TypedListen(detail.listen) }
            (self.detail, self.used) = (detail, used)
            phase = .ready
        } catch {
            if newest.takes(number) { phase = .ended(error) }
        }
    }

    /// Reads now, and again whenever the log changed, until the task ends.
    public func follow() async { await persona.follow("listen") { await load() } }

    /// Keeps the typed note; an empty one takes it away.
    public func keepNote() async {
        let text = trimmed(note)
        if await change({ [persona, id] in _ = try await persona.noteListen(id: id, text: text) }) {
            note = detail?.listen.note ?? ""
        }
    }

    /// Adds the typed tag.
    public func tag() async {
        guard canTag else { return }
        if await tag(trimmed(newTag)) { newTag = "" }
    }

    /// Adds a tag. True when it has it.
    @discardableResult public func tag(_ tag: String) async -> Bool {
        await change { [persona, id] in _ = try await persona.tagListen(id: id, add: [tag], remove: []) }
    }

    /// Takes a tag away.
    public func untag(_ tag: String) async {
        await change { [persona, id] in _ = try await persona.tagListen(id: id, add: [], remove: [tag]) }
    }

    /// Says what it was, as it is typed. What stays as the source has it is no correction.
    public func correct() async {
        guard let correction else { return }
        await correct(correction)
    }

    /// As the source has it again.
    public func original() async { await correct(Correction()) }

    /// Hides it, or shows it again, also when it was deleted.
    public func hide(_ isHidden: Bool) async {
        await change { [persona, id] in _ = try await persona.hideListen(id: id, hidden: isHidden) }
    }

    /// Deletes it; for thirty days it can come back.
    public func delete() async {
        await change { [persona, id] in _ = try await persona.deleteListen(id: id) }
    }

    /// Deletes it at once with all evidence of it. The screen has asked.
    public func deleteForGood() async {
        await change { [persona, id] in
            try await persona.deleteListenForGood(id: id)
            isGone = true
        }
    }

    private var correction: Correction? {
        guard let detail else { return nil }
        return typed.correction(from: TypedListen(detail.listen))
    }

    private func correct(_ correction: Correction) async {
        if await change({ [persona, id] in _ = try await persona.correctListen(id: id, correction: correction) }) {
            if let detail { typed = TypedListen(detail.listen) }
        }
    }

    @discardableResult private func change(_ change: () async throws -> Void) async -> Bool {
        guard !isBusy, !isGone else { return false }
        (isBusy, problem) = (true, nil)
        defer { isBusy = false }
        do {
            try await change()
        } catch {
            problem = Problem(error)
        }
        await load()
        return problem == nil
    }

    private func trimmed(_ text: String) -> String { text.trimmingCharacters(in: .whitespacesAndNewlines) }
}
