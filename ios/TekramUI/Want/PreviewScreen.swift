// Exactly what everybody will see of a request, before it is sent and afterwards: the area on a map, every field in
// plain words, the text and the labels word for word, and who can read it.
import SwiftUI
import TekramCore
import TekramKit

/// want_preview.
struct PreviewScreen: View {
    @State private var model: RequestModel
    @State private var asksToDiscard = false
    private let sent: @MainActor () -> Void
    private let discarded: @MainActor () -> Void

    init(
        persona: Persona, number: String, sent: @escaping @MainActor () -> Void = {},
        discarded: @escaping @MainActor () -> Void = {}
    ) {
        _model = State(initialValue: RequestModel(persona: persona, number: number))
        self.sent = sent
        self.discarded = discarded
    }

    var body: some View {
        PhasePane(
            phase: model.phase, loading: "want_loading", offline: "want_offline_text", locked: "want_locked_text",
            retry: { model.load() }
        ) {
            if let intent = model.intent {
                List {
                    Section { Text("want_preview_text") }
                    SeenSection(intent: intent, terms: model.terms)
                    AreaSection(intent: intent)
                    WhoSection(intent: intent)
                    ExactSection(intent: intent)
                    Section {
                        ProblemLine(problem: model.problem)
                        if model.isStopped { Text("want_send_stopped") }
                        if intent.state == "draft" { sending }
                    }
                }
            }
        } empty: {
            EmptyView()
        }
        .navigationTitle("want_preview_title")
        .smallTitle()
        .task { await model.follow() }
        .confirmationDialog("want_draft_discard_confirm", isPresented: $asksToDiscard, titleVisibility: .visible) {
            Button("want_draft_discard", role: .destructive) {
                Task { if await model.withdraw() { discarded() } }
            }
            Button("common_cancel", role: .cancel) {}
        }
        .accessibilityIdentifier("want_preview")
    }

    @ViewBuilder private var sending: some View {
        if model.doing == .sending {
            WorkingLine(text: "want_send_working") { model.stop() }
        } else {
            MainButton(title: "want_send") {
                Task { if await model.send() { sent() } }
            }
            .disabled(!model.isFree)
            Button("want_draft_discard", systemImage: "trash", role: .destructive) { asksToDiscard = true }
                .disabled(!model.isFree)
        }
    }
}

/// Every field in plain words.
private struct SeenSection: View {
    let intent: Intent
    let terms: TermsRow?

    var body: some View {
        Section("want_seen") {
            LabeledContent("want_seen_what", value: intent.want)
            LabeledContent("want_seen_quantity", value: intent.quantity, format: .number)
            if let gtin = intent.gtin { LabeledContent("want_seen_gtin", value: gtin) }
            LabeledContent("want_seen_ceiling", value: intent.ceiling?.text() ?? Words.text("want_ceiling_none"))
            LabeledContent("want_seen_until", value: intent.untilText)
            LabeledContent("want_seen_terms", value: TermsWords.title(intent.terms, otherwise: terms?.title))
            LabeledContent("want_seen_key", value: Words.text("want_seen_key_text"))
        }
    }
}

/// The area on a map, and the same in words, from coarse to fine.
private struct AreaSection: View {
    let intent: Intent

    var body: some View {
        let cells = intent.cells
        Section("want_preview_area") { CellMap(cells: cells) }
        Section("want_seen_cells") {
            ForEach(cells, id: \.geohash) { cell in
                VStack(alignment: .leading, spacing: 2) {
                    Text(verbatim: cell.sizeText)
                    Text(verbatim: cell.alongText).font(.footnote)
                    Text(verbatim: cell.acrossText).font(.footnote)
                }
                .accessibilityElement(children: .combine)
            }
        }
    }
}

private struct WhoSection: View {
    let intent: Intent

    var body: some View {
        Section {
            Text(intent.inStore ? "want_who_in_store" : "want_who_standing")
            ForEach(intent.boardNames, id: \.self) { name in
                Label(name, systemImage: "antenna.radiowaves.left.and.right")
            }
        } header: {
            Text("want_who")
        } footer: {
            VStack(alignment: .leading, spacing: Theme.near) {
                Text("want_preview_not")
                Text("want_preview_address")
            }
        }
    }
}

/// The event's text and labels as they are sent.
private struct ExactSection: View {
    let intent: Intent

    var body: some View {
        Section {
            DisclosureGroup("want_preview_exact") {
                Text("want_exact_note").font(.footnote)
                Text("want_exact_content").font(.headline)
                raw(intent.content)
                Text("want_exact_tags").font(.headline)
                ForEach(Array(intent.tags.enumerated()), id: \.offset) { _, tag in raw(tag.joined(separator: "  ")) }
            }
        }
    }

    private func raw(_ text: String) -> some View {
        Text(verbatim: text)
            .font(.footnote)
            .monospaced()
            .textSelection(.enabled)
            .environment(\.layoutDirection, .leftToRight)
    }
}

/// Something is being done that can be stopped.
struct WorkingLine: View {
    let text: LocalizedStringKey
    var stopTitle: LocalizedStringKey = "common_stop"
    let stop: @MainActor () -> Void

    var body: some View {
        VStack(alignment: .leading, spacing: Theme.near) {
            HStack(spacing: Theme.near) {
                ProgressView()
                Text(text)
            }
            .accessibilityElement(children: .combine)
            .accessibilityAddTraits(.updatesFrequently)
            Button(stopTitle, systemImage: "xmark", action: stop)
        }
    }
}
