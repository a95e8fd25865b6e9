// Where the profile's backups go, how old the last one is, and making one now. What happened with the last try is the core's to
// remember: it stands in the vault.
import Foundation
import Observation
import TekramCore

/// me_backup and me_backup_server.
@MainActor
@Observable
public final class BackupModel {
    /// Whether the plan could be read; empty without a place for backups.
    public private(set) var phase: Phase = .loading
    /// Where backups go, and how the last one ended.
    public private(set) var plan: BackupPlan?
    /// There are recovery words: without, only the passphrase opens a backup.
    public private(set) var hasWords = false
    /// Address of the server's folder, as it is typed.
    public var serverAddress = ""
    /// User name at the server.
    public var serverUser = ""
    /// Password at the server.
    public var serverPassword = ""
    /// The person says that the server is in their own network.
    public var serverInHomeNetwork = false
    /// A server is being tried.
    public private(set) var isTrying = false
    /// The form for a server is open; it closes when the server is used.
    public var isTypingServer = false
    /// The backup that was just made.
    public private(set) var made: BackedUp?
    /// Making one.
    public let work = LongWork()
    /// Why the last change did not work.
    public private(set) var problem: Problem?

    private let persona: Persona

    /// For `persona`.
    public init(persona: Persona) {
        self.persona = persona
    }

    /// Reads the plan.
    public func load() {
        do {
            plan = try persona.backupPlan()
            hasWords = try persona.ways().contains { $0.kind == .recoveryPhrase }
            phase = .loaded(plan == nil)
        } catch {
            phase = .ended(error)
        }
    }

    /// Reads the plan, and again after each change, until the screen is left: a daily backup may end meanwhile.
    public func follow() async { await persona.follow { load() } }

    /// What the person reads of how old the last backup is.
    public func age(now: Date = .now, calendar: Calendar = .current) -> String {
        guard let last = plan?.lastMs.map(Moments.date) else { return Words.text("me_backup_never") }
        if now.timeIntervalSince(last) < 600 { return Words.text("me_backup_now_ago") }
        if calendar.isDate(last, inSameDayAs: now) { return Words.text("me_backup_today") }
        return Words.plural("me_backup_days_ago", Self.days(from: last, to: now, calendar))
    }

    /// The last backup is so old that the person should hear of it.
    public func isOld(now: Date = .now) -> Bool {
        guard let last = plan?.lastMs.map(Moments.date) else { return false }
        return now.timeIntervalSince(last) > Self.oldAfterSeconds
    }

    private nonisolated static let oldAfterSeconds: TimeInterval = 7 * 24 * 3_600

    private static func days(from last: Date, to now: Date, _ calendar: Calendar) -> Int {
        let days = calendar.dateComponents(
            [.day], from: calendar.startOfDay(for: last), to: calendar.startOfDay(for: now)
        ).day
        return max(1, days ?? 1)
    }

    /// The last try did not work because the folder may not be written to any more.
    public var mustChooseFolderAnew: Bool {
        plan?.lastProblem == "backup_folder_needed"
    }

    /// From now on backups go into the folder that the picker named.
    public func use(_ folder: URL) {
        change {
            let place = try DeviceFolder(picked: folder)
            try persona.useBackupFolder(name: place.name, reference: place.reference)
            work.forget()
        }
    }

    /// A server can be tried.
    public var mayTryServer: Bool { !serverAddress.isEmpty && !isTrying }

    /// Tries the server that was typed, and uses it from now on.
    public func useServer() async {
        guard mayTryServer else { return }
        isTrying = true
        problem = nil
        defer { isTrying = false }
        let (persona, user, password, isHome) = (persona, serverUser, serverPassword, serverInHomeNetwork)
        let address = serverAddress.trimmingCharacters(in: .whitespacesAndNewlines)
        do {
            try await persona.useBackupServer(url: address, user: user, password: password, inHomeNetwork: isHome)
            forget()
            (serverAddress, serverUser, serverInHomeNetwork, isTypingServer) = ("", "", false, false)
        } catch {
            problem = Problem(error)
        }
        load()
    }

    /// Whether a backup is made every day.
    public var isDaily: Bool {
        get { plan?.daily ?? false }
        set { change { try persona.setBackupDaily(daily: newValue) } }
    }

    /// Backups go nowhere any more.
    public func forgetPlace() {
        change { try persona.forgetBackupPlace() }
        work.forget()
        made = nil
    }

    /// Makes a backup now.
    public func backUp() async {
        (made, problem) = (nil, nil)
        let persona = persona
        await work.run {
            try persona.startBackup(folder: persona.backupFolder())
        } done: { _, report in
            made = report
        }
        load()
    }

    /// Wipes what was typed as a secret.
    public func forget() { serverPassword = "" }

    private func change(_ call: () throws -> Void) {
        do {
            try call()
            problem = nil
        } catch is HostError {
            problem = Problem(name: "backup_folder_needed")
        } catch {
            problem = Problem(error)
        }
        load()
    }
}

/// Where it goes, how long ago and how large, in words.
extension BackupPlan {
    /// Key of the word for the kind of place.
    public var kindKey: String {
        switch kind {
        case .folder: "me_backup_place_folder"
        case .server: inHomeNetwork ? "me_backup_place_home" : "me_backup_place_server"
        }
    }

    /// When the last backup was made and how large its file is; nothing when none was.
    public var lastText: String? {
        lastMs.map { Words.text("me_backup_last", Moments.dayAndTime($0), Sizes.text(lastBytes ?? 0)) }
    }
}

extension Problem {
    /// The sentence where a place of backups is shown or typed: an address that was refused because it is private, or not encrypted,
    /// points to the switch for it.
    public var placeText: String {
        let home = Words.text("me_backup_server_home")
        return switch name {
        case "private_address": Words.text("me_backup_server_private", home)
        case "insecure_server": Words.text("me_backup_server_insecure", home)
        default: text
        }
    }
}

/// Sizes of files as the platform writes them.
public enum Sizes {
    /// A number of bytes.
    public static func text(_ bytes: UInt64) -> String {
        ByteCountFormatter.string(fromByteCount: Int64(clamping: bytes), countStyle: .file)
    }
}

extension Persona {
    /// The folder that backups go to, held open; nothing when they go elsewhere, or when it is gone: then the core says that it
    /// needs it, and keeps that as the last problem.
    func backupFolder() throws -> DeviceFolder? {
        try backupFolderReference().flatMap { try? DeviceFolder(reference: $0) }
    }
}
