// Proofs: the list with whether each holds, one with everything it says, and receiving another.
import SwiftUI
import TekramCore
import TekramKit
import UniformTypeIdentifiers

/// keep_proofs.
struct ProofsScreen: View {
    private let persona: Persona
    @State private var model: ProofsModel
    @State private var isReceiving = false

    init(persona: Persona) {
        self.persona = persona
        _model = State(initialValue: ProofsModel(persona: persona))
    }

    var body: some View {
        KeptPane(kept: model.proofs) { proofs in
            List {
                ForEach(proofs, id: \.id) { proof in
                    NavigationLink {
                        ProofScreen(persona: persona, id: proof.id)
                    } label: {
                        VStack(alignment: .leading, spacing: 2) {
                            Text(verbatim: proof.typeText).font(.headline)
                            Text(verbatim: proof.issuedByText).font(.subheadline)
                            Label(proof.state.text, systemImage: proof.state.systemImage)
                                .font(.footnote)
                                .foregroundStyle(proof.state.canBeShown ? Color.secondary : Color.red)
                        }
                        .accessibilityElement(children: .combine)
                    }
                }
            }
        } empty: {
            EmptyPane("keep_proofs_empty_title", text: "keep_proofs_empty_text", systemImage: "checkmark.seal") {
                Button("keep_receive_title") { isReceiving = true }
            }
        }
        .toolbar {
            ToolbarItem(placement: .primaryAction) {
                Button("keep_receive_title", systemImage: "plus") { isReceiving = true }
            }
        }
        .navigationDestination(isPresented: $isReceiving) { ReceiveScreen(persona: persona) }
        .navigationTitle("keep_proofs_title")
        .smallTitle()
        .accessibilityIdentifier("keep_proofs")
    }
}

extension CredentialState {
    /// Its sign; the word beside it says the same.
    fileprivate var systemImage: String {
        switch self {
        case .valid: "checkmark.circle"
        case .unchecked, .other: "clock"
        case .expired, .revoked, .suspended: "exclamationmark.triangle"
        }
    }
}

/// keep_proof.
struct ProofScreen: View {
    private let persona: Persona
    private let id: String
    @State private var model: ProofModel

    init(persona: Persona, id: String) {
        (self.persona, self.id) = (persona, id)
        _model = State(initialValue: ProofModel(persona: persona, id: id))
    }

    var body: some View {
        KeptPane(kept: model.proof) { proof in
            List {
                Section {
                    Label(proof.state.text, systemImage: proof.state.systemImage).font(.headline)
                    Text(verbatim: proof.issuedByText)
                    Text(verbatim: proof.untilText)
                } footer: {
                    VStack(alignment: .leading) {
                        if let checked = proof.checkedMs {
                            Text(Words.text("keep_proof_checked", Moments.dayAndTime(checked)))
                        }
                        Text(Words.text("keep_proof_added", Moments.day(proof.addedMs)))
                    }
                }
                Section("keep_proof_claims") {
                    ForEach(proof.claims, id: \.path) { claim in
                        ClaimRow(
                            claim: claim, note: claim.disclosable ? "keep_proof_chosen" : "keep_proof_always")
                    }
                }
                steps(proof)
            }
        } empty: {
            EmptyView()
        }
        .navigationTitle(model.proof.value?.typeText ?? Words.text("keep_proofs_title"))
        .smallTitle()
        .accessibilityIdentifier("keep_proof")
    }

    @ViewBuilder private func steps(_ proof: Credential) -> some View {
        Section {
            ProblemLine(problem: model.proof.problem)
            NavigationLink {
                ShowScreen(persona: persona, id: id)
            } label: {
                Label("keep_proof_show", systemImage: "square.and.arrow.up")
            }
            .disabled(!proof.state.canBeShown)
            Button("keep_proof_check", systemImage: "arrow.clockwise") { Task { await model.check() } }
            if model.proof.isBusy { ProgressView().accessibilityLabel("common_working_a11y") }
        } footer: {
            Text("keep_proof_check_text")
        }
        .disabled(model.proof.isBusy)
        Section {
            RemoveButton(title: "keep_proof_remove", text: "keep_proof_remove_text") { await model.remove() }
                .disabled(model.proof.isBusy)
        }
    }
}

/// What a proof says: a name and a value.
struct ClaimRow: View {
    let claim: Claim
    var note: LocalizedStringKey?

    var body: some View {
        VStack(alignment: .leading, spacing: 2) {
            Text(verbatim: claim.nameText).font(.subheadline).foregroundStyle(.secondary)
            Text(verbatim: claim.text)
            if let note { Text(note).font(.footnote).foregroundStyle(.secondary) }
        }
        .accessibilityElement(children: .combine)
    }
}

/// keep_receive.
struct ReceiveScreen: View {
    private let persona: Persona
    @State private var model: ReceiveModel
    @State private var isChoosing = false
    @Environment(\.phone) private var phone

    init(persona: Persona) {
        self.persona = persona
        _model = State(initialValue: ReceiveModel(persona: persona))
    }

    var body: some View {
        Form {
            Section {
                TextField("keep_receive_field", text: $model.content, axis: .vertical)
                    .lineLimit(4...8)
                    .field(.plain)
                    .autocorrectionDisabled()
                ProblemLine(problem: model.problem)
                MainButton(title: "keep_receive_go", isBusy: model.isBusy) { Task { await model.receive() } }
                    .disabled(!model.mayReceive)
                if let phone, phone.canScan {
                    Button("keep_receive_scan", systemImage: "qrcode.viewfinder") {
                        Task { await model.scan(with: phone) }
                    }
                }
                Button("keep_receive_file", systemImage: "doc") { isChoosing = true }
            } header: {
                Text("keep_receive_text").textCase(nil)
            }
            .disabled(model.isBusy)
            Section {
                TextField("keep_receive_key_for", text: $model.issuer).field(.url).autocorrectionDisabled()
                Button("keep_receive_key_show", systemImage: "key") { model.showKey() }
                    .disabled(model.issuer.isEmpty)
                if let key = model.key {
                    Text(verbatim: key)
                        .font(.footnote)
                        .monospaced()
                        .textSelection(.enabled)
                        .environment(\.layoutDirection, .leftToRight)
                    CopyButton(title: "keep_receive_key_copy", text: key)
                }
            } header: {
                Text("keep_receive_key_title")
            } footer: {
                Text("keep_receive_key_text")
            }
        }
        .formStyle(.grouped)
        .fileImporter(isPresented: $isChoosing, allowedContentTypes: [.data]) { chosen in
            if case .success(let file) = chosen { Task { await reading(file) { await model.receive(from: $0) } } }
        }
        .navigationDestination(item: $model.batch) { number in HeldBatchScreen(persona: persona, number: number) }
        .navigationTitle("keep_receive_title")
        .smallTitle()
        .accessibilityIdentifier("keep_receive")
    }
}
