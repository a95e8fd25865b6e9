// What this device may show and say outside the app. Not there where no device is around the screens.
import SwiftUI
import TekramKit

/// Notices and what stands on the lock screen.
struct PhoneSection: View {
    let phone: any Phone
    @State private var showsAmounts = false

    var body: some View {
        Section {
            VStack(alignment: .leading, spacing: Theme.near) {
                Text("common_notifications_text").font(.callout)
                Button("common_allow") {
                    Task { _ = await phone.askToSpeakUp() }
                }
                .accessibilityHint("common_notifications_title")
            }
            Toggle("me_notifications_lock_screen", isOn: $showsAmounts)
        } header: {
            Text("me_notifications")
        } footer: {
            Text("me_notifications_lock_screen_text")
        }
        .task { showsAmounts = phone.isWidgetAllowed }
        .onChange(of: showsAmounts) { _, shows in
            if shows != phone.isWidgetAllowed { phone.isWidgetAllowed = shows }
        }
    }
}
