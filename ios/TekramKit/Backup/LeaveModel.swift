// Leaving with everything in one file: sealed with a passphrase, keys included, to move in elsewhere; or in the clear and without
// keys, for other programs. The file goes when the screen is left; the person hands it on before.
import Foundation
import Observation
import TekramCore

/// me_leave.
@MainActor
@Observable
public final class LeaveModel {
    /// Passphrase for the file.
    public var passphrase = ""
    /// The same again.
    public var passphraseAgain = ""
    /// The file, to hand on.
    public private(set) var file: URL?
    /// What is in it.
    public private(set) var exported: VaultExported?
    /// Writing it.
    public let work = LongWork()

    private let persona: Persona
    private let folder: URL

    /// For `persona`; `folder` is a place of this screen alone.
    public init(persona: Persona, folder: URL) {
        (self.persona, self.folder) = (persona, folder)
    }

    /// Both passphrases were typed and are the same.
    public var passphraseFits: Bool { !passphrase.isEmpty && passphrase == passphraseAgain }

    /// Writes everything, sealed.
    public func writeSealed() async {
        let (persona, passphrase) = (persona, passphrase)
        await write("tekram-everything.zip.age") { try persona.startSealedExport(path: $0, passphrase: passphrase) }
    }

    /// Writes what other programs can read, in the clear.
    public func writeOpen() async {
        let persona = persona
        await write("tekram-everything.zip") { try persona.startOpenExport(path: $0) }
    }

    private func write(_ name: String, _ begin: (String) throws -> VaultExportTask) async {
        forget()
        let place = folder.appending(path: name)
        await work.run {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            return try begin(place.path)
        } done: { _, report in
            (file, exported) = (place, report)
            (passphrase, passphraseAgain) = ("", "")
        }
    }

    /// Removes what was written.
    public func forget() {
        try? FileManager.default.removeItem(at: folder)
        (file, exported) = (nil, nil)
    }

    /// The screen was left.
    public func leave() {
        work.stop()
        forget()
        (passphrase, passphraseAgain) = ("", "")
    }
}
