// The holding pen on the screen: what arrived and when, and one batch with its things to tick, add or throw away.
import SwiftUI
import TekramCore
import TekramKit

/// keep_pen.
struct HeldScreen: View {
    private let persona: Persona
    @State private var model: HeldModel

    init(persona: Persona) {
        self.persona = persona
        _model = State(initialValue: HeldModel(persona: persona))
    }

    var body: some View {
        KeptPane(kept: model.batches) { batches in
            List {
                Section {
                    ForEach(batches, id: \.id) { batch in
                        NavigationLink {
                            HeldBatchScreen(persona: persona, number: batch.id)
                        } label: {
                            VStack(alignment: .leading, spacing: 2) {
                                Text(verbatim: batch.nameText).font(.headline)
                                Text(verbatim: batch.countsText)
                                Text(Words.text("keep_pen_arrived", Moments.day(batch.arrivedMs)))
                                    .font(.footnote)
                                    .foregroundStyle(.secondary)
                            }
                            .accessibilityElement(children: .combine)
                        }
                    }
                } header: {
                    Text("keep_pen_text").textCase(nil)
                }
            }
        } empty: {
            EmptyPane("keep_pen_empty_title", text: "keep_pen_empty_text", systemImage: "tray")
        }
        .navigationTitle("keep_pen_title")
        .smallTitle()
        .accessibilityIdentifier("keep_pen")
    }
}

/// keep_batch.
struct HeldBatchScreen: View {
    @State private var model: HeldBatchModel
    @Environment(\.dismiss) private var dismiss

    init(persona: Persona, number: Int64) {
        _model = State(initialValue: HeldBatchModel(persona: persona, number: number))
    }

    var body: some View {
        PhasePane(
            phase: model.phase, loading: "keep_loading", locked: "keep_locked_text",
            retry: { await model.load() }
        ) {
            if let batch = model.batch {
                List {
                    summary(batch)
                    if batch.held > 0 { waiting }
                    later(batch)
                    Section {
                        PagedSection(list: model.items, id: \.number) { item in HeldRow(model: model, item: item) }
                    }
                }
            }
        } empty: {
            EmptyPane("keep_pen_title", text: "keep_batch_gone", systemImage: "tray")
        }
        .task { await model.follow() }
        .onChange(of: model.isDiscarded) { _, isDiscarded in
            if isDiscarded { dismiss() }
        }
        .navigationTitle("keep_pen_title")
        .smallTitle()
        .accessibilityIdentifier("keep_batch")
    }

    private func summary(_ batch: PenBatch) -> some View {
        Section {
            Text(verbatim: batch.nameText).font(.headline)
            if !batch.source.isEmpty { Text(Words.text("keep_source_collected", batch.source)) }
            Text(verbatim: batch.countsText)
            ForEach(model.done?.lines ?? [], id: \.self) { line in
                Label(line, systemImage: "checkmark.circle")
            }
            ProblemLine(problem: model.problem)
        } footer: {
            Text(Words.text("keep_pen_arrived", Moments.dayAndTime(batch.arrivedMs)))
        }
    }

    /// Without ticks, all of it is meant.
    private var waiting: some View {
        Section {
            if model.chosen.isEmpty {
                MainButton(title: "keep_batch_accept_all", isBusy: model.isBusy) { Task { await model.accept() } }
                RemoveButton(title: "keep_batch_reject_all", text: "keep_batch_reject_text") { await model.reject() }
            } else {
                Button(Words.plural("keep_batch_accept_chosen", model.chosen.count)) {
                    Task { await model.accept() }
                }
                Button(Words.plural("keep_batch_reject_chosen", model.chosen.count), role: .destructive) {
                    Task { await model.reject() }
                }
            }
        } footer: {
            if model.chosen.isEmpty { Text("keep_batch_accept_text") }
        }
        .disabled(model.isBusy)
    }

    private func later(_ batch: PenBatch) -> some View {
        Section {
            if batch.accepted > 0 || batch.rejected > 0 {
                RemoveButton(
                    title: "keep_batch_undo", text: "keep_batch_undo_text", systemImage: "arrow.uturn.backward"
                ) {
                    await model.undo()
                }
            }
            RemoveButton(title: "keep_batch_discard", text: "keep_batch_discard_text") { await model.discard() }
        }
        .disabled(model.isBusy)
    }
}

private struct HeldRow: View {
    @Bindable var model: HeldBatchModel
    let item: PenItem

    var body: some View {
        if item.state == .held {
            Toggle(isOn: $model[chosen: item.number]) { text }.disabled(model.isBusy)
        } else {
            text
        }
    }

    private var text: some View {
        VStack(alignment: .leading, spacing: 2) {
            Text(verbatim: item.titleText).font(.headline)
            ForEach(item.lines, id: \.self) { line in Text(verbatim: line).font(.subheadline) }
        }
        .accessibilityElement(children: .combine)
    }
}
