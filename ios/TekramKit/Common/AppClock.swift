// The time that the lock goes by. It runs on while the device sleeps, and nobody can set it back.

/// A clock and its alarm; tests bring one that they turn by hand.
public struct AppClock: Sendable {
    /// What time it is.
    public let now: @Sendable () -> ContinuousClock.Instant
    /// Waits until that time; where the system let the app rest meanwhile, it ends as soon as the app runs again.
    public let sleep: @Sendable (_ until: ContinuousClock.Instant) async throws -> Void

    /// A clock of one's own.
    public init(
        now: @escaping @Sendable () -> ContinuousClock.Instant,
        sleep: @escaping @Sendable (_ until: ContinuousClock.Instant) async throws -> Void
    ) {
        (self.now, self.sleep) = (now, sleep)
    }

    /// The device's.
    public static let device = AppClock(now: { .now }, sleep: { try await Task.sleep(until: $0, clock: .continuous) })
}
