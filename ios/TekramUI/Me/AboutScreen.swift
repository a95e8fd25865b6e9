// What this program is, what it keeps to itself, which payment methods this edition has, and whose work it is built on.
import SwiftUI
import TekramCore
import TekramKit

/// About Tekram.
struct AboutScreen: View {
    let app: AppModel

    var body: some View {
        List {
            Section {
                Text("me_about_text")
                Text(Words.text("me_version", version()))
            }
            Section("me_rails_title") {
                RailRow(title: "pay_method_cashu", isOff: app.railsOff.contains(.cashu))
                RailRow(title: "pay_method_link", isOff: app.railsOff.contains(.handOff))
            }
            Section("me_privacy") { Text("me_privacy_text") }
            Section {
                NavigationLink("me_licences") { LicencesScreen() }
            }
        }
        .navigationTitle("me_about")
        .smallTitle()
        .accessibilityIdentifier("me_about")
    }
}

/// A payment method, and whether this edition has it.
private struct RailRow: View {
    let title: LocalizedStringKey
    let isOff: Bool

    var body: some View {
        VStack(alignment: .leading) {
            LabeledContent {
                Text(isOff ? "me_rails_off" : "me_rails_on")
            } label: {
                Text(title)
            }
            if isOff { Text("me_rails_off_store").font(.footnote).foregroundStyle(.secondary) }
        }
        .accessibilityElement(children: .combine)
    }
}

/// The licences of everything that is shipped, as packaging wrote them.
private struct LicencesScreen: View {
    @State private var paragraphs: [String] = []

    var body: some View {
        ScrollView {
            LazyVStack(alignment: .leading, spacing: Theme.near) {
                Text("me_licences_text")
                ForEach(Array(paragraphs.enumerated()), id: \.offset) { _, paragraph in
                    Text(verbatim: paragraph).font(.footnote).textSelection(.enabled)
                }
            }
            .padding()
        }
        .navigationTitle("me_licences")
        .smallTitle()
        .task {
            guard let file = Bundle.main.url(forResource: "licences", withExtension: "txt") else { return }
            let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
            paragraphs = text.components(separatedBy: "\n\n")
        }
    }
}
