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
    /// The file with the history, to hand on.
    public private(set) var history: URL?
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

    /// Writes the history with everything.
    public func writeHistory() async {
        let persona = persona
        let file = folder.appending(path: ExportForm.jsonLines.fileName)
        await write {
            try? FileManager.default.removeItem(at: file)
            _ = try await persona.startExport(form: .jsonLines, choice: ListenChoice(), path: file.path).run { _ in }
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
        (history, agreements) = (nil, [])
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
