// Who saw what: by day, with a search and kinds to look for; each entry in full, the whole as a file, and a check of it.
import SwiftUI
import TekramCore
import TekramKit

/// me_audit.
struct AuditScreen: View {
    @State private var model: AuditModel

    init(persona: Persona) {
        let folder = FileManager.default.temporaryDirectory.appending(path: "audit-\(UUID().uuidString)")
        _model = State(initialValue: AuditModel(persona: persona, folder: folder))
    }

    var body: some View {
        List {
            Section {
                Picker("me_audit_title", selection: $model.group) {
                    ForEach(AuditGroup.allCases, id: \.self) { group in
                        Text(LocalizedStringKey(group.wordKey)).tag(group)
                    }
                }
                .pickerStyle(.menu)
                .labelsHidden()
            } header: {
                Text("me_audit_text").textCase(nil)
            }
            entries
            AuditSteps(model: model)
        }
        .searchable(text: $model.text, prompt: "me_audit_search")
        .navigationTitle("me_audit_title")
        .smallTitle()
        .task(id: model.questions) { await model.items.reload() }
        .onDisappear { model.forget() }
        .accessibilityIdentifier("me_audit")
    }

    @ViewBuilder private var entries: some View {
        switch model.items.phase {
        case .ready:
            if model.items.hasEarlier {
                ProgressView()
                    .accessibilityLabel("common_loading_a11y")
                    .task { await model.items.earlier() }
            }
            ForEach(model.days) { day in
                Section {
                    ForEach(day.items, id: \.number) { item in
                        NavigationLink {
                            AuditEntryScreen(model: model, item: item)
                        } label: {
                            AuditRow(item: item)
                        }
                    }
                } header: {
                    Text(verbatim: day.day)
                }
            }
            if model.items.hasMore {
                ProgressView()
                    .accessibilityLabel("common_loading_a11y")
                    .task(id: model.items.rows.last?.number) { await model.items.more() }
            }
        case .empty:
            Text("me_audit_empty").foregroundStyle(.secondary)
        case .failed(let problem):
            ProblemLine(problem: problem)
        case .loading, .offline:
            ProgressView().accessibilityLabel("common_loading_a11y")
        case .locked:
            Text("me_locked_text")
        }
    }
}

/// Handing the record on, and checking it.
private struct AuditSteps: View {
    let model: AuditModel

    var body: some View {
        Section {
            if let file = model.exported {
                Text(Words.plural("me_audit_exported", model.exportedEntries))
                ShareLink("common_share", item: file)
            } else {
                Button("me_audit_export", systemImage: "square.and.arrow.up") { Task { await model.export() } }
            }
        } footer: {
            Text("me_audit_export_text")
        }
        .disabled(model.isBusy)
        Section {
            Button("me_audit_verify", systemImage: "checkmark.shield") { Task { await model.verify() } }
                .disabled(model.isBusy)
            if model.isBusy { ProgressView().accessibilityLabel("common_working_a11y") }
            if let report = model.report { AuditReportRows(report: report) }
            ProblemLine(problem: model.problem)
        }
    }
}

/// What checking found.
private struct AuditReportRows: View {
    let report: AuditReport

    var body: some View {
        if report.breaks.isEmpty {
            Label(Words.plural("me_audit_verified", report.entries), systemImage: "checkmark.circle")
        } else {
            Label("me_audit_broken", systemImage: "exclamationmark.triangle").foregroundStyle(.red)
            ForEach(report.breaks, id: \.self) { found in Text(found.text) }
        }
        if report.destroyed > 0 { Text(Words.plural("me_audit_verified_destroyed", report.destroyed)) }
    }
}

private struct AuditRow: View {
    let item: AuditItem

    var body: some View {
        VStack(alignment: .leading, spacing: 2) {
            Text(item.title).font(.headline)
            if item.destroyed {
                Text("me_audit_destroyed").font(.subheadline).foregroundStyle(.secondary)
            } else {
                if let who = item.who { Text(verbatim: who) }
                if let what = item.what { Text(verbatim: what).font(.subheadline).lineLimit(2) }
            }
            Text(Moments.time(item.atMs)).font(.footnote).foregroundStyle(.secondary)
        }
        .accessibilityElement(children: .combine)
    }
}

/// me_audit_entry.
private struct AuditEntryScreen: View {
    let model: AuditModel
    let item: AuditItem
    @State private var asks = false
    @Environment(\.dismiss) private var dismiss

    var body: some View {
        List {
            Section {
                Text(item.title).font(.headline)
                LabeledContent("me_audit_when", value: Moments.dayAndTime(item.atMs))
                if let who = item.who { LabeledContent("me_audit_who", value: who) }
                if let what = item.what { LabeledContent("me_audit_what", value: what) }
                if let party = item.party { LabeledContent("me_audit_party") { AuditId(text: party) } }
                if let record = item.record { LabeledContent("me_audit_record") { AuditId(text: record) } }
                if let about = item.about { Text(Words.text("me_audit_about", about)) }
                if item.destroyed { Text("me_audit_destroyed").foregroundStyle(.secondary) }
            } footer: {
                Text(Words.text("me_audit_number", item.number))
            }
            if item.hasTexts {
                Section {
                    Button("me_audit_destroy", role: .destructive) { asks = true }
                    ProblemLine(problem: model.problem)
                } footer: {
                    Text("me_audit_destroy_text")
                }
            }
        }
        .navigationTitle("me_audit_title")
        .smallTitle()
        .confirmationDialog("me_audit_destroy_title", isPresented: $asks, titleVisibility: .visible) {
            Button("me_audit_destroy", role: .destructive) {
                Task {
                    await model.destroyTexts(of: item)
                    if model.problem == nil { dismiss() }
                }
            }
            Button("common_cancel", role: .cancel) {}
        } message: {
            Text("me_audit_destroy_text")
        }
        .accessibilityIdentifier("me_audit_entry")
    }
}

/// An id as it is; always from left to right.
private struct AuditId: View {
    let text: String

    var body: some View {
        Text(verbatim: text)
            .font(.footnote)
            .monospaced()
            .textSelection(.enabled)
            .environment(\.layoutDirection, .leftToRight)
    }
}
