// The changes that were made to the log, in words, the newest of which can be taken back; and what is hidden or deleted.
import SwiftUI
import TekramCore
import TekramKit

/// history_edit_changes.
struct EditsScreen: View {
    private let persona: Persona
    @State private var model: EditsModel

    init(persona: Persona) {
        self.persona = persona
        _model = State(initialValue: EditsModel(persona: persona))
    }

    var body: some View {
        PhasePane(
            phase: model.changes.phase, loading: "history_loading", locked: "history_locked_text",
            retry: { await model.load() }
        ) {
            List {
                Section {
                    ProblemLine(problem: model.problem)
                    MainButton(title: "history_edit_undo", isBusy: model.isBusy) { Task { await model.undo() } }
                        .disabled(model.nextUndo == nil)
                } footer: {
                    Text("history_edit_undo_text")
                }
                PagedSection(list: model.changes, id: \.edit) { edit in row(edit) }
            }
        } empty: {
            EmptyPane(
                "history_edit_changes_none", text: "history_edit_changes_none_text", systemImage: "arrow.uturn.backward"
            )
        }
        .navigationTitle("history_edit_changes")
        .smallTitle()
        .task { await model.follow() }
        .accessibilityIdentifier("history_edit_changes")
    }

    @ViewBuilder private func row(_ edit: Edit) -> some View {
        if let listen = edit.listen {
            NavigationLink {
                ItemScreen(persona: persona, id: listen)
            } label: {
                ChangeRow(edit: edit)
            }
        } else {
            ChangeRow(edit: edit)
        }
    }
}

private struct ChangeRow: View {
    let edit: Edit

    var body: some View {
        Label {
            VStack(alignment: .leading, spacing: 2) {
                Text(verbatim: edit.change.text)
                if !edit.title.isEmpty {
                    Text(verbatim: edit.title).font(.subheadline).foregroundStyle(.secondary)
                }
                Text(verbatim: Moments.dayAndTime(edit.editedMs)).font(.footnote).foregroundStyle(.secondary)
                if edit.undoneMs != nil { Text("history_edit_undone").font(.footnote).foregroundStyle(.secondary) }
            }
        } icon: {
            Image(systemName: edit.change.systemImage)
        }
        .accessibilityElement(children: .combine)
    }
}

extension EditChange {
    fileprivate var systemImage: String {
        switch self {
        case .rated: "hand.thumbsup"
        case .noted: "note.text"
        case .tagged: "tag"
        case .corrected: "pencil"
        case .moved(_, let after): after == .shown ? "eye" : "eye.slash"
        case .deletedForGood: "trash"
        case .merged: "arrow.triangle.merge"
        case .split: "arrow.triangle.branch"
        }
    }
}

/// history_edit_hidden.
struct HiddenListensScreen: View {
    private let persona: Persona
    @State private var model: HiddenModel

    init(persona: Persona) {
        self.persona = persona
        _model = State(initialValue: HiddenModel(persona: persona))
    }

    var body: some View {
        PhasePane(
            phase: model.listens.phase, loading: "history_loading", locked: "history_locked_text",
            retry: { await model.listens.reload() }
        ) {
            List {
                ProblemLine(problem: model.problem)
                PagedSection(list: model.listens, id: \.listen.id) { hidden in row(hidden) }
            }
        } empty: {
            EmptyPane("history_edit_hidden_none", text: "history_edit_hidden_below", systemImage: "eye.slash")
        }
        .navigationTitle("history_edit_hidden")
        .smallTitle()
        .task { await model.follow() }
        .accessibilityIdentifier("history_edit_hidden")
    }

    private func row(_ hidden: HiddenListen) -> some View {
        VStack(alignment: .leading, spacing: Theme.near) {
            ListenLink(persona: persona, listen: hidden.listen, withDate: true)
            Text(verbatim: presenceText(forGoodMs: hidden.forGoodMs)).font(.footnote).foregroundStyle(.secondary)
            Button("history_edit_bring_back") { Task { await model.bringBack(hidden.listen.id) } }
                .buttonStyle(.borderless)
                .frame(minHeight: 44)
        }
    }
}
