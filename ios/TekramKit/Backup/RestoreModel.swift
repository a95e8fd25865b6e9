// A profile from a backup: where the backup lies, which one and which state, what opens it, and what became of it. A damaged one is
// not restored as a whole; what can still be read of it is saved into a new profile.
import Foundation
import Observation
import TekramCore

/// start_restore.
@MainActor
@Observable
public final class RestoreModel {
    /// Whether the place could be looked through; nothing before one was chosen.
    public private(set) var phase: Phase?
    /// The backups in it, newest first.
    public private(set) var backups: [BackupFile] = []
    /// Address of a server's folder, as it is typed.
    public var serverAddress = ""
    /// User name at the server.
    public var serverUser = ""
    /// Password at the server.
    public var serverPassword = ""
    /// The person says that the server is in their own network.
    public var serverInHomeNetwork = false

    /// The backup to restore.
    public private(set) var chosen: BackupFile?
    /// Number of the state in it; nothing: the newest.
    public var state: UInt32?
    /// What opens it.
    public var key: StartModel.Way = .words
    /// Recovery words, separated by spaces.
    public var words = ""
    /// The passphrase that the profile had.
    public var passphrase = ""
    /// The profile itself is on this device already.
    public private(set) var isHere = false
    /// It is open; it has to be locked before a backup takes its place.
    public private(set) var isOpenHere = false
    /// The one that is here is deleted for good, and the restored one takes its place.
    public var replaces = false
    /// Another profile has its name already, so it needs a new one.
    public private(set) var isNameTaken = false
    /// The name that the restored profile, or the saved one, gets.
    public var newName = ""
    /// The new passphrase of what is saved from a damaged backup.
    public var newPassphrase = ""
    /// The same again.
    public var newPassphraseAgain = ""

    /// The backup is damaged; what can be read can be saved.
    public private(set) var isDamaged = false
    /// The work itself.
    public let work = LongWork()
    /// What was restored.
    public private(set) var restored: Restored?
    /// What was saved of a damaged backup.
    public private(set) var rescued: Rescued?

    private let app: AppModel
    private var source: BackupSource?
    private let profile: NewProfile

    /// For `app`.
    public init(app: AppModel) {
        self.app = app
        profile = NewProfile(app: app)
    }

    // MARK: The place

    /// Looks through the folder, or at the file, that the picker named.
    public func look(in place: URL) async {
        do {
            let folder = try DeviceFolder(picked: place)
            await look(in: BackupSource.folder(folder: folder))
        } catch {
            phase = .failed(Problem(name: "no_such_backup_place"))
        }
    }

    /// Looks through the folder of the server that was typed.
    public func lookOnServer() async {
        let address = serverAddress.trimmingCharacters(in: .whitespacesAndNewlines)
        await look(
            in: BackupSource.server(
                url: address, user: serverUser, password: serverPassword, inHomeNetwork: serverInHomeNetwork))
    }

    private func look(in source: BackupSource) async {
        self.source = source
        (phase, backups, chosen) = (.loading, [], nil)
        do {
            backups = try await app.agent.backups(source: source).reversed()
            phase = .loaded(backups.isEmpty)
            if backups.count == 1, let only = backups.first { choose(only) }
        } catch {
            phase = .ended(error)
        }
    }

    /// Goes back to choosing a place.
    public func anotherPlace() {
        forget()
        (phase, backups, chosen, source) = (nil, [], nil, nil)
        work.forget()
    }

    // MARK: The backup

    /// Turns to a backup, and to what opens it.
    public func choose(_ backup: BackupFile) {
        (chosen, state, isNameTaken, isDamaged, replaces) = (backup, nil, false, false, false)
        isHere = (try? app.personas().contains { $0.id == backup.vaultId }) ?? false
        isOpenHere = app.persona?.id() == backup.vaultId
        key = backup.opensWithWords || !backup.opensWithPassphrase ? .words : .passphrase
        work.forget()
    }

    /// What opens the chosen backup.
    public var keys: [StartModel.Way] {
        guard let chosen else { return [] }
        return (chosen.opensWithWords ? [.words] : []) + (chosen.opensWithPassphrase ? [.passphrase] : [])
    }

    /// How many recovery words were typed.
    public var wordCount: Int { words.split(whereSeparator: \.isWhitespace).count }

    /// What opens it was typed.
    private var hasKey: Bool { key == .passphrase ? !passphrase.isEmpty : wordCount > 0 }

    private var trimmedName: String { newName.trimmingCharacters(in: .whitespacesAndNewlines) }

    /// Everything that restoring needs was said.
    public var mayRestore: Bool {
        chosen != nil && hasKey && !work.isRunning && !isOpenHere && (!isHere || replaces)
            && (!isNameTaken || !trimmedName.isEmpty)
    }

    /// Restores the chosen state.
    public func restore() async {
        guard mayRestore, let source, let chosen else { return }
        let options = RestoreOptions(
            state: state, newName: isNameTaken ? trimmedName : nil, replace: isHere && replaces)
        let (agent, key, words, passphrase) = (app.agent, key, words, passphrase)
        await work.run {
            switch key {
            case .words, .phone:
                try agent.startRestoreWithWords(source: source, name: chosen.name, words: words, options: options)
            case .passphrase:
                try agent.startRestoreWithPassphrase(
                    source: source, name: chosen.name, passphrase: passphrase, options: options)
            }
        } done: { work, report in
            restored = report
            profile.made(work.persona())
            forget()
        }
        switch work.problem?.name {
        case "vault_exists": isNameTaken = true
        case "backup_damaged", "damaged": isDamaged = true
        default: break
        }
    }

    // MARK: What is left of a damaged one

    /// Both new passphrases were typed and are the same.
    public var passphraseFits: Bool { !newPassphrase.isEmpty && newPassphrase == newPassphraseAgain }

    /// Everything that saving needs was said.
    public var maySalvage: Bool {
        isDamaged && hasKey && passphraseFits && !trimmedName.isEmpty && !work.isRunning
    }

    /// Saves what can be read of the chosen backup into a new profile.
    public func salvage() async {
        guard maySalvage, let source, let chosen else { return }
        let (agent, key, words, passphrase) = (app.agent, key, words, passphrase)
        let (name, newPassphrase) = (trimmedName, newPassphrase)
        await work.run {
            switch key {
            case .words, .phone:
                try agent.startSalvageWithWords(
                    source: source, name: chosen.name, words: words, newName: name, newPassphrase: newPassphrase)
            case .passphrase:
                try agent.startSalvageWithPassphrase(
                    source: source, name: chosen.name, passphrase: passphrase, newName: name,
                    newPassphrase: newPassphrase)
            }
        } done: { work, report in
            rescued = report
            profile.made(work.persona())
            forget()
        }
    }

    // MARK: The end

    /// Goes on with the profile that was made.
    public func open() { profile.open() }

    /// The screen was left: what was made and not opened is locked, and what was typed is wiped.
    public func leave() {
        work.stop()
        forget()
        profile.leave()
    }

    /// Wipes what was typed as a secret.
    public func forget() {
        (words, passphrase, newPassphrase, newPassphraseAgain, serverPassword) = ("", "", "", "", "")
    }
}

extension BackupDamage {
    /// Where it is, in words: states are counted from one.
    public var text: String {
        let place = Words.text("start_restore_part_state", state + 1)
        return pages > 0
            ? Words.plural("start_restore_damage_pages", pages, place) : Words.text("start_restore_damage_part", place)
    }
}
