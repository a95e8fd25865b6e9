// The backup that is made every day by itself, quietly, while the profile is open. Whether one is due is the core's rule, and how
// it ended stands in the vault, where the screen of backups reads it.
import Foundation
import TekramCore

/// Makes the daily backup of one open profile.
@MainActor
public final class DailyBackup {
    /// Asks this often whether one is due; after one that did not work, too.
    private nonisolated static let asksEvery: Duration = .seconds(3_600)

    private let persona: Persona
    private let clock: AppClock
    private var isRunning = false

    /// For `persona`.
    public init(persona: Persona, clock: AppClock = .device) {
        (self.persona, self.clock) = (persona, clock)
    }

    /// Makes one now if it is due, and again whenever it is, until the profile's rooms are left.
    public func follow() async {
        while !Task.isCancelled {
            await backUpIfDue()
            guard (try? await clock.sleep(clock.now() + Self.asksEvery)) != nil else { return }
        }
    }

    /// Makes one if it is due. True when it was made.
    @discardableResult
    public func backUpIfDue() async -> Bool {
        guard !isRunning, let plan = try? persona.backupPlan(), plan.due else { return false }
        isRunning = true
        defer { isRunning = false }
        do {
            _ = try await persona.startBackup(folder: persona.backupFolder()).run { _ in }
            return true
        } catch {
            return false
        }
    }
}
