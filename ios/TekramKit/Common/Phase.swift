// What a part of a screen is doing: loading, showing something, or saying why it cannot. Every view model that loads
// has one, so that each screen has its loading, empty, error and offline state by construction.

/// The state of something that is loaded.
public enum Phase: Equatable, Sendable {
    /// Asked for, not there yet.
    case loading
    /// Loaded, and there is nothing.
    case empty
    /// Loaded; the view model holds it.
    case ready
    /// The core refused or failed.
    case failed(Problem)
    /// It needs a network and there is none.
    case offline
    /// The profile was locked meanwhile.
    case locked

    /// What a screen is at whose call ended with `error`.
    public static func ended(_ error: any Error) -> Phase {
        let problem = Problem(error)
        if problem.isLocked { return .locked }
        return problem.isOffline ? .offline : .failed(problem)
    }

    /// `ready`, or `empty` when there is nothing.
    public static func loaded(_ isEmpty: Bool) -> Phase { isEmpty ? .empty : .ready }
}
