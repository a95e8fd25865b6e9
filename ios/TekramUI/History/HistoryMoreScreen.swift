// What History offers beside its days: what is logged, what comes in and goes out, and what puts things right. A plain
// list, so that each part of the room adds its screens here with a line each.
import SwiftUI
import TekramCore
import TekramKit

/// history_more.
struct HistoryMoreScreen: View {
    let app: AppModel
    let persona: Persona

    var body: some View {
        List {
            Section("history_more_logged") {
                MoreRow("history_capture_title", "waveform") { PhonePlace(app: app, persona: persona) }
            }
            Section("history_more_in_out") {
                MoreRow("history_import", "square.and.arrow.down") { ImportScreen(persona: persona) }
                MoreRow("history_accounts_title", "network") { AccountsScreen(persona: persona) }
                MoreRow("history_export", "square.and.arrow.up") { HistoryExportScreen(persona: persona) }
                MoreRow("history_submission_title", "paperplane") { SubmissionScreen(persona: persona) }
                MoreRow("history_share_title", "person.badge.shield.checkmark") { ExtractsScreen(persona: persona) }
            }
            Section("history_more_right") {
                MoreRow("history_edit_changes", "arrow.uturn.backward") { EditsScreen(persona: persona) }
                MoreRow("history_edit_hidden", "eye.slash") { HiddenListensScreen(persona: persona) }
            }
        }
        .navigationTitle("history_more_title")
        .smallTitle()
        .accessibilityIdentifier("history_more")
    }
}

/// A row that opens a screen.
private struct MoreRow<Screen: View>: View {
    private let title: LocalizedStringKey
    private let systemImage: String
    private let screen: () -> Screen

    init(_ title: LocalizedStringKey, _ systemImage: String, @ViewBuilder screen: @escaping () -> Screen) {
        self.title = title
        self.systemImage = systemImage
        self.screen = screen
    }

    var body: some View {
        NavigationLink {
            screen()
        } label: {
            Label(title, systemImage: systemImage)
        }
    }
}
