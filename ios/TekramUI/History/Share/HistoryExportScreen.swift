// The log as a file: which part, in which form, with which columns, and how much that is. The person hands it on.
import SwiftUI
import TekramCore
import TekramKit

/// history_export.
struct HistoryExportScreen: View {
    @State private var model: HistoryExportModel

    init(persona: Persona) {
        let folder = FileManager.default.temporaryDirectory.appending(path: "export-\(UUID().uuidString)")
        _model = State(initialValue: HistoryExportModel(persona: persona, folder: folder))
    }

    var body: some View {
        Form {
            Group {
                Section {
                    Picker("history_export", selection: $model.form) {
                        ForEach(ExportForm.all, id: \.self) { form in Text(form.title).tag(form) }
                    }
                    .pickerStyle(.inline)
                    .labelsHidden()
                } header: {
                    Text("history_export_text").textCase(nil)
                }
                DayRangeSection(title: "history_export_which", range: $model.range)
                Section { Toggle("history_export_without_private", isOn: $model.withoutPrivate) }
                kinds
                sources
                if model.form == .csv { columns }
            }
            .disabled(model.isBusy)
            end
        }
        .formStyle(.grouped)
        .navigationTitle("history_export_title")
        .smallTitle()
        .task { await model.load() }
        .task(id: model.choice) { await model.recount() }
        .onDisappear { model.forget() }
        .accessibilityIdentifier("history_export")
    }

    private var kinds: some View {
        Section("history_export_kinds") {
            ForEach(ListenKind.all, id: \.self) { kind in
                Toggle(isOn: $model[takes: kind]) { Text(kind.title) }
            }
        }
    }

    @ViewBuilder private var sources: some View {
        if !model.sources.isEmpty {
            Section("history_export_sources") {
                ForEach(model.sources, id: \.self) { source in
                    Toggle(isOn: $model[takesSource: source]) { Text(verbatim: sourceName(source)) }
                }
            }
        }
    }

    private var columns: some View {
        Section {
            ForEach(model.columns, id: \.column) { column in
                Toggle(isOn: $model[hasColumn: column.column]) { Text(Words.text("history_column_\(column.column)")) }
            }
        } header: {
            Text("history_export_columns")
        } footer: {
            Text("history_export_columns_text")
        }
    }

    private var end: some View {
        Section {
            ProblemLine(problem: model.problem)
            if let exported = model.exported {
                Text(Words.plural("history_exported", exported.written))
                if exported.leftOut > 0 { Text(Words.plural("history_export_left_out", exported.leftOut)) }
            }
            if model.isBusy {
                ProgressView { Text(Words.plural("history_exported", model.written)) }
                Button("common_stop", role: .cancel) { model.stop() }
            } else if let file = model.file {
                ShareLink("common_share", item: file)
            } else {
                if let count = model.count { Text(Words.plural("history_export_count", count)) }
                MainButton(title: "history_export", isBusy: false) { Task { await model.write() } }
                    .disabled(!model.range.fits)
            }
        }
    }
}

extension ExportForm {
    fileprivate var title: LocalizedStringKey {
        switch self {
        case .jsonLines: "history_export_full"
        case .listenbrainzJsonl: "history_export_listenbrainz"
        case .csv: "history_export_csv"
        }
    }
}

/// The two ends of a range of days.
struct DayRangeSection: View {
    let title: LocalizedStringKey
    @Binding var range: DayRange

    var body: some View {
        Section {
            day("history_share_from", $range.from)
            day("history_share_to", $range.to)
        } header: {
            Text(title)
        } footer: {
            Text("history_share_day_hint")
        }
    }

    private func day(_ title: LocalizedStringKey, _ text: Binding<String>) -> some View {
        TextField(title, text: text).field(.plain).autocorrectionDisabled()
            .foregroundStyle(DayRange.fits(text.wrappedValue) ? Color.primary : Color.red)
    }
}
