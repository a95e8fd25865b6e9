// An agreement in plain words and point by point, and both sides' record: who signed, when, its fingerprint and the
// exact bytes to take along.
import SwiftUI
import TekramCore
import TekramKit

/// relations_agreement.
struct AgreementScreen: View {
    @State private var model: AgreementModel

    init(persona: Persona, party: String?, record: String) {
        let folder = FileManager.default.temporaryDirectory.appending(path: "agreement-\(UUID().uuidString)")
        _model = State(
            initialValue: AgreementModel(persona: persona, party: party, record: record, folder: folder))
    }

    var body: some View {
        PhasePane(
            phase: model.phase, loading: "relations_loading", offline: "relations_offline_text",
            locked: "relations_locked_text", retry: { model.load() }
        ) {
            if let agreement = model.agreement {
                List {
                    head(agreement)
                    if !agreement.clauses.isEmpty { ClausesSection(agreement: agreement) }
                    RecordSection(agreement: agreement, model: model)
                    if let terms = model.terms { WholeText(terms: terms) }
                }
            }
        } empty: {
            EmptyPane("relations_agreement_title", text: "relations_agreement_none", systemImage: "doc.text")
        }
        .navigationTitle("relations_agreement_title")
        .smallTitle()
        .task { await model.follow() }
        .onDisappear { model.forget() }
        .accessibilityIdentifier("relations_agreement")
    }

    @ViewBuilder private func head(_ agreement: Agreement) -> some View {
        Section {
            Text(verbatim: agreement.titleText).font(.title2).accessibilityAddTraits(.isHeader)
            if let relation = model.relation {
                Text(Words.text("relations_agreement_with", relation.nameText)).foregroundStyle(.secondary)
            }
        }
        Section("relations_status") {
            Text(LocalizedStringKey(agreement.statusKey))
            if let other = model.alternative {
                Text(Words.text("relations_alternative", TermsWords.title(other.id, otherwise: other.title)))
            }
        }
        if let item = agreement.aboutItem {
            Section("relations_agreement_about") { Text(verbatim: item) }
        }
        Section("relations_agreement_plain") { Text(verbatim: agreement.summaryText) }
    }
}

/// The clauses under the headings of their rules: must, may, must not.
private struct ClausesSection: View {
    let agreement: Agreement

    var body: some View {
        Section("relations_agreement_clauses") {
            ForEach(ClauseRule.inOrder, id: \.self) { rule in
                let under = agreement.clauses(rule)
                if !under.isEmpty {
                    Text(LocalizedStringKey(rule.wordKey)).font(.headline).accessibilityAddTraits(.isHeader)
                    ForEach(under, id: \.self) { clause in
                        Label(TermsWords.text(clause), systemImage: image(rule))
                    }
                }
            }
        }
    }

    private func image(_ rule: ClauseRule) -> String {
        switch rule {
        case .obligation: "checkmark"
        case .permission: "plus"
        case .prohibition: "xmark"
        }
    }
}

private struct RecordSection: View {
    let agreement: Agreement
    let model: AgreementModel

    var body: some View {
        Section("relations_record") {
            signed(agreement.signedByMe, yes: "relations_signed_by_me", no: "relations_not_signed_by_me")
            signed(agreement.signedByThem, yes: "relations_signed_by_them", no: "relations_not_signed_by_them")
            if agreement.signedByMe && agreement.signedByThem { Text("relations_record_text") }
            Text(Words.text("relations_proposed_on", Moments.dayAndTime(agreement.proposedMs)))
            if let decided = agreement.decidedMs {
                Text(Words.text("relations_decided_on", Moments.dayAndTime(decided)))
            }
            Exact(label: "relations_record_hash", number: agreement.sha256)
            Exact(label: "relations_record_id", number: agreement.record)
            Text(Words.plural("relations_record_size", model.size)).foregroundStyle(.secondary)
            if let file = model.file {
                ShareLink("common_share", item: file)
            } else {
                Button("relations_record_export", systemImage: "square.and.arrow.up") { model.write() }
            }
            ProblemLine(problem: model.problem)
        }
    }

    private func signed(_ signed: Bool, yes: LocalizedStringKey, no: LocalizedStringKey) -> some View {
        Label(signed ? yes : no, systemImage: signed ? "checkmark.seal" : "minus.circle")
            .foregroundStyle(signed ? AnyShapeStyle(.primary) : AnyShapeStyle(.secondary))
    }
}

/// A number to be compared or copied; always from left to right.
private struct Exact: View {
    let label: LocalizedStringKey
    let number: String

    var body: some View {
        VStack(alignment: .leading, spacing: 2) {
            Text(label).font(.subheadline)
            Text(verbatim: grouped(number))
                .font(.footnote)
                .monospaced()
                .textSelection(.enabled)
                .environment(\.layoutDirection, .leftToRight)
        }
    }
}

private struct WholeText: View {
    let terms: TermsDetail

    var body: some View {
        Section {
            DisclosureGroup("relations_agreement_full") {
                if terms.draft { Text("relations_agreement_draft").foregroundStyle(.secondary) }
                Text(verbatim: terms.text).font(.callout).textSelection(.enabled)
                Exact(label: "relations_agreement_text_hash", number: terms.sha256)
            }
        }
    }
}
