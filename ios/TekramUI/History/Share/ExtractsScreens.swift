// What was shown of the log and to whom, and putting together what is shown next, with exactly what the party will read of it.
import SwiftUI
import TekramCore
import TekramKit

/// Listens of a preview that are drawn; the number of all stands above.
private let previewed = 20

private func fieldText(_ field: String) -> String { Words.text("history_extract_\(field)") }

/// history_share.
struct ExtractsScreen: View {
    private let persona: Persona
    @State private var model: ExtractsModel

    init(persona: Persona) {
        self.persona = persona
        _model = State(initialValue: ExtractsModel(persona: persona))
    }

    var body: some View {
        PhasePane(
            phase: model.phase, loading: "history_loading", locked: "history_locked_text", retry: { model.load() }
        ) {
            Form {
                Section {
                    NavigationLink {
                        ExtractScreen(persona: persona, extract: nil)
                    } label: {
                        Label("history_share_new", systemImage: "person.badge.shield.checkmark")
                    }
                } header: {
                    Text("history_share_text").textCase(nil)
                }
                if !model.extracts.isEmpty {
                    Section("history_share_shown") {
                        ForEach(model.extracts, id: \.extract) { extract in row(extract) }
                    }
                }
            }
            .formStyle(.grouped)
        } empty: {
            EmptyView()
        }
        .task { await model.follow() }
        .navigationTitle("history_share_title")
        .smallTitle()
        .accessibilityIdentifier("history_share")
    }

    private func row(_ extract: ListenExtract) -> some View {
        NavigationLink {
            ExtractScreen(persona: persona, extract: extract.extract)
        } label: {
            VStack(alignment: .leading, spacing: Theme.near) {
                Text(verbatim: model.name(of: extract))
                Text(Words.plural("history_share_listens", extract.listens)).font(.footnote)
                Text(verbatim: Moments.dayAndTime(extract.madeMs)).font(.footnote).foregroundStyle(.secondary)
                Text(verbatim: said(of: extract)).font(.footnote).foregroundStyle(.secondary)
                Text("history_share_more").font(.footnote).foregroundStyle(.tint)
            }
            .accessibilityElement(children: .combine)
        }
    }

    private func said(of extract: ListenExtract) -> String {
        Set(extract.shown.flatMap(\.fields)).sorted().map(fieldText).joined(separator: ", ")
    }
}

/// history_share_compose.
struct ExtractScreen: View {
    @State private var model: ExtractModel

    init(persona: Persona, extract: String?) {
        _model = State(initialValue: ExtractModel(persona: persona, extract: extract))
    }

    var body: some View {
        PhasePane(
            phase: model.phase, loading: "history_loading", locked: "history_locked_text", retry: { model.load() }
        ) {
            Form {
                if model.of == nil {
                    toWhom
                    DayRangeSection(title: "history_share_days", range: $model.range)
                } else {
                    Text(Words.text("history_share_more_text", model.nameText))
                }
                ForEach(model.parts, id: \.field) { part in PartPicker(model: model, part: part) }
                preview
                question
                ExtractAnswer(model: model)
            }
            .formStyle(.grouped)
        } empty: {
            EmptyView()
        }
        .task { model.load() }
        .task(id: model.fields) { await model.look() }
        .task(id: model.range) { await model.look() }
        .navigationTitle(model.of == nil ? "history_share_new" : "history_share_more_title")
        .smallTitle()
        .accessibilityIdentifier("history_share_compose")
    }

    @ViewBuilder private var toWhom: some View {
        Section("history_share_party") {
            if model.relations.isEmpty {
                Text("history_share_nobody")
            } else {
                Picker("history_share_party", selection: $model.party) {
                    ForEach(model.relations, id: \.party) { relation in
                        Text(verbatim: relation.nameText).tag(String?.some(relation.party))
                    }
                }
                .pickerStyle(.inline)
                .labelsHidden()
            }
        }
        if !model.agreements.isEmpty {
            Picker("history_share_agreement", selection: $model.agreement) {
                ForEach(model.agreements, id: \.record) { agreement in
                    Text(verbatim: agreement.titleText).tag(String?.some(agreement.record))
                }
            }
            .pickerStyle(.inline)
        }
    }

    private var preview: some View {
        Section {
            if let problem = model.previewProblem {
                ProblemLine(problem: problem)
            } else if let listens = model.preview {
                Text(Words.plural("history_share_listens", listens.count))
                ForEach(Array(listens.prefix(previewed).enumerated()), id: \.offset) { _, listen in
                    PreviewRow(listen: listen)
                }
                if listens.count > previewed {
                    Text(Words.plural("history_share_preview_more", listens.count - previewed))
                }
            } else {
                Text("history_share_preview_empty")
            }
        } header: {
            Text("history_share_preview")
        } footer: {
            Text("history_share_preview_text")
        }
    }

    private var question: some View {
        Section {
            TextField("history_share_audience", text: $model.audience).field(.url).autocorrectionDisabled()
            TextField("history_share_nonce", text: $model.nonce).field(.plain).autocorrectionDisabled()
        } header: {
            Text("history_share_question")
        } footer: {
            Text("history_share_question_text")
        }
    }
}

/// What is said for one part of a listen: nothing, something coarser, or itself.
private struct PartPicker: View {
    @Bindable var model: ExtractModel
    let part: ExtractPart

    var body: some View {
        Picker(fieldText(part.field), selection: $model[says: part.field]) {
            Text("history_share_left_out").tag(String?.none)
            ForEach(Array(part.blurs.reversed()), id: \.self) { blur in
                Text(Words.text("history_share_only", fieldText(blur))).tag(String?.some(blur))
            }
            Text("history_share_exact").tag(String?.some(part.field))
        }
        .pickerStyle(.menu)
        .accessibilityIdentifier("part_\(part.field)")
    }
}

/// What they will read of one listen.
private struct PreviewRow: View {
    let listen: ExtractListen

    var body: some View {
        VStack(alignment: .leading, spacing: Theme.near) {
            ForEach(listen.claims, id: \.field) { claim in
                Text(verbatim: "\(fieldText(claim.field)): \(claim.value ?? Words.text("history_share_unknown"))").font(
                    .footnote)
            }
        }
        .accessibilityElement(children: .combine)
    }
}

/// What is handed over: to copy, to another app, or as a code where it is short enough.
private struct ExtractAnswer: View {
    let model: ExtractModel

    var body: some View {
        Section {
            ProblemLine(problem: model.problem)
            if let answer = model.answer {
                Text("history_share_done")
                CopyButton(title: "history_share_copy", text: answer)
                ShareLink("common_share", item: answer)
                if let code = model.code {
                    QrView(code: code).frame(maxWidth: .infinity)
                } else {
                    Button("history_share_code", systemImage: "qrcode") { model.draw() }
                }
            } else {
                MainButton(title: "history_share_sign", isBusy: model.isBusy) { Task { await model.sign() } }
                    .disabled(!model.maySign)
            }
        }
    }
}
