// What the app speaks up about by itself: an offer has come, the month's split is ready. A notice names nobody, no goods
// and no amount, on the lock screen or anywhere.
import Foundation
import TekramKit
import UserNotifications

enum Notices {
    enum Kind: String, CaseIterable, Sendable {
        case offer
        case statement

        var opens: Ask { self == .offer ? .room(.want) : .room(.pay) }
        fileprivate var title: String.LocalizationValue {
            self == .offer ? "common_notify_offer_title" : "common_notify_statement_title"
        }
        fileprivate var text: String.LocalizationValue {
            self == .offer ? "common_notify_offer_text" : "common_notify_statement_text"
        }
    }

    /// What the person said.
    static func leave() async -> Leave {
        switch await UNUserNotificationCenter.current().notificationSettings().authorizationStatus {
        case .authorized, .provisional, .ephemeral: .given
        case .notDetermined: .notAsked
        default: .refused
        }
    }

    /// Asked for when the person switches notices on, with the reason beside the switch.
    static func ask() async -> Leave {
        _ = try? await UNUserNotificationCenter.current().requestAuthorization(options: [.alert, .sound, .badge])
        return await leave()
    }

    /// A second notice of a kind takes the place of the first.
    static func show(_ kind: Kind) async {
        let content = UNMutableNotificationContent()
        content.title = String(localized: kind.title)
        content.body = String(localized: kind.text)
        content.sound = .default
        content.interruptionLevel = .active
        content.threadIdentifier = kind.rawValue
        let request = UNNotificationRequest(identifier: kind.rawValue, content: content, trigger: nil)
        try? await UNUserNotificationCenter.current().add(request)
    }

    /// On the first of each month, without the app having to run, or no longer.
    static func remindMonthly(_ on: Bool) async {
        let center = UNUserNotificationCenter.current()
        center.removePendingNotificationRequests(withIdentifiers: [Kind.statement.rawValue])
        guard on else { return }
        let content = UNMutableNotificationContent()
        content.title = String(localized: Kind.statement.title)
        content.body = String(localized: Kind.statement.text)
        content.threadIdentifier = Kind.statement.rawValue
        let first = UNCalendarNotificationTrigger(dateMatching: DateComponents(day: 1, hour: 10), repeats: true)
        let request = UNNotificationRequest(identifier: Kind.statement.rawValue, content: content, trigger: first)
        try? await center.add(request)
    }

    static func clear(_ kind: Kind) {
        UNUserNotificationCenter.current().removeDeliveredNotifications(withIdentifiers: [kind.rawValue])
    }
}

/// Opens the screen that a tapped notice is about.
final class NoticeTaps: NSObject, UNUserNotificationCenterDelegate, Sendable {
    private let tapped: @MainActor @Sendable (Ask) -> Void

    init(tapped: @escaping @MainActor @Sendable (Ask) -> Void) {
        self.tapped = tapped
    }

    func userNotificationCenter(
        _ center: UNUserNotificationCenter, didReceive response: UNNotificationResponse
    ) async {
        guard let kind = Notices.Kind(rawValue: response.notification.request.identifier) else { return }
        await tapped(kind.opens)
    }

    /// While the app is open, its screens say it themselves.
    func userNotificationCenter(
        _ center: UNUserNotificationCenter, willPresent notification: UNNotification
    ) async -> UNNotificationPresentationOptions {
        []
    }
}
