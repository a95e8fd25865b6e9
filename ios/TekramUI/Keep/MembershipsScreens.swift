// Memberships: the cards, one as it is held to a reader at the till, and a new one.
import SwiftUI
import TekramCore
import TekramKit

/// keep_memberships.
struct MembershipsScreen: View {
    private let persona: Persona
    @State private var model: MembershipsModel
    @State private var isAdding = false

    init(persona: Persona) {
        self.persona = persona
        _model = State(initialValue: MembershipsModel(persona: persona))
    }

    var body: some View {
        KeptPane(kept: model.memberships) { memberships in
            List {
                ForEach(memberships, id: \.id) { entry in
                    NavigationLink {
                        MembershipScreen(persona: persona, id: entry.id)
                    } label: {
                        VStack(alignment: .leading, spacing: 2) {
                            Text(verbatim: entry.membership.organisation).font(.headline)
                            if !entry.membership.programme.isEmpty { Text(verbatim: entry.membership.programme) }
                            if !entry.membership.number.isEmpty {
                                Text(verbatim: entry.membership.number)
                                    .font(.footnote)
                                    .foregroundStyle(.secondary)
                            }
                        }
                        .accessibilityElement(children: .combine)
                    }
                }
            }
        } empty: {
            EmptyPane(
                "keep_memberships_empty_title", text: "keep_memberships_empty_text", systemImage: "creditcard"
            ) {
                Button("keep_membership_add") { isAdding = true }
            }
        }
        .toolbar {
            ToolbarItem(placement: .primaryAction) {
                Button("keep_membership_add", systemImage: "plus") { isAdding = true }
            }
        }
        .navigationDestination(isPresented: $isAdding) { MembershipFormScreen(persona: persona) }
        .navigationTitle("keep_memberships_title")
        .smallTitle()
        .accessibilityIdentifier("keep_memberships")
    }
}

/// keep_membership.
struct MembershipScreen: View {
    @State private var model: MembershipModel

    init(persona: Persona, id: Int64) {
        _model = State(initialValue: MembershipModel(persona: persona, id: id))
    }

    var body: some View {
        KeptPane(kept: model.card) { card in
            List {
                if let card { rows(card) }
                Section {
                    ProblemLine(problem: model.card.problem)
                    RemoveButton(title: "keep_membership_remove", text: "keep_membership_remove_text") {
                        await model.remove()
                    }
                }
            }
        } empty: {
            EmptyPane("keep_memberships_title", text: "keep_membership_gone", systemImage: "creditcard")
        }
        .navigationTitle("keep_memberships_title")
        .smallTitle()
        .accessibilityIdentifier("keep_membership")
    }

    @ViewBuilder private func rows(_ card: MembershipCard) -> some View {
        Section {
            if let code = card.code {
                QrView(code: code, spoken: Words.text("keep_membership_code_a11y", card.shownNumber))
                    .frame(maxWidth: .infinity)
            }
            if !card.shownNumber.isEmpty {
                Text(verbatim: card.shownNumber)
                    .font(card.code == nil ? .largeTitle : .title2)
                    .monospacedDigit()
                    .textSelection(.enabled)
                    .frame(maxWidth: .infinity)
            }
            if card.isNotDrawn { Text("keep_membership_not_drawn").font(.footnote) }
        }
        Section {
            Text(verbatim: card.membership.organisation).font(.headline)
            if !card.membership.programme.isEmpty { Text(verbatim: card.membership.programme) }
            if !card.membership.number.isEmpty {
                Text(Words.text("keep_membership_number", card.membership.number))
            }
            if !card.membership.tier.isEmpty { Text(Words.text("keep_membership_tier", card.membership.tier)) }
            if let from = card.membership.validFrom {
                Text(Words.text("keep_membership_from", Moments.day(from)))
            }
            if let until = card.membership.validUntil {
                Text(Words.text("keep_membership_until", Moments.day(until)))
            }
        }
        if let photo = card.photo {
            Section("keep_membership_photo") { KeptFileView(kept: photo, label: "keep_membership_photo_a11y") }
        }
    }
}

/// keep_membership_new.
struct MembershipFormScreen: View {
    @State private var model: MembershipFormModel
    @Environment(\.dismiss) private var dismiss
    @Environment(\.phone) private var phone

    init(persona: Persona) {
        _model = State(initialValue: MembershipFormModel(persona: persona))
    }

    var body: some View {
        Form {
            Section {
                TextField("keep_membership_organisation", text: $model.organisation).field(.plain)
                TextField("keep_membership_programme", text: $model.programme).field(.plain)
                TextField("keep_membership_number_field", text: $model.number)
                    .field(.plain)
                    .autocorrectionDisabled()
                TextField("keep_membership_tier_field", text: $model.tier).field(.plain)
                TextField("keep_membership_until_field", text: $model.until)
                    .field(.plain)
                    .autocorrectionDisabled()
            } footer: {
                Text("keep_field_day_hint")
            }
            Section {
                Picker("keep_membership_code_kind", selection: $model.codeKind) {
                    Text("keep_membership_code_none").tag("")
                    ForEach(CardCode.all, id: \.self) { code in Text(verbatim: CardCode.name(code)).tag(code) }
                }
                .pickerStyle(.menu)
                if !model.codeKind.isEmpty || !model.codeText.isEmpty {
                    TextField("keep_membership_code_text", text: $model.codeText)
                        .field(.plain)
                        .autocorrectionDisabled()
                }
                if let phone, phone.canScan {
                    Button("keep_membership_scan", systemImage: "barcode.viewfinder") {
                        Task { await model.scan(with: phone) }
                    }
                }
            }
            Section {
                ProblemLine(problem: model.problem)
                MainButton(title: "common_save") { model.save() }.disabled(!model.maySave)
            }
        }
        .formStyle(.grouped)
        .onChange(of: model.isDone) { _, isDone in
            if isDone { dismiss() }
        }
        .navigationTitle("keep_membership_add")
        .smallTitle()
        .accessibilityIdentifier("keep_membership_new")
    }
}
