// What the app speaks up about by itself: an offer has come, the month's split is ready, a history that was asked for
// should be there. A notice names nobody, no goods
// and no amount, on the lock screen or anywhere.
import Foundation
import TekramKit
import UserNotifications

enum Notices {
    enum Kind: String, CaseIterable, Sendable {
        case offer
        case statement
        case history

        var opens: Ask {
            switch self {
            case .offer: .room(.want)
            case .statement: .room(.pay)
            case .history: .room(.history)
            }
        }
        fileprivate var title: String.LocalizationValue {
            switch self {
            case .offer: "common_notify_offer_title"
            case .statement: "common_notify_statement_title"
            case .history: "common_notify_history_title"
            }
        }
        fileprivate var text: String.LocalizationValue {
            switch self {
            case .offer: "common_notify_offer_text"
            case .statement: "common_notify_statement_text"
            case .history: "common_notify_history_text"
            }
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

    /// When histories that were asked for should be ready, without the app having to run; in place of what was planned before.
    static func remindOfHistories(at times: [Date]) async {
        let center = UNUserNotificationCenter.current()
        center.removePendingNotificationRequests(withIdentifiers: ids(of: .history))
        for (id, time) in zip(ids(of: .history), times) {
            let content = UNMutableNotificationContent()
            content.title = String(localized: Kind.history.title)
            content.body = String(localized: Kind.history.text)
            content.threadIdentifier = Kind.history.rawValue
            // The calendar and not a span: it holds when the person travels or sets the clock.
            let parts = Calendar.current.dateComponents([.year, .month, .day, .hour, .minute], from: time)
            let trigger = UNCalendarNotificationTrigger(dateMatching: parts, repeats: false)
            try? await center.add(UNNotificationRequest(identifier: id, content: content, trigger: trigger))
        }
    }

    static func clear(_ kind: Kind) {
        UNUserNotificationCenter.current().removeDeliveredNotifications(withIdentifiers: ids(of: kind))
    }

    /// The kind that a notice's id belongs to.
    static func kind(of id: String) -> Kind? { Kind.allCases.first { ids(of: $0).contains(id) } }

    /// Histories are asked for from several at once; of the other kinds there is one notice.
    private static func ids(of kind: Kind) -> [String] {
        kind == .history ? (1...8).map { "\(kind.rawValue)-\($0)" } : [kind.rawValue]
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
        guard let kind = Notices.kind(of: response.notification.request.identifier) else { return }
        await tapped(kind.opens)
    }

    /// While the app is open, its screens say it themselves.
    func userNotificationCenter(
        _ center: UNUserNotificationCenter, willPresent notification: UNNotification
    ) async -> UNNotificationPresentationOptions {
        []
    }
}
