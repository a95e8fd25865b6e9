// What this program is, what it keeps to itself, which payment methods this edition has, what an error's number says, the
// diagnostic log, and whose work it is built on.
import SwiftUI
import TekramCore
import TekramKit

/// me_about.
struct AboutScreen: View {
    @State private var model: AboutModel

    init(edition: Edition) {
        let folder = FileManager.default.temporaryDirectory.appending(path: "about-\(UUID().uuidString)")
        _model = State(initialValue: AboutModel(edition: edition, folder: folder))
    }

    var body: some View {
        List {
            Section {
                Text("me_about_text")
                Text(Words.text("me_version", model.version))
            }
            Section("me_rails_title") {
                ForEach(Edition.rails, id: \.self) { rail in RailRow(rail: rail, isOff: model.isOff(rail)) }
            }
            Section("me_proxy") {
                if let proxy = model.edition.proxy {
                    Text(Words.text("me_proxy_on", proxy))
                } else {
                    Text("common_none")
                }
            }
            Section("me_privacy") { Text("me_privacy_text") }
            // Only who has a number to look up wants to see it.
            DisclosureGroup("me_errors_title") {
                Text("me_errors_text")
                Text("me_errors_rooms").font(.callout)
            }
            if model.edition.log != nil { LogSection(model: model) }
            Section {
                NavigationLink("me_licences") { LicencesScreen(model: model) }
            }
        }
        .navigationTitle("me_about")
        .smallTitle()
        .onDisappear { model.forget() }
        .accessibilityIdentifier("me_about")
    }
}

/// A payment method, and whether this edition has it.
private struct RailRow: View {
    let rail: RailKind
    let isOff: Bool

    var body: some View {
        VStack(alignment: .leading) {
            LabeledContent {
                Text(isOff ? "me_rails_off" : "me_rails_on")
            } label: {
                switch rail {
                case .cashu: Text("pay_method_cashu")
                case .handOff: Text("pay_method_link")
                }
            }
            if isOff { Text("me_rails_off_store").font(.footnote).foregroundStyle(.secondary) }
        }
        .accessibilityElement(children: .combine)
    }
}

/// The diagnostic log, which leaves the phone by the person's hand alone.
private struct LogSection: View {
    let model: AboutModel
    @State private var isMoving = false

    var body: some View {
        Section("me_log_title") {
            Text("me_log_text")
            switch model.saved {
            case .saved: Text("me_exported")
            case .empty: Text("me_log_empty")
            case .failed: Label("error_unknown", systemImage: "exclamationmark.triangle").foregroundStyle(.red)
            case nil: EmptyView()
            }
            Button("me_log_export", systemImage: "square.and.arrow.up") {
                model.writeLog()
                isMoving = model.logFile != nil
            }
        }
        .fileMover(isPresented: $isMoving, file: model.logFile) { result in
            if case .success = result { model.logMoved(true) } else { model.logMoved(false) }
        }
    }
}

/// me_licences: the licences of everything that is shipped, as packaging wrote them.
private struct LicencesScreen: View {
    let model: AboutModel

    var body: some View {
        PhasePane(phase: model.licencesPhase, retry: { model.readLicences() }) {
            ScrollView {
                LazyVStack(alignment: .leading, spacing: Theme.near) {
                    Text("me_licences_text")
                    ForEach(Array(model.licences.enumerated()), id: \.offset) { _, paragraph in
                        Text(verbatim: paragraph).font(.footnote).textSelection(.enabled)
                    }
                }
                .padding()
            }
        } empty: {
            EmptyPane("me_licences", text: "me_licences_missing", systemImage: "doc.text")
        }
        .navigationTitle("me_licences")
        .smallTitle()
        .task { model.readLicences() }
        .accessibilityIdentifier("me_licences")
    }
}
