// What Siri, Shortcuts, Spotlight and the action button can ask of the app. Two open a screen with a field filled in; one
// locks. None pays, sends or unlocks: that takes the person and a screen.
import AppIntents
import Foundation
import TekramKit

struct PayMakerIntent: AppIntent {
    static let title: LocalizedStringResource = "common_shortcut_pay_page"
    static let openAppWhenRun = true

    @Parameter(title: "common_share_page")
    var page: URL

    @MainActor
    func perform() async throws -> some IntentResult {
        if let page = Ask.page(page.absoluteString) { TekramPhone.shared.asks.put(.payMaker(page: page)) }
        return .result()
    }
}

struct WantIntent: AppIntent {
    static let title: LocalizedStringResource = "common_shortcut_want"
    static let openAppWhenRun = true

    @Parameter(title: "want_what_label")
    var what: String

    @MainActor
    func perform() async throws -> some IntentResult {
        if let ask = Ask(what: what, gtin: nil, page: nil) { TekramPhone.shared.asks.put(ask) }
        return .result()
    }
}

struct LockIntent: AppIntent {
    static let title: LocalizedStringResource = "common_shortcut_lock"
    /// Runs on a locked device too: locking is always right. Where the app does not run, it is locked already.
    static let authenticationPolicy: IntentAuthenticationPolicy = .alwaysAllowed

    @MainActor
    func perform() async throws -> some IntentResult {
        TekramPhone.shared.app?.lock()
        return .result()
    }
}

struct TekramShortcuts: AppShortcutsProvider {
    static var appShortcuts: [AppShortcut] {
        AppShortcut(
            intent: LockIntent(), phrases: ["Lock \(.applicationName)"],
            shortTitle: "common_shortcut_lock", systemImageName: "lock")
        AppShortcut(
            intent: WantIntent(), phrases: ["Want something with \(.applicationName)"],
            shortTitle: "common_shortcut_want", systemImageName: "magnifyingglass")
        AppShortcut(
            intent: PayMakerIntent(), phrases: ["Pay the maker of a page with \(.applicationName)"],
            shortTitle: "common_shortcut_pay_page", systemImageName: "heart")
    }
}
