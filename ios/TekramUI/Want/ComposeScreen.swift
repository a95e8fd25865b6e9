// Writing a request: what, where as exactly as one likes, how long, under which terms, on which boards. Nothing is sent
// from here; the one thing to do is to look at what would be seen.
import SwiftUI
import TekramCore
import TekramKit

/// want_compose.
struct ComposeScreen: View {
    let persona: Persona
    @Bindable var model: ComposeModel
    let sent: @MainActor (String) -> Void
    let discarded: @MainActor (String) -> Void
    @Environment(\.phone) private var phone

    var body: some View {
        PhasePane(
            phase: model.phase, loading: "want_loading", offline: "want_offline_text", locked: "want_locked_text",
            retry: { model.load() }
        ) {
            Form {
                WhatSection(model: model)
                WhereSection(model: model)
                howLong
                TermsSection(model: model)
                BoardsSection(model: model)
                Section {
                    ForEach(ComposeModel.Flaw.allCases, id: \.self) { flaw in FlawLine(flaw, of: model) }
                    ProblemLine(problem: model.problem)
                    MainButton(title: "want_preview", isBusy: model.isBusy) { Task { await model.compose() } }
                }
            }
            .formStyle(.grouped)
        } empty: {
            EmptyView()
        }
        .navigationTitle("want_compose_title")
        .smallTitle()
        .task { model.load() }
        // The system asks the person the first time, and once more for an exact area; what for stands beside the choice.
        .task(id: model.placeWish) { await model.findPlace(on: phone) }
        .navigationDestination(item: $model.composed) { number in
            PreviewScreen(persona: persona, number: number, sent: { sent(number) }, discarded: { discarded(number) })
        }
        .accessibilityIdentifier("want_compose")
    }

    private var howLong: some View {
        Section {
            Picker("want_hours", selection: $model.fields.hours) {
                ForEach(ComposeModel.durations, id: \.self) { hours in Text(ComposeModel.span(hours)).tag(hours) }
            }
            Toggle("want_in_store", isOn: $model.fields.isInStore)
        } footer: {
            Text("want_in_store_text")
        }
    }
}

private struct WhatSection: View {
    @Bindable var model: ComposeModel
    @Environment(\.phone) private var phone

    var body: some View {
        Section {
            TextField("want_what_label", text: $model.fields.what, prompt: Text("want_what_hint"), axis: .vertical)
            FlawLine(.what, of: model)
            TextField("want_gtin_label", text: $model.fields.gtin, prompt: Text("want_gtin_hint")).field(.number)
            FlawLine(.gtin, of: model)
            if let phone, phone.canScan {
                Button("want_gtin_scan", systemImage: "barcode.viewfinder") {
                    Task { if let code = await phone.scan() { model.scanned(code) } }
                }
            }
            if let phone, phone.cameraLeave == .refused { Text("common_camera_denied").font(.callout) }
            if let phone, phone.canReadStoreCards {
                Button("want_store_card", systemImage: "wave.3.right") {
                    Task { if let card = await phone.readStoreCard() { model.readCard(card) } }
                }
            }
            switch model.card {
            case .filledIn: Label("want_store_card_read", systemImage: "checkmark.circle").font(.callout)
            case .bad: ProblemText("want_store_card_bad")
            case nil: EmptyView()
            }
        }
        Section {
            Stepper(value: $model.fields.quantity, in: 1...ComposeModel.mostPieces) {
                LabeledContent("want_quantity", value: model.fields.quantity, format: .number)
            }
            TextField("want_ceiling_label", text: $model.fields.ceiling, prompt: Text("want_ceiling_none"))
                .field(.number)
            Picker("want_ceiling_label", selection: $model.fields.currency) {
                ForEach(model.currencies, id: \.self) { currency in Text(verbatim: currency).tag(currency) }
            }
            .pickerStyle(.segmented)
            .labelsHidden()
            FlawLine(.ceiling, of: model)
        } footer: {
            Text("want_ceiling_hint")
        }
    }
}

private struct WhereSection: View {
    @Bindable var model: ComposeModel
    @Environment(\.phone) private var phone

    var body: some View {
        Section {
            Picker("want_where", selection: $model.fields.isHere) {
                Text("want_where_here").tag(true)
                Text("want_where_typed").tag(false)
            }
            if model.fields.isHere {
                Text(LocalizedStringKey(model.placeKey)).font(.callout)
                if model.needsSettings, let phone {
                    Button("common_open_settings") { phone.openSettings() }
                }
            } else {
                TextField("want_latitude", text: $model.fields.latitude, prompt: Text("want_latitude_hint"))
                    .environment(\.layoutDirection, .leftToRight)
                TextField("want_longitude", text: $model.fields.longitude, prompt: Text("want_longitude_hint"))
                    // A minus stands before its number in every language.
                    .environment(\.layoutDirection, .leftToRight)
                FlawLine(.place, of: model)
            }
        }
        Section {
            Picker("want_precision", selection: $model.fields.precision) {
                ForEach(ComposeModel.precisions, id: \.self) { precision in
                    Text(LocalizedStringKey(ComposeModel.precisionKey(precision))).tag(precision)
                }
            }
            .pickerStyle(.inline)
        } footer: {
            Text("want_precision_note")
        }
    }
}

/// The terms that are chosen, and the way to the others.
private struct TermsSection: View {
    let model: ComposeModel

    var body: some View {
        Section {
            if let chosen = model.chosenTerms {
                VStack(alignment: .leading, spacing: 2) {
                    Text(verbatim: chosen.titleText).font(.headline)
                    Text(verbatim: chosen.summaryText).font(.callout)
                }
                .accessibilityElement(children: .combine)
            }
            NavigationLink("want_terms_choose") { TermsScreen(model: model) }
        } header: {
            Text("want_terms")
        } footer: {
            Text("want_terms_text")
        }
    }
}

/// All terms of the roster, in plain words.
private struct TermsScreen: View {
    let model: ComposeModel
    @Environment(\.dismiss) private var dismiss

    var body: some View {
        List(model.terms, id: \.id) { terms in
            Button {
                model.fields.terms = terms.id
                dismiss()
            } label: {
                HStack {
                    VStack(alignment: .leading, spacing: 2) {
                        Text(verbatim: terms.titleText).font(.headline)
                        Text(verbatim: terms.summaryText).font(.callout)
                    }
                    Spacer()
                    if terms.id == model.fields.terms { Image(systemName: "checkmark").accessibilityHidden(true) }
                }
                .contentShape(Rectangle())
                .accessibilityElement(children: .combine)
            }
            .buttonStyle(.plain)
            .accessibilityAddTraits(terms.id == model.fields.terms ? .isSelected : [])
        }
        .navigationTitle("want_terms")
        .smallTitle()
    }
}

/// The boards to choose from, and a field for another one.
private struct BoardsSection: View {
    @Bindable var model: ComposeModel
    @Environment(\.phone) private var phone

    var body: some View {
        Section {
            if model.boards.isEmpty { Text("want_relays_none").font(.callout) }
            ForEach(model.boards, id: \.self) { board in
                Toggle(isOn: $model[board: board]) { Text(verbatim: board) }
            }
            TextField("want_relay_add", text: $model.typedBoard, prompt: Text("want_relay_hint"))
                .field(.url)
                .autocorrectionDisabled()
                .onSubmit { model.addBoard() }
            Button("common_add", systemImage: "plus") { model.addBoard() }
                .disabled(model.typedBoard.isEmpty)
            if let phone, phone.canScan {
                Button("want_relay_scan", systemImage: "qrcode.viewfinder") {
                    Task { if let board = await phone.scan() { model.addBoard(board) } }
                }
            }
            FlawLine(.boards, of: model)
        } header: {
            Text("want_relays")
        }
    }
}

/// What is wrong with the field above.
private struct FlawLine: View {
    let flaw: ComposeModel.Flaw
    let model: ComposeModel

    init(_ flaw: ComposeModel.Flaw, of model: ComposeModel) {
        self.flaw = flaw
        self.model = model
    }

    var body: some View {
        if model.flaws.contains(flaw) { ProblemText(flaw.wordKey) }
    }
}

/// A sentence that says what is wrong.
private struct ProblemText: View {
    let key: String

    init(_ key: String) { self.key = key }

    var body: some View {
        Label(LocalizedStringKey(key), systemImage: "exclamationmark.triangle").foregroundStyle(.red).font(.callout)
    }
}
