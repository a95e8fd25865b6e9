// A file before it is read: what it is, its first plays as they would be read, and what it does not say itself: the zone of its
// times, the columns of a table.
import SwiftUI
import TekramCore
import TekramKit

/// A file that was looked at.
struct LookSections: View {
    @Bindable var model: ImportModel
    let looked: LookedFile

    var body: some View {
        Section {
            what
            ProblemLine(problem: looked.problem)
        } header: {
            Text(verbatim: looked.name).textCase(nil)
        }
        if let table = looked.look.table { ColumnsSection(model: model, table: table) }
        if looked.asksZone { ZoneSection(zone: $model.zone) }
        if !looked.look.plays.isEmpty {
            Section("history_look_first") {
                ForEach(looked.look.plays.indices, id: \.self) { PlayRow(play: looked.look.plays[$0]) }
            }
        }
        if !looked.look.refused.isEmpty {
            Section("history_look_refused") {
                ForEach(looked.look.refused.indices, id: \.self) { at in
                    Text(verbatim: refusal(looked.look.refused[at]))
                }
            }
        }
        Section {
            if looked.isKnown {
                MainButton(title: "history_look_read") { Task { await model.readIn() } }
                    .disabled(looked.problem != nil)
            }
            Button("history_look_other", role: .cancel) { model.leave() }
        }
    }

    @ViewBuilder private var what: some View {
        if let format = looked.look.format {
            Text(Words.text("history_look_is", formatName(format)))
        } else {
            Text(looked.look.table == nil ? "history_look_unknown" : "history_look_table")
        }
        if looked.more > 0 { Text(Words.plural("history_look_more", looked.more)) }
        if looked.look.files > 1 { Text(Words.plural("history_look_files", looked.look.files)) }
        if !looked.look.subscriptions.isEmpty {
            Text(Words.text("history_look_podcasts", looked.look.subscriptions.joined(separator: ", ")))
        }
    }

    private func refusal(_ line: SampledRefusal) -> String {
        let reason = reasonText(line.reason)
        return line.line > 0 ? Words.text("history_look_refused_line", line.line, reason) : reason
    }
}

/// A play as it would be read.
private struct PlayRow: View {
    let play: SampledPlay

    var body: some View {
        HStack(spacing: Theme.near) {
            Image(systemName: play.kind.systemImage).foregroundStyle(.tint).accessibilityLabel(play.kind.title)
            VStack(alignment: .leading, spacing: 2) {
                if play.title.isEmpty { Text("history_untitled") } else { Text(verbatim: play.title) }
                let made = play.creators.isEmpty ? play.show : play.creators.joined(separator: ", ")
                if !made.isEmpty { Text(verbatim: made).font(.subheadline).foregroundStyle(.secondary) }
                Text(verbatim: Moments.dayAndTime(play.startMs)).font(.footnote).foregroundStyle(.secondary)
            }
        }
        .accessibilityElement(children: .combine)
    }
}

/// The columns of a table, each with its first values and what it means.
private struct ColumnsSection: View {
    @Bindable var model: ImportModel
    let table: LookedTable

    var body: some View {
        Section {
            Toggle("history_look_header", isOn: $model.hasHeader)
            Toggle("history_look_day_first", isOn: $model.isDayFirst)
            ForEach(table.headings.indices, id: \.self) { column in
                Picker(selection: $model[column: column]) {
                    Text("history_look_role_none").tag(ColumnRole?.none)
                    ForEach(ColumnRole.all, id: \.self) { role in
                        Text(LocalizedStringKey(role.wordKey)).tag(ColumnRole?.some(role))
                    }
                } label: {
                    VStack(alignment: .leading, spacing: 2) {
                        Text(verbatim: table.headings[column])
                        Text(verbatim: examples(column)).font(.footnote).foregroundStyle(.secondary)
                    }
                }
            }
        } header: {
            Text("history_look_columns")
        } footer: {
            Text("history_look_columns_text")
        }
    }

    private func examples(_ column: Int) -> String {
        let values = table.rows.compactMap { row in row.indices.contains(column) ? row[column] : nil }
        return values.filter { !$0.isEmpty }.prefix(3).joined(separator: " · ")
    }
}

/// In which zone times without one were written; the phone's own at first.
private struct ZoneSection: View {
    @Binding var zone: String
    @State private var typed = ""

    var body: some View {
        Section {
            Text(verbatim: Zones.text(zone)).font(.headline)
            TextField("history_look_zone_other", text: $typed).field(.plain).autocorrectionDisabled()
            ForEach(Zones.found(typed), id: \.self) { found in
                Button {
                    (zone, typed) = (found, "")
                } label: {
                    Text(verbatim: Zones.text(found))
                }
            }
            if !typed.isEmpty && Zones.found(typed).isEmpty { Text(Words.text("history_search_none", typed)) }
        } header: {
            Text("history_look_zone")
        } footer: {
            Text("history_look_zone_text")
        }
    }
}
