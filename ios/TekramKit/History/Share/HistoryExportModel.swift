// Writing the log to a file that the person then hands on: which part of it, in which open form, with which columns. How much it
// will be is asked for while it is chosen, and the file goes when the screen is left.
import Foundation
import Observation
import TekramCore

extension ExportTask: CoreTask {}

extension ExportForm {
    /// In the order in which they are offered.
    public static let all: [ExportForm] = [.jsonLines, .listenbrainzJsonl, .csv]

    var fileName: String {
        switch self {
        case .jsonLines: "tekram-history.jsonl"
        case .listenbrainzJsonl: "tekram-listenbrainz.jsonl"
        case .csv: "tekram-history.csv"
        }
    }
}

/// history_export.
@MainActor
@Observable
public final class HistoryExportModel {
    /// The form of the file.
    public var form = ExportForm.jsonLines { didSet { if form != oldValue { forgetFile() } } }
    /// The days that are written.
    public var range = DayRange() { didSet { if range != oldValue { forgetFile() } } }
    /// Without what was heard in a private session.
    public var withoutPrivate = false { didSet { if withoutPrivate != oldValue { forgetFile() } } }
    /// Sources of the log.
    public private(set) var sources: [String] = []
    /// Columns that a table can have, in their order.
    public let columns = exportColumns()
    /// How many listens are chosen, once it is known.
    public private(set) var count: UInt64?
    /// It is being written.
    public private(set) var isBusy = false
    /// Listens written so far.
    public private(set) var written: UInt64 = 0
    /// What is in the file, and what its form could not hold.
    public private(set) var exported: Exported?
    /// The file, to hand on.
    public private(set) var file: URL?
    /// Why it did not work.
    public private(set) var problem: Problem?

    private var kinds: Set<ListenKind> = []
    private var chosenSources: Set<String> = []
    private var chosenColumns: Set<String>
    private let persona: Persona
    private let folder: URL
    private let zone: TimeZone
    private var counted = Newest()
    @ObservationIgnored private var work: Task<Exported, any Error>?

    /// For `persona`; `folder` is a place of this screen alone. Days are those of `zone`.
    public init(persona: Persona, folder: URL, zone: TimeZone = .current) {
        (self.persona, self.folder, self.zone) = (persona, folder, zone)
        chosenColumns = Set(columns.filter(\.usual).map(\.column))
    }

    /// Whether only some kinds are written, and this is one of them.
    public subscript(takes kind: ListenKind) -> Bool {
        get { kinds.contains(kind) }
        set {
            if newValue { kinds.insert(kind) } else { kinds.remove(kind) }
            forgetFile()
        }
    }

    /// Whether only some sources are written, and this is one of them.
    public subscript(takesSource source: String) -> Bool {
        get { chosenSources.contains(source) }
        set {
            if newValue { chosenSources.insert(source) } else { chosenSources.remove(source) }
            forgetFile()
        }
    }

    /// Whether a table has this column.
    public subscript(hasColumn column: String) -> Bool {
        get { chosenColumns.contains(column) }
        set {
            if newValue { chosenColumns.insert(column) } else { chosenColumns.remove(column) }
            forgetFile()
        }
    }

    /// What is written.
    public var choice: ListenChoice {
        ListenChoice(
            fromMs: range.fromMs(zone), toMs: range.toMs(zone), sources: chosenSources.sorted(),
            kinds: ListenKind.all.filter(kinds.contains), withoutPrivate: withoutPrivate)
    }

    /// Reads what can be chosen.
    public func load() async {
        sources = ((try? await persona.hours(month: nil)) ?? []).map(\.source).sorted()
        await recount()
    }

    /// Counts what is chosen.
    public func recount() async {
        count = nil
        guard range.fits else { return }
        let read = counted.begin()
        let number = try? await persona.countListens(choice: choice)
        if counted.takes(read) { count = number }
    }

    /// Writes the file.
    public func write() async {
        guard !isBusy, range.fits else { return }
        forgetFile()
        (isBusy, written) = (true, 0)
        defer { (isBusy, work) = (false, nil) }
        let path = folder.appending(path: form.fileName)
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try? FileManager.default.removeItem(at: path)
            // In the order in which they stand.
            let chosen = form == .csv ? columns.map(\.column).filter(chosenColumns.contains) : []
            let task = try persona.startExport(form: form, choice: choice, columns: chosen, path: path.path)
            let work = Task { try await task.run { written = $0.written } }
            self.work = work
            exported = try await work.value
            file = path
        } catch {
            let problem = Problem(error)
            if !problem.isCancelled { self.problem = problem }
        }
    }

    /// Stops it; no file stays.
    public func stop() { work?.cancel() }

    /// Removes the file.
    public func forget() {
        stop()
        forgetFile()
        try? FileManager.default.removeItem(at: folder)
    }

    private func forgetFile() { (file, exported, problem) = (nil, nil, nil) }
}
