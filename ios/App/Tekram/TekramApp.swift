// The app: opens the core, shows the screens, and tells both when the system wants something.
import SwiftUI
import TekramKit
import TekramUI
import UIKit
import UserNotifications

@main
struct TekramApp: App {
    @UIApplicationDelegateAdaptor(Launch.self) private var launch
    private let phone = TekramPhone.shared

    var body: some Scene {
        WindowGroup {
            Root(phone: phone)
                .environment(\.phone, phone)
                .onOpenURL { phone.open($0) }
        }
    }
}

/// The screens, or why there are none.
private struct Root: View {
    let phone: TekramPhone
    @Environment(\.scenePhase) private var scenePhase

    var body: some View {
        if let app = phone.app {
            Shell(app: app, presence: phone.presence)
                .onChange(of: app.persona?.id(), initial: true) { _, now in
                    if now != nil { Task { await phone.profileOpened() } }
                }
                .onChange(of: scenePhase) { _, phase in
                    switch phase {
                    case .active: Task { await phone.appeared() }
                    case .background: phone.disappeared()
                    default: break
                    }
                }
        } else if let problem = phone.problem {
            ContentUnavailableView("common_error_title", systemImage: "lock.slash", description: Text(problem.text))
        }
    }
}

/// What must be said to the system before the first screen.
private final class Launch: NSObject, UIApplicationDelegate {
    private let taps = NoticeTaps { TekramPhone.shared.asks.put($0) }

    func application(
        _ application: UIApplication,
        didFinishLaunchingWithOptions options: [UIApplication.LaunchOptionsKey: Any]? = nil
    ) -> Bool {
        UNUserNotificationCenter.current().delegate = taps
        OfferRefresh.register { await TekramPhone.shared.lookForOffers() }
        return true
    }
}
