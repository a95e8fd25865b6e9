// Showing a proof: to whom, what of it, exactly what leaves and what stays, and the answer as text and as a code.
import SwiftUI
import TekramCore
import TekramKit

/// keep_show.
struct ShowScreen: View {
    @State private var model: ShowModel

    init(persona: Persona, id: String) {
        _model = State(initialValue: ShowModel(persona: persona, id: id))
    }

    var body: some View {
        PhasePane(
            phase: model.phase, loading: "keep_loading", locked: "keep_locked_text", retry: { model.load() }
        ) {
            Form {
                Picker("keep_show_to", selection: $model.party) {
                    ForEach(model.relations, id: \.party) { relation in
                        Text(verbatim: relation.nameText).tag(String?.some(relation.party))
                    }
                    Text("keep_show_elsewhere").tag(String?.none)
                }
                .pickerStyle(.menu)
                claims
                Section {
                    TextField("keep_show_audience", text: $model.audience).field(.url).autocorrectionDisabled()
                    TextField("keep_show_nonce", text: $model.nonce).field(.plain).autocorrectionDisabled()
                } header: {
                    Text("keep_show_question")
                } footer: {
                    Text("keep_show_question_text")
                }
                preview
                ProofAnswer(model: model)
            }
            .formStyle(.grouped)
        } empty: {
            EmptyView()
        }
        .task { model.load() }
        .navigationTitle("keep_show_title")
        .smallTitle()
        .accessibilityIdentifier("keep_show")
    }

    private var claims: some View {
        Section {
            ForEach(model.proof?.claims ?? [], id: \.path) { claim in
                if claim.disclosable {
                    Toggle(isOn: $model[goes: claim.path]) { ClaimRow(claim: claim) }
                } else {
                    ClaimRow(claim: claim, note: "keep_proof_always")
                }
            }
        } header: {
            Text("keep_show_choose")
        } footer: {
            if !model.isInPart { Text("keep_show_whole") }
        }
    }

    @ViewBuilder private var preview: some View {
        Section("keep_show_preview") {
            Text("keep_show_preview_kind")
            ForEach(model.leaves, id: \.path) { claim in ClaimRow(claim: claim) }
        }
        if !model.stays.isEmpty {
            Section("keep_show_stays") {
                ForEach(model.stays, id: \.path) { claim in Text(verbatim: claim.nameText) }
            }
        }
    }
}

/// The answer: to copy, to hand to another app, or as a code where it is short enough.
private struct ProofAnswer: View {
    let model: ShowModel

    var body: some View {
        Section {
            ProblemLine(problem: model.problem)
            if let answer = model.answer {
                Text("keep_show_done")
                CopyButton(title: "keep_show_copy", text: answer)
                ShareLink("common_share", item: answer)
                if let code = model.code {
                    QrView(code: code).frame(maxWidth: .infinity)
                } else {
                    Button("keep_show_code", systemImage: "qrcode") { model.draw() }
                }
            } else {
                MainButton(title: "keep_show_go") { model.makeAnswer() }.disabled(!model.mayAnswer)
            }
        }
    }
}
