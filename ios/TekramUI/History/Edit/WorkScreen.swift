// One work over all sources: how each describes it, what of that is another work, and which other works are the same.
import SwiftUI
import TekramCore
import TekramKit

/// history_edit_work.
struct WorkScreen: View {
    @State private var model: WorkModel

    init(persona: Persona, listen: Int64) {
        _model = State(initialValue: WorkModel(persona: persona, listen: listen))
    }

    var body: some View {
        PhasePane(
            phase: model.phase, loading: "history_loading", locked: "history_locked_text",
            retry: { await model.load() }
        ) {
            if let work = model.work { form(work) }
        } empty: {
            EmptyView()
        }
        .navigationTitle("history_edit_work_title")
        .smallTitle()
        .task { await model.follow() }
        .task(id: model.text) { await model.find() }
        .accessibilityIdentifier("history_edit_work")
    }

    private func form(_ work: Work) -> some View {
        Form {
            Section {
                titleText(work.title).font(.title2)
                Text(verbatim: madeText(work.creators, work.show, plays: work.plays))
                ProblemLine(problem: model.problem)
            }
            DescriptionsSection(model: model, work: work)
            if let look = model.look {
                LookSection(model: model, look: look)
            } else {
                SameSection(model: model)
            }
        }
        .formStyle(.grouped)
    }
}

/// A title, or that there is none.
private func titleText(_ title: String) -> Text {
    title.isEmpty ? Text("history_untitled") : Text(verbatim: title)
}

/// Who made it, where it is from, and how often it was heard.
@MainActor private func madeText(_ creators: [String], _ show: String, plays: UInt64) -> String {
    var parts = [creators.joined(separator: ", ")]
    if show != parts[0] { parts.append(show) }
    parts.append(Words.plural("history_plays", plays))
    return parts.filter { !$0.isEmpty }.joined(separator: " · ")
}

private struct DescriptionsSection: View {
    @Bindable var model: WorkModel
    let work: Work

    private var isSplittable: Bool { work.descriptions.count > 1 }

    var body: some View {
        Section {
            ForEach(work.descriptions, id: \.description) { one in
                if isSplittable {
                    Toggle(isOn: $model[chosen: one.description]) { row(one) }
                } else {
                    row(one)
                }
            }
            if isSplittable {
                Button("history_edit_split") { Task { await model.split() } }.disabled(!model.canSplit)
            }
        } header: {
            Text("history_edit_descriptions")
        } footer: {
            Text(isSplittable ? "history_edit_split_text" : "history_edit_descriptions_one")
        }
    }

    private func row(_ one: WorkDescription) -> some View {
        VStack(alignment: .leading, spacing: 2) {
            titleText(one.title)
            Text(verbatim: madeText(one.creators, one.show, plays: one.plays))
                .font(.footnote).foregroundStyle(.secondary)
            Text(verbatim: one.sources.map(sourceName).joined(separator: ", "))
                .font(.footnote).foregroundStyle(.secondary)
        }
        .accessibilityElement(children: .combine)
    }
}

/// Looking for another one that is the same.
private struct SameSection: View {
    @Bindable var model: WorkModel

    var body: some View {
        Section {
            TextField("history_search_hint", text: $model.text).autocorrectionDisabled()
            if !model.soughtText.isEmpty && model.found.isEmpty {
                Text(Words.text("history_search_none", model.soughtText))
            }
            ForEach(model.found, id: \.work) { work in
                Button {
                    Task { await model.look(at: work) }
                } label: {
                    WorkRow(work: work)
                }
            }
        } header: {
            Text("history_edit_merge_title")
        } footer: {
            Text("history_edit_merge_text")
        }
    }
}

private struct WorkRow: View {
    let work: Work

    var body: some View {
        VStack(alignment: .leading, spacing: 2) {
            titleText(work.title)
            Text(verbatim: madeText(work.creators, work.show, plays: work.plays))
                .font(.footnote).foregroundStyle(.secondary)
        }
        .accessibilityElement(children: .combine)
    }
}

/// What two works would come to as one.
private struct LookSection: View {
    let model: WorkModel
    let look: MergeLook

    var body: some View {
        Section("history_edit_merge_look") {
            ForEach(look.works, id: \.work) { work in WorkRow(work: work) }
            Text(Words.text("history_edit_merge_sum", Words.plural("history_plays", look.plays), sources))
            MainButton(title: "history_edit_merge", isBusy: model.isBusy) { Task { await model.merge() } }
            Button("common_cancel", role: .cancel) { model.forgetLook() }.disabled(model.isBusy)
        }
    }

    private var sources: String { look.sources.map(sourceName).joined(separator: ", ") }
}
