// An import on the screen: choosing a file, reading it, and the holding pen where it is looked at before anything is
// added. Nothing here is in the log until the person says so.
import SwiftUI
import TekramCore
import TekramKit

/// history_import.
struct ImportScreen: View {
    let persona: Persona
    @State private var model: ImportModel
    @State private var isChoosing = false
    @State private var isLibraryEmpty = false
    @Environment(\.phone) private var phone

    init(persona: Persona) {
        self.persona = persona
        _model = State(initialValue: ImportModel(persona: persona))
    }

    var body: some View {
        Form {
            ImportSections(persona: persona, model: model) {
                Section {
                    ImportEnd(model: model)
                    Button("history_import_choose", systemImage: "square.and.arrow.down") { isChoosing = true }
                    NavigationLink("history_bring_from_title") { ProvidersScreen(persona: persona) }
                    if let phone {
                        Button("history_import_music_ios") { Task { await readLibrary(of: phone) } }
                        if isLibraryEmpty { Text("history_import_music_none_ios").font(.callout) }
                    }
                } header: {
                    Text("history_import_text").textCase(nil)
                }
                soFar
            }
        }
        .formStyle(.grouped)
        .navigationTitle("history_import_title")
        .smallTitle()
        .task { model.load() }
        .imports(persona, model, done: $model.done, isChoosing: $isChoosing)
        .accessibilityIdentifier("history_import")
    }

    private var soFar: some View {
        Section("history_imports") {
            if case .failed(let problem) = model.phase {
                ProblemLine(problem: problem)
            } else if model.batches.isEmpty {
                Text("history_imports_empty").foregroundStyle(.secondary)
            }
            ForEach(model.batches, id: \.batch) { batch in
                NavigationLink {
                    PenScreen(persona: persona, number: batch.batch)
                } label: {
                    BatchRow(batch: batch)
                }
            }
        }
    }

    /// What the Music app remembers goes through the holding pen like any other file, which then goes.
    private func readLibrary(of phone: any Phone) async {
        isLibraryEmpty = false
        guard let file = await phone.musicLibraryFile() else {
            isLibraryEmpty = true
            return
        }
        await model.read(file.path)
        try? FileManager.default.removeItem(at: file)
    }
}

private struct BatchRow: View {
    let batch: Batch

    var body: some View {
        VStack(alignment: .leading, spacing: 2) {
            if batch.fileName.isEmpty {
                Text(verbatim: formatName(batch.format))
            } else {
                Text(verbatim: batch.fileName)
            }
            Text(state(batch.state)).font(.subheadline).foregroundStyle(.secondary)
            Text(Moments.day(batch.importedMs)).font(.footnote).foregroundStyle(.secondary)
        }
        .accessibilityElement(children: .combine)
    }
}

private func state(_ state: BatchState) -> LocalizedStringKey {
    switch state {
    case .importing: "history_batch_importing"
    case .held: "history_batch_held"
    case .accepted: "history_batch_accepted"
    case .rejected: "history_batch_rejected"
    case .undone: "history_batch_undone"
    }
}

/// A format in words: its own, those of who has such files, or its stable name where there are none.
func formatName(_ format: String) -> String {
    let key = "history_format_\(format.prefix { $0 != "_" })"
    if Words.has(key) { return Words.text(key) }
    let from = providers().first { $0.formats.contains(format) }.map(\.wordKey) ?? ""
    return Words.has(from) ? Words.text(from) : format
}

/// Why a line was left out, in words.
func reasonText(_ reason: String) -> String {
    let key = "history_reason_\(reason)"
    return Words.has(key) ? Words.text(key) : Words.text("history_reason_unknown")
}

/// history_pen.
struct PenScreen: View {
    @State private var model: PenModel
    @State private var isAsking = false

    init(persona: Persona, number: Int64) {
        _model = State(initialValue: PenModel(persona: persona, number: number))
    }

    var body: some View {
        PhasePane(
            phase: model.phase, loading: "history_loading", locked: "history_locked_text",
            retry: { await model.load() }
        ) {
            if let batch = model.batch {
                List {
                    summary(batch)
                    Section { decision(batch) }
                    Section { PagedSection(list: model.preview, id: \.id) { ListenRow(listen: $0, withDate: true) } }
                }
                .confirmationDialog(question(batch), isPresented: $isAsking, titleVisibility: .visible) {
                    Button(batch.state == .held ? "history_pen_reject" : "history_pen_undo", role: .destructive) {
                        Task { if batch.state == .held { await model.reject() } else { await model.undo() } }
                    }
                    Button("common_cancel", role: .cancel) {}
                }
            }
        } empty: {
            EmptyView()
        }
        .navigationTitle("history_pen_title")
        .smallTitle()
        .task { await model.load() }
        .accessibilityIdentifier("history_pen")
    }

    private func question(_ batch: Batch) -> LocalizedStringKey {
        batch.state == .held ? "history_pen_reject_confirm" : "history_pen_undo_confirm"
    }

    private func summary(_ batch: Batch) -> some View {
        Section {
            Text(batch.state == .held ? "history_pen_text" : state(batch.state))
            if batch.read > 0 && batch.newRecords == 0 { Text("history_pen_empty") }
            Text(Words.plural("history_pen_new", batch.listens))
            Text(Words.plural("history_pen_duplicates", batch.duplicates))
            if model.subscriptions > 0 {
                Text(Words.plural("history_pen_subscriptions", UInt64(model.subscriptions)))
            }
            if batch.refused > 0 {
                NavigationLink {
                    RefusedScreen(lines: model.refused)
                } label: {
                    Text(Words.plural("history_pen_refused", batch.refused))
                }
            }
        } header: {
            Text(verbatim: batch.fileName)
        }
    }

    @ViewBuilder private func decision(_ batch: Batch) -> some View {
        ProblemLine(problem: model.problem)
        switch batch.state {
        case .held:
            Button(model.isBusy ? "history_pen_accepting" : "history_pen_accept") { Task { await model.accept() } }
                .disabled(model.isBusy)
            Button("history_pen_reject", role: .destructive) { isAsking = true }.disabled(model.isBusy)
        case .accepted:
            Button("history_pen_undo", role: .destructive) { isAsking = true }.disabled(model.isBusy)
        default:
            EmptyView()
        }
    }
}

/// history_refused.
struct RefusedScreen: View {
    let lines: PagedRows<RefusedLine>

    var body: some View {
        PhasePane(
            phase: lines.phase, loading: "history_loading", locked: "history_locked_text",
            retry: { await lines.reload() }
        ) {
            List {
                Section {
                    PagedSection(list: lines, id: \.record) { line in RefusedRow(line: line) }
                } header: {
                    Text("history_refused_text").textCase(nil)
                }
            }
        } empty: {
            EmptyPane("history_refused_title", text: "history_refused_empty", systemImage: "checkmark.circle")
        }
        .navigationTitle("history_refused_title")
        .smallTitle()
        .task { await lines.reload() }
        .accessibilityIdentifier("history_refused")
    }
}

private struct RefusedRow: View {
    let line: RefusedLine

    var body: some View {
        VStack(alignment: .leading, spacing: 2) {
            Text(
                line.file.isEmpty
                    ? Words.text("history_refused_line_only", line.line)
                    : Words.text("history_refused_line", line.line, line.file))
            Text(verbatim: reasonText(line.reason)).font(.subheadline)
            if !line.field.isEmpty { Text(Words.text("history_refused_field", line.field)).font(.footnote) }
            if !line.excerpt.isEmpty { Text(verbatim: line.excerpt).font(.footnote).monospaced().lineLimit(2) }
        }
        .accessibilityElement(children: .combine)
    }
}
