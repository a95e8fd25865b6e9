// About the person: what stands now by kind, one thing with where it comes from and what stood there before, and the form.
import SwiftUI
import TekramCore
import TekramKit

/// keep_about.
struct AttributesScreen: View {
    private let persona: Persona
    @State private var model: AttributesModel
    @State private var isAdding = false

    init(persona: Persona) {
        self.persona = persona
        _model = State(initialValue: AttributesModel(persona: persona))
    }

    var body: some View {
        KeptPane(kept: model.attributes) { attributes in
            List {
                ForEach(attributes.groups) { group in
                    Section(LocalizedStringKey(group.kind.wordKey)) {
                        ForEach(group.attributes, id: \.id) { attribute in
                            NavigationLink {
                                AttributeScreen(persona: persona, id: attribute.id)
                            } label: {
                                AttributeRow(attribute: attribute, source: attributes.sourceText(attribute))
                            }
                        }
                    }
                }
            }
        } empty: {
            EmptyPane("keep_about_empty_title", text: "keep_about_empty_text", systemImage: "person.text.rectangle") {
                Button("keep_attribute_add") { isAdding = true }
            }
        }
        .toolbar {
            ToolbarItem(placement: .primaryAction) {
                Button("keep_attribute_add", systemImage: "plus") { isAdding = true }
            }
        }
        .navigationDestination(isPresented: $isAdding) { AttributeFormScreen(persona: persona) }
        .navigationTitle("keep_about_title")
        .smallTitle()
        .accessibilityIdentifier("keep_about")
    }
}

private struct AttributeRow: View {
    let attribute: Attribute
    let source: String

    var body: some View {
        VStack(alignment: .leading, spacing: 2) {
            Text(verbatim: attribute.shownText)
            if let name = attribute.nameText { Text(verbatim: name).font(.subheadline) }
            Text(verbatim: source).font(.footnote).foregroundStyle(.secondary)
        }
        .accessibilityElement(children: .combine)
    }
}

/// keep_attribute.
struct AttributeScreen: View {
    private let persona: Persona
    @State private var model: AttributeModel
    @State private var isChanging = false

    init(persona: Persona, id: Int64) {
        self.persona = persona
        _model = State(initialValue: AttributeModel(persona: persona, id: id))
    }

    var body: some View {
        KeptPane(kept: model.history) { history in
            List {
                if let newest = history.all.first {
                    Section {
                        if let name = newest.nameText { Text(verbatim: name).font(.subheadline) }
                        Text(verbatim: newest.shownText).font(.title2).textSelection(.enabled)
                        Text(verbatim: history.sourceText(newest))
                        Text(verbatim: newest.stoodText).font(.footnote).foregroundStyle(.secondary)
                        if let proof = newest.proofId {
                            NavigationLink("keep_attribute_open_proof") { ProofScreen(persona: persona, id: proof) }
                        }
                    }
                    steps(newest)
                }
                if history.all.count > 1 {
                    Section("keep_attribute_history") {
                        ForEach(history.all.dropFirst(), id: \.id) { before in
                            AttributeRow(attribute: before, source: history.sourceText(before))
                            Text(verbatim: before.stoodText).font(.footnote).foregroundStyle(.secondary)
                        }
                    }
                }
            }
        } empty: {
            EmptyView()
        }
        .navigationDestination(isPresented: $isChanging) {
            if let newest = model.newest { AttributeFormScreen(persona: persona, changing: newest) }
        }
        .navigationTitle(model.newest.map { LocalizedStringKey($0.kind.wordKey) } ?? "keep_about_title")
        .smallTitle()
        .accessibilityIdentifier("keep_attribute")
    }

    private func steps(_ newest: Attribute) -> some View {
        Section {
            ProblemLine(problem: model.history.problem)
            Button("keep_attribute_change", systemImage: "pencil") { isChanging = true }
            if newest.untilMs == nil {
                RemoveButton(
                    title: "keep_attribute_end", text: "keep_attribute_end_text", systemImage: "clock"
                ) {
                    await model.end()
                }
            }
            RemoveButton(title: "keep_attribute_forget", text: "keep_attribute_forget_text") { await model.forget() }
        }
        .disabled(model.history.isBusy)
    }
}

/// keep_attribute_new and keep_attribute_change.
struct AttributeFormScreen: View {
    @State private var model: AttributeFormModel
    @Environment(\.dismiss) private var dismiss

    init(persona: Persona, changing attribute: Attribute? = nil) {
        _model = State(initialValue: AttributeFormModel(persona: persona, changing: attribute))
    }

    var body: some View {
        Form {
            if model.changes {
                Text("keep_attribute_change_text")
            } else {
                Picker("keep_field_kind", selection: $model.fields.kind) {
                    ForEach(AttributeKind.allCases, id: \.self) { kind in
                        Text(LocalizedStringKey(kind.wordKey)).tag(kind)
                    }
                }
                .pickerStyle(.menu)
            }
            Section { fields }
            if !model.changes {
                Section {
                    line("label", "keep_field_label", $model.fields.label)
                } footer: {
                    Text("keep_field_label_hint")
                }
            }
            Section {
                ProblemLine(problem: model.problem)
                MainButton(title: "common_save") { model.save() }
            }
        }
        .formStyle(.grouped)
        .onChange(of: model.isDone) { _, isDone in
            if isDone { dismiss() }
        }
        .navigationTitle(model.changes ? "keep_attribute_change" : "keep_attribute_add")
        .smallTitle()
        .accessibilityIdentifier("keep_attribute_new")
    }

    @ViewBuilder private var fields: some View {
        switch model.fields.kind {
        case .name:
            line("name", "keep_field_name", $model.fields.text)
            line("givenName", "keep_field_given_name", $model.fields.givenName)
            line("familyName", "keep_field_family_name", $model.fields.familyName)
        case .email: line("email", "keep_property_email", $model.fields.text)
        case .telephone: line("telephone", "keep_property_telephone", $model.fields.text)
        case .birthDate:
            line("birthDate", "keep_property_birth_date", $model.fields.text)
            Text("keep_field_day_hint").font(.footnote).foregroundStyle(.secondary)
        case .free:
            if !model.changes { line("name", "keep_field_free_name", $model.fields.freeName) }
            line("value", "keep_field_free_value", $model.fields.text)
        case .address:
            line("streetAddress", "keep_field_street", $model.fields.street)
            line("postalCode", "keep_field_postal_code", $model.fields.postalCode)
            line("addressLocality", "keep_field_town", $model.fields.town)
            line("addressRegion", "keep_field_region", $model.fields.region)
            line("addressCountry", "keep_field_country", $model.fields.country)
            Text("keep_field_country_hint").font(.footnote).foregroundStyle(.secondary)
        }
    }

    /// A field that the core calls `name`; the core's refusal marks it.
    private func line(_ name: String, _ title: LocalizedStringKey, _ text: Binding<String>) -> some View {
        HStack {
            TextField(title, text: text).field(.plain)
            if model.wrongField == name {
                Image(systemName: "exclamationmark.triangle").foregroundStyle(.red)
                    .accessibilityLabel("error_bad_field")
            }
        }
    }
}
