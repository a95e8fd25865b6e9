// A profile from everything that was taken along in one file, with the same keys and entries.
import Foundation
import Observation
import TekramCore

/// start_restore_move_in.
@MainActor
@Observable
public final class MoveInModel {
    /// Name of the chosen file.
    public private(set) var fileName: String?
    /// What the file was sealed with; it opens the new profile, too.
    public var passphrase = ""
    /// A profile of that name is here already.
    public private(set) var isNameTaken = false
    /// The name that it gets instead.
    public var newName = ""
    /// The work itself.
    public let work = LongWork()
    /// What was in the file, once it is a profile.
    public private(set) var movedIn: MovedIn?

    private let app: AppModel
    private var file: DeviceFile?
    private let profile: NewProfile

    /// For `app`.
    public init(app: AppModel) {
        self.app = app
        profile = NewProfile(app: app)
    }

    /// Turns to the file that the picker named.
    public func choose(_ file: URL) {
        self.file = DeviceFile(file)
        fileName = file.lastPathComponent
        isNameTaken = false
        work.forget()
    }

    private var trimmedName: String { newName.trimmingCharacters(in: .whitespacesAndNewlines) }

    /// Everything was said.
    public var mayMoveIn: Bool {
        file != nil && !passphrase.isEmpty && !work.isRunning && (!isNameTaken || !trimmedName.isEmpty)
    }

    /// Makes the profile of the file.
    public func moveIn() async {
        guard mayMoveIn, let file else { return }
        let (agent, passphrase, name) = (app.agent, passphrase, isNameTaken ? trimmedName : nil)
        await work.run {
            try agent.startMoveIn(path: file.place.path, passphrase: passphrase, newName: name)
        } done: { work, report in
            movedIn = report
            profile.made(work.persona())
            self.passphrase = ""
        }
        if work.problem?.name == "vault_exists" { isNameTaken = true }
    }

    /// Goes on with the new profile.
    public func open() { profile.open() }

    /// The screen was left: what was made and not opened is locked, and what was typed is wiped.
    public func leave() {
        work.stop()
        passphrase = ""
        file = nil
        profile.leave()
    }
}

/// A file outside the app's own folders, which the system lets it read as long as somebody holds this.
private final class DeviceFile {
    let place: URL
    private let isOpened: Bool

    init(_ place: URL) {
        self.place = place
        #if canImport(Darwin)
            isOpened = place.startAccessingSecurityScopedResource()
        #else
            isOpened = false
        #endif
    }

    deinit {
        #if canImport(Darwin)
            if isOpened { place.stopAccessingSecurityScopedResource() }
        #endif
    }
}
