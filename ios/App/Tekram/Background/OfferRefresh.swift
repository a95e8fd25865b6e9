// Looks for offers when iOS wakes the app. iOS decides when, and may never do it; the screens say so. It works on what is
// unlocked at that moment: a locked profile stays locked, and then there is nothing to look for.
import BackgroundTasks
import Foundation

enum OfferRefresh {
    static let identifier = "org.tekram.app.offers"
    private static let soonest: TimeInterval = 15 * 60

    /// Must run before the app has finished launching.
    static func register(_ look: @escaping @Sendable () async -> Bool) {
        BGTaskScheduler.shared.register(forTaskWithIdentifier: identifier, using: nil) { given in
            // BGTask is safe to finish from any thread; its declaration does not say so.
            nonisolated(unsafe) let task = given
            ask()
            let looking = Task {
                let looked = await look()
                task.setTaskCompleted(success: looked)
            }
            task.expirationHandler = { looking.cancel() }
        }
    }

    /// Asks to be woken. Refused on the simulator and where the person switched background refresh off.
    static func ask() {
        let request = BGAppRefreshTaskRequest(identifier: identifier)
        request.earliestBeginDate = Date(timeIntervalSinceNow: soonest)
        try? BGTaskScheduler.shared.submit(request)
    }

    /// On locking there is nothing to be woken for.
    static func cancel() {
        BGTaskScheduler.shared.cancel(taskRequestWithIdentifier: identifier)
    }
}
