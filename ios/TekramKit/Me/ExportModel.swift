// Taking everything along: the history in an open format and every signed agreement, byte for byte, into a folder that
// the person then hands on. The files are not encrypted, and the folder goes when the screen is left.
import Foundation
import Observation
import TekramCore

/// me_export.
@MainActor
@Observable
public final class ExportModel {
    /// Something is being written.
    public private(set) var isBusy = false
    /// The form that the history is written in; another one makes another file.
    public var form: ExportForm = .jsonLines {
        didSet { if form != oldValue { (history, exported, problem) = (nil, nil, nil) } }
    }
    /// The file with the history, to hand on.
    public private(set) var history: URL?
    /// What is in that file, and what its form could not hold.
    public private(set) var exported: Exported?
    /// One file for each signed agreement.
    public private(set) var agreements: [URL] = []
    /// Why it did not work.
    public private(set) var problem: Problem?

    private let persona: Persona
    private let folder: URL

    /// For `persona`; `folder` is a place of this screen alone.
    public init(persona: Persona, folder: URL) {
        self.persona = persona
        self.folder = folder
    }

    /// Writes the history in the chosen form.
    public func writeHistory() async {
        let (persona, form) = (persona, form)
        let name = form == .jsonLines ? "tekram-history.jsonl" : "tekram-listenbrainz.jsonl"
        let file = folder.appending(path: name)
        await write {
            try? FileManager.default.removeItem(at: file)
            exported = try await persona.export(form: form, path: file.path)
            history = file
        }
    }

    /// Writes every agreement as its signed bytes.
    public func writeAgreements() async {
        let (persona, folder) = (persona, folder)
        await write {
            var written: [URL] = []
            for relation in try persona.relations() {
                for agreement in try persona.relation(party: relation.party).agreements {
                    let file = folder.appending(path: "agreement-\(agreement.record).json")
                    try persona.agreementBytes(record: agreement.record).write(to: file)
                    written.append(file)
                }
            }
            agreements = written
        }
    }

    /// Removes the files.
    public func forget() {
        try? FileManager.default.removeItem(at: folder)
        (history, exported, agreements) = (nil, nil, [])
    }

    private func write(_ call: () async throws -> Void) async {
        guard !isBusy else { return }
        isBusy = true
        problem = nil
        defer { isBusy = false }
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try await call()
        } catch {
            problem = Problem(error)
        }
    }
}
