// Backups into a folder of the picker: made now, made every day, and said when they do not work. Against the real core.
import Foundation
import TekramCore
import Testing

@testable import TekramKit

@MainActor
@Suite struct BackupTests {
    private let folder: URL
    private let backups: URL
    private let app: AppModel

    init() async throws {
        folder = try TestProfile.newFolder()
        backups = try TestProfile.newFolder()
        app = AppModel(agent: try TestProfile.device(in: folder))
        app.opened(try await app.agent.createPersona(name: "Home", passphrase: TestProfile.passphrase), isNew: true)
    }

    private func persona() throws -> Persona { try #require(app.persona) }

    /// A backup of the open profile, made by its screen.
    private func backedUp() async throws -> BackupModel {
        let model = BackupModel(persona: try persona())
        model.use(backups)
        await model.backUp()
        #expect(model.problem == nil && model.work.problem == nil)
        return model
    }

    private func backupFile() throws -> URL {
        let files = try FileManager.default.contentsOfDirectory(at: backups, includingPropertiesForKeys: nil)
        #expect(files.count == 1)
        return try #require(files.first)
    }

    @Test func withoutAPlaceThereIsNoBackup() throws {
        let model = BackupModel(persona: try persona())
        model.load()
        #expect(model.phase == .empty)
        #expect(model.plan == nil && !model.hasWords)
        #expect(model.age() == Words.text("me_backup_never"))
    }

    @Test func aBackupIsMadeIntoTheChosenFolderAndItsAgeIsShown() async throws {
        let model = BackupModel(persona: try persona())
        model.use(backups)
        #expect(model.plan?.kind == .folder)
        #expect(model.plan?.place == backups.lastPathComponent)
        #expect(model.isDaily && model.plan?.due == true)
        #expect(model.plan?.lastText == nil)
        await model.backUp()
        #expect(model.problem == nil && model.work.problem == nil)
        #expect(model.made?.newFile == true)
        #expect(model.plan?.lastMs == model.made?.madeMs)
        #expect(model.plan?.due == false)
        #expect(model.age() == Words.text("me_backup_now_ago"))
        #expect(try backupFile().lastPathComponent == model.made?.name)

        await model.backUp()
        #expect(model.made?.newFile == false, "the second is added to the first")
        _ = try backupFile()

        let made = try #require(model.plan?.lastMs)
        let days = { (days: Double) in Moments.date(made).addingTimeInterval(days * 86_400) }
        #expect(model.age(now: days(1)) == Words.plural("me_backup_days_ago", 1))
        #expect(model.age(now: days(9)) == Words.plural("me_backup_days_ago", 9))
        #expect(!model.isOld(now: days(6)) && model.isOld(now: days(8)))

        model.isDaily = false
        #expect(model.plan?.daily == false)
        model.forgetPlace()
        #expect(model.phase == .empty)
        #expect(FileManager.default.fileExists(atPath: try backupFile().path), "what was made stays")
    }

    @Test func aFolderThatIsGoneIsSaid() async throws {
        let model = try await backedUp()
        try FileManager.default.removeItem(at: backups)
        await model.backUp()
        #expect(model.made == nil)
        #expect(model.mustChooseFolderAnew)
        try FileManager.default.createDirectory(at: backups, withIntermediateDirectories: true)
        model.use(backups)
        #expect(!model.mustChooseFolderAnew)
        await model.backUp()
        #expect(model.made?.newFile == true)
    }

    @Test func aServerThatCannotBeReachedIsNotUsed() async throws {
        let model = BackupModel(persona: try persona())
        model.isTypingServer = true
        model.serverAddress = " https://127.0.0.1:9/backups "
        model.serverUser = "ada"
        model.serverPassword = "secret"
        #expect(model.mayTryServer)
        await model.useServer()
        #expect(model.problem != nil)
        #expect(model.plan == nil && model.isTypingServer)
        #expect(model.serverPassword == "secret", "it can be tried again")
        model.forget()
        #expect(model.serverPassword.isEmpty)
    }

    @Test func aServerInTheHomeNetworkIsUsedOnlyWhenThePersonSaysThatItIsThere() async throws {
        let server = try HomeServer()
        let model = BackupModel(persona: try persona())
        let refused = { (address: String) async -> String? in
            model.isTypingServer = true
            (model.serverAddress, model.serverUser, model.serverPassword) = (address, "ada", "secret")
            await model.useServer()
            return model.problem?.name
        }
        let home = Words.text("me_backup_server_home")
        #expect(await refused(server.url) == "insecure_server")
        #expect(model.problem?.placeText == Words.text("me_backup_server_insecure", home))
        #expect(await refused(server.url.replacingOccurrences(of: "http:", with: "https:")) == "private_address")
        #expect(model.problem?.placeText == Words.text("me_backup_server_private", home))
        model.serverInHomeNetwork = true
        // Without encryption nothing goes to a place that is not at home after all (RFC 5737, section 3).
        #expect(await refused("http://192.0.2.1/dav/") == "insecure_server")
        #expect(model.plan == nil && model.isTypingServer)

        #expect(await refused(server.url) == nil)
        #expect(model.plan?.kind == .server && model.plan?.inHomeNetwork == true)
        #expect(model.plan?.kindKey == "me_backup_place_home")
        #expect(!model.isTypingServer && !model.serverInHomeNetwork, "the next server is asked about anew")
    }

    @Test func whatHasNothingToDoWithTheSwitchKeepsItsWords() {
        let problem = Problem(name: "access_refused")
        #expect(problem.placeText == problem.text)
    }

    @Test func theDailyBackupIsMadeWhenItIsDueAndOnlyThen() async throws {
        let daily = DailyBackup(persona: try persona())
        #expect(await !daily.backUpIfDue(), "there is no place for it")
        let model = BackupModel(persona: try persona())
        model.use(backups)
        #expect(await daily.backUpIfDue())
        #expect(await !daily.backUpIfDue(), "it was made just now")
        model.load()
        #expect(model.plan?.lastMs != nil && model.plan?.lastProblem == nil)
        model.isDaily = false
        #expect(await !daily.backUpIfDue())
    }

    @Test func whileTheProfileIsOpenItIsAskedForEachHour() async throws {
        let clock = HandClock()
        let daily = DailyBackup(persona: try persona(), clock: clock.clock)
        let following = Task { await daily.follow() }
        for _ in 0..<20 { try await Task.sleep(for: .milliseconds(1)) }
        let model = BackupModel(persona: try persona())
        model.use(backups)
        clock.turn(by: .seconds(3_599))
        for _ in 0..<20 { try await Task.sleep(for: .milliseconds(1)) }
        model.load()
        #expect(model.plan?.lastMs == nil)
        clock.turn(by: .seconds(1))
        try await within { @MainActor in
            while model.plan?.lastMs == nil {
                try await Task.sleep(for: .milliseconds(5))
                model.load()
            }
        }
        following.cancel()
        await following.value
    }

    @Test func aDailyBackupThatDoesNotWorkIsQuietAndRemembered() async throws {
        let model = BackupModel(persona: try persona())
        model.use(backups)
        try FileManager.default.removeItem(at: backups)
        #expect(await !DailyBackup(persona: try persona()).backUpIfDue())
        model.load()
        #expect(model.mustChooseFolderAnew)
        #expect(model.plan?.due == true)
        #expect(!FileManager.default.fileExists(atPath: backups.path), "no other folder takes its place unseen")
    }
}
