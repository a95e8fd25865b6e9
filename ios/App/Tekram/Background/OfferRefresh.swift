// Looks for offers when iOS wakes the app after it was left. iOS decides when, and may never do it; the screens say so. It
// works on what is unlocked at that moment, which is so until the profile's time to lock: woken later, the app locks and does
// nothing else.
import BackgroundTasks
import Foundation

enum OfferRefresh {
    static let identifier = "org.tekram.app.offers"
    private static let soonest: TimeInterval = 60

    /// Must run before the app has finished launching.
    static func register(_ look: @escaping @Sendable () async -> Bool) {
        BGTaskScheduler.shared.register(forTaskWithIdentifier: identifier, using: nil) { task in
            let woken = Woken(task: task)
            let looking = Task {
                woken.task.setTaskCompleted(success: await look())
            }
            task.expirationHandler = { looking.cancel() }
        }
    }

    /// A task of the system is safe to finish from any thread; its declaration does not say so.
    private struct Woken: @unchecked Sendable {
        let task: BGTask
    }

    /// Asks to be woken. Refused on the simulator and where the person switched background refresh off.
    static func ask() {
        let request = BGAppRefreshTaskRequest(identifier: identifier)
        request.earliestBeginDate = Date(timeIntervalSinceNow: soonest)
        try? BGTaskScheduler.shared.submit(request)
    }

    /// Once it is locked or seen again, there is nothing to be woken for.
    static func cancel() {
        BGTaskScheduler.shared.cancel(taskRequestWithIdentifier: identifier)
    }
}
