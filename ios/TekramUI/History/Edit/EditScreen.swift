// Putting one listen right: a note beside it, tags, what it really was with what the source said below, its work, and hiding
// or deleting it.
import SwiftUI
import TekramCore
import TekramKit

/// What a source said in the place of a correction.
struct SourceSaid: View {
    let text: String

    var body: some View {
        Text(Words.text("history_edit_source_said", text.isEmpty ? Words.text("history_edit_source_nothing") : text))
            .font(.footnote)
            .foregroundStyle(.secondary)
    }
}

/// That a listen is hidden, or when it goes for good.
func presenceText(of detail: ListenDetail) -> String { presenceText(forGoodMs: detail.forGoodMs) }

/// That something is hidden, or when it goes for good.
func presenceText(forGoodMs: Int64?) -> String {
    guard let forGoodMs else { return Words.text("history_edit_is_hidden") }
    return Words.text("history_edit_is_deleted", Moments.day(forGoodMs))
}

/// history_edit.
struct EditScreen: View {
    private let persona: Persona
    private let id: Int64
    @State private var model: EditModel
    @Environment(\.dismiss) private var dismiss

    init(persona: Persona, id: Int64) {
        (self.persona, self.id) = (persona, id)
        _model = State(initialValue: EditModel(persona: persona, id: id))
    }

    var body: some View {
        PhasePane(
            phase: model.phase, loading: "history_loading", locked: "history_locked_text",
            retry: { await model.load() }
        ) {
            if let detail = model.detail { form(detail) }
        } empty: {
            EmptyView()
        }
        .navigationTitle("history_edit_title")
        .smallTitle()
        .task { await model.follow() }
        .onChange(of: model.isGone) { if model.isGone { dismiss() } }
        .accessibilityIdentifier("history_edit")
    }

    private func form(_ detail: ListenDetail) -> some View {
        Form {
            Section {
                detail.listen.titleText.font(.title2)
                ProblemLine(problem: model.problem)
            }
            NoteSection(model: model)
            TagSection(model: model, tags: detail.listen.tags)
            CorrectSection(model: model, detail: detail)
            Section {
                NavigationLink("history_edit_work_open") { WorkScreen(persona: persona, listen: id) }
            } header: {
                Text("history_edit_work_title")
            } footer: {
                Text("history_edit_work_below")
            }
            ShowingSections(model: model, detail: detail)
        }
        .formStyle(.grouped)
    }
}

private struct NoteSection: View {
    @Bindable var model: EditModel

    var body: some View {
        Section("history_edit_note") {
            TextField("history_edit_note_hint", text: $model.note, axis: .vertical)
                .lineLimit(3...)
            Button("history_edit_note_save") { Task { await model.keepNote() } }
                .disabled(!model.canNote)
        }
    }
}

private struct TagSection: View {
    @Bindable var model: EditModel
    let tags: [String]

    var body: some View {
        Section("history_edit_tags") {
            ForEach(tags, id: \.self) { tag in
                HStack {
                    Text(verbatim: tag)
                    Spacer()
                    Button {
                        Task { await model.untag(tag) }
                    } label: {
                        Image(systemName: "xmark.circle").frame(minWidth: 44, minHeight: 44)
                    }
                    .buttonStyle(.borderless)
                    .accessibilityLabel(Words.text("history_edit_tag_remove_a11y", tag))
                    .disabled(model.isBusy)
                }
            }
            TextField("history_edit_tag_new", text: $model.newTag)
                .onSubmit { Task { await model.tag() } }
            Button("history_edit_tag_add") { Task { await model.tag() } }
                .disabled(!model.canTag)
        }
        if !model.offered.isEmpty {
            Section("history_edit_tags_used") {
                ForEach(model.offered, id: \.self) { tag in
                    Button(tag, systemImage: "plus") { Task { await model.tag(tag) } }
                        .disabled(model.isBusy)
                }
            }
        }
    }
}

private struct CorrectSection: View {
    @Bindable var model: EditModel
    let detail: ListenDetail

    var body: some View {
        Section {
            TextField("history_edit_name", text: $model.typed.title)
            if let title = original?.title { SourceSaid(text: title) }
            TextField("history_edit_creators", text: $model.typed.creators)
            if let creators = original?.creators {
                SourceSaid(text: TypedListen.line(creators))
            } else {
                Text("history_edit_creators_below").font(.footnote).foregroundStyle(.secondary)
            }
            TextField("history_edit_show", text: $model.typed.show)
            if let show = original?.show { SourceSaid(text: show) }
            TextField("history_edit_publisher", text: $model.typed.publisher)
            if let publisher = original?.publisher { SourceSaid(text: publisher) }
            Picker("history_filter_kind", selection: $model.typed.kind) {
                ForEach(ListenKind.all, id: \.self) { kind in Text(kind.title).tag(kind) }
            }
            if let kind = original?.kind { SourceSaid(text: Words.text(kind.wordKey)) }
            MainButton(title: "history_edit_correct_save", isBusy: model.isBusy) { Task { await model.correct() } }
                .disabled(!model.canCorrect)
            if detail.listen.corrected {
                Button("history_edit_original") { Task { await model.original() } }
                    .disabled(model.isBusy)
            }
        } header: {
            Text("history_edit_correct")
        } footer: {
            Text("history_edit_correct_text")
        }
    }

    private var original: Correction? { detail.original }
}

private struct ShowingSections: View {
    let model: EditModel
    let detail: ListenDetail
    @State private var asks = false

    var body: some View {
        Section {
            if detail.listen.hidden {
                Label(presenceText(of: detail), systemImage: "eye.slash")
                Button("history_edit_bring_back") { Task { await model.hide(false) } }
            } else {
                Button("history_edit_hide") { Task { await model.hide(true) } }
            }
        } header: {
            Text("history_edit_showing")
        } footer: {
            if !detail.listen.hidden { Text("history_edit_hide_below") }
        }
        .disabled(model.isBusy)
        if detail.forGoodMs == nil {
            Section {
                Button("history_edit_delete", role: .destructive) { Task { await model.delete() } }
            } footer: {
                Text("history_edit_delete_below")
            }
            .disabled(model.isBusy)
        }
        Section {
            Button("history_edit_for_good", role: .destructive) { asks = true }
                .disabled(model.isBusy)
                .confirmationDialog("history_edit_for_good_title", isPresented: $asks, titleVisibility: .visible) {
                    Button("history_edit_for_good", role: .destructive) { Task { await model.deleteForGood() } }
                    Button("common_cancel", role: .cancel) {}
                } message: {
                    Text("history_edit_for_good_text")
                }
        }
    }
}
