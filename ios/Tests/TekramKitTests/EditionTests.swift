// The edition: which payment methods a build leaves out, its proxy, the licences, and the diagnostic log that leaves the
// phone by hand alone.
import Foundation
import TekramCore
import Testing

@testable import TekramKit

@Suite struct EditionTests {
    /// The settings of the Xcode project, as `ios/App/project.yml` has them.
    private func projectLines() throws -> [String] {
        let app = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../App/project.yml")
        return try String(contentsOf: app, encoding: .utf8).components(separatedBy: "\n")
    }

    @Test func theAppStoresBuildHasBothGiftRailsOffAndTheOthersNone() throws {
        let lines = try projectLines()
        let settings = lines.filter { $0.contains("TEKRAM_RAILS_OFF: ") }
        let named = settings.map { $0.components(separatedBy: "\"")[1] }
        #expect(named.count == 2)
        // The first holds for every configuration, the second for the one that the App Store gets.
        #expect(Edition.railsOff(named: named[0]).isEmpty)
        let release = try #require(lines.firstIndex { $0.trimmingCharacters(in: .whitespaces) == "Release:" })
        #expect(lines[release + 1].contains("TEKRAM_RAILS_OFF: "))
        #expect(Edition.railsOff(named: named[1]) == [.cashu, .handOff])
    }

    @Test func railsAreNamedInAnyOrder() {
        #expect(Edition.railsOff(named: "") == [])
        #expect(Edition.railsOff(named: "hand_off") == [.handOff])
        #expect(Edition.railsOff(named: " hand_off,cashu ") == [.cashu, .handOff])
    }

    @Test func aNameThatIsNotKnownLeavesNothingOn() {
        #expect(Edition.railsOff(named: "cashu handoff") == Edition.rails)
        #expect(Edition.railsOff(named: "none") == Edition.rails)
    }

    @Test func aProxyIsAnAddressThatTheCoreTakes() throws {
        #expect(Edition.proxy(typed: " socks5://127.0.0.1:9050 ") == "socks5://127.0.0.1:9050")
        for typed in ["http://proxy.example:8080", "socks5h://localhost:1080"] {
            let proxy = try #require(Edition.proxy(typed: typed))
            let settings = AgentSettings(
                dataFolder: try TestProfile.newFolder().path, allow: [], proxy: proxy, railsOff: [], zone: "UTC")
            let agent = try Agent.open(settings: settings, keyStore: nil, location: nil, connectivity: nil)
            try agent.close()
        }
        for typed in ["", "proxy.example", "https://proxy.example", "ftp://proxy.example", "socks5://", "javascript:x"]
        {
            #expect(Edition.proxy(typed: typed) == nil, "\(typed)")
        }
    }

    @Test func theLogIsARingOfNumbers() throws {
        let file = try TestProfile.newFolder().appending(path: "log.txt")
        let log = DiagnosticLog(file: file, capacity: 4, now: { Date(timeIntervalSince1970: 1_000) })
        #expect(log.lines.isEmpty)
        log.note(.started)
        for code in 1...6 { log.note(.coreError, code: Int64(code)) }
        #expect(log.lines == ["1000 3 3", "1000 3 4", "1000 3 5", "1000 3 6"])
        // Another run goes on where this one stopped.
        DiagnosticLog(file: file, capacity: 4, now: { Date(timeIntervalSince1970: 2_000) }).note(.jobStopped, code: -1)
        #expect(log.lines.last == "2000 8 -1")
        #expect(try Data(contentsOf: file).count == 4 * 256)
        log.clear()
        #expect(log.lines.isEmpty)
    }

    @Test func aDamagedLogIsReadAsFarAsItGoes() throws {
        let file = try TestProfile.newFolder().appending(path: "log.txt")
        let log = DiagnosticLog(file: file, now: { Date(timeIntervalSince1970: 1) })
        log.note(.started)
        log.note(.keyFailed, code: 7)
        var bytes = try Data(contentsOf: file)
        bytes.replaceSubrange(256..<300, with: Data(repeating: 0xFF, count: 44))
        try bytes.write(to: file)
        #expect(log.lines == ["1 9 7"])
    }

    @Test func theLogIsWrittenFromManyThreadsWithoutLosingALine() async throws {
        let log = DiagnosticLog(file: try TestProfile.newFolder().appending(path: "log.txt"))
        await withTaskGroup(of: Void.self) { group in
            for code in 0..<40 { group.addTask { log.note(.coreError, code: Int64(code)) } }
        }
        #expect(Set(log.lines.compactMap { $0.split(separator: " ").last }).count == 40)
    }

    @Test func anErrorOfTheCoreIsNotedByItsNumberAlone() async throws {
        let file = try TestProfile.newFolder().appending(path: "log.txt")
        let log = DiagnosticLog(file: file)
        CoreErrors.note(in: log)
        defer { CoreErrors.note(in: nil) }
        let profile = try await TestProfile.make(name: "Somebody")
        let unknown = Problem(try #require(failure { try profile.agent.deletePersona(id: "nobody") }))
        #expect(unknown.code > 0)
        #expect(log.lines.contains { $0.hasSuffix(" 3 \(unknown.code)") })
        let text = try String(contentsOf: file, encoding: .utf8)
        #expect(!text.contains("nobody") && !text.contains("Somebody"))
    }
}

/// How `call` failed.
private func failure(_ call: () throws -> Void) -> (any Error)? {
    do {
        try call()
        return nil
    } catch {
        return error
    }
}

@MainActor
@Suite struct AboutTests {
    private func about(licences: URL? = nil, log: DiagnosticLog? = nil, railsOff: [RailKind] = []) throws -> AboutModel
    {
        let edition = Edition(railsOff: railsOff, licences: licences, log: log)
        return AboutModel(edition: edition, folder: try TestProfile.newFolder().appending(path: "about"))
    }

    @Test func railsThatAreOffAreSaid() throws {
        let model = try about(railsOff: [.handOff])
        #expect(Edition.rails.map(model.isOff) == [false, true])
        #expect(!model.version.isEmpty)
    }

    @Test func theLogIsAFileOnceThePersonAsksForIt() throws {
        let log = DiagnosticLog(file: try TestProfile.newFolder().appending(path: "log.txt"))
        let model = try about(log: log)
        model.writeLog()
        #expect(model.saved == .empty)
        #expect(model.logFile == nil)
        log.note(.started)
        model.writeLog()
        let file = try #require(model.logFile)
        #expect(try String(contentsOf: file, encoding: .utf8).hasPrefix("tekram diagnostic log 1: "))
        model.logMoved(true)
        #expect(model.saved == .saved)
        model.forget()
        #expect(!FileManager.default.fileExists(atPath: file.path))
    }

    @Test func theLicencesAreReadInParagraphsAndMissingOnesAreSaid() throws {
        let page = try TestProfile.newFolder().appending(path: "licences.txt")
        try "One\nand two\n\n\nThree\n".write(to: page, atomically: true, encoding: .utf8)
        let model = try about(licences: page)
        model.readLicences()
        #expect(model.licencesPhase == .ready)
        #expect(model.licences == ["One\nand two", "Three"])
        let none = try about()
        none.readLicences()
        #expect(none.licencesPhase == .empty)
    }
}
