// Importing purchases on the screen: which file, which column is what, and what was left out.
import SwiftUI
import TekramCore
import TekramKit
import UniformTypeIdentifiers

/// keep_import; keep_csv once a table was chosen.
struct PurchaseImportScreen: View {
    private let persona: Persona
    @State private var model: PurchaseImportModel
    @State private var isChoosingTable = false
    @State private var isChoosingOrders = false

    init(persona: Persona) {
        self.persona = persona
        _model = State(
            initialValue: PurchaseImportModel(persona: persona, folder: screenFolder("purchases")))
    }

    var body: some View {
        Form {
            Section {
                ProblemLine(problem: model.problem)
                if model.isBusy { ProgressView().accessibilityLabel("common_working_a11y") }
            }
            if let arrived = model.arrived { result(arrived) }
            if let table = model.table {
                CsvSections(model: model, table: table)
            } else {
                which
            }
        }
        .formStyle(.grouped)
        .onDisappear { model.forget() }
        .navigationTitle(model.table == nil ? "keep_import_title" : "keep_csv_title")
        .smallTitle()
        .accessibilityIdentifier("keep_import")
    }

    @ViewBuilder private var which: some View {
        Section {
            Button("keep_import_table", systemImage: "tablecells") { isChoosingTable = true }
                .fileImporter(isPresented: $isChoosingTable, allowedContentTypes: [.data]) { chosen in
                    if case .success(let file) = chosen {
                        Task { await reading(file) { await model.look(at: $0) } }
                    }
                }
        } header: {
            Text("keep_import_text").textCase(nil)
        } footer: {
            Text("keep_import_table_text")
        }
        .disabled(model.isBusy)
        Section {
            Button("keep_import_orders", systemImage: "doc.text") { isChoosingOrders = true }
                .fileImporter(isPresented: $isChoosingOrders, allowedContentTypes: [.data]) { chosen in
                    if case .success(let file) = chosen {
                        Task { await reading(file) { await model.readOrders($0) } }
                    }
                }
        } footer: {
            Text("keep_import_orders_text")
        }
        .disabled(model.isBusy)
    }

    private func result(_ arrived: PenArrived) -> some View {
        Section {
            Text(Words.plural("keep_import_held", arrived.held))
            if !arrived.faults.isEmpty {
                Text(Words.plural("keep_import_faults", arrived.faults.count))
                ForEach(arrived.faults.prefix(Self.mostFaults), id: \.self) { fault in
                    Text(verbatim: fault.text).font(.footnote)
                }
            }
            if let batch = arrived.batch {
                NavigationLink("keep_import_look") { HeldBatchScreen(persona: persona, number: batch) }
            }
        }
    }

    /// As many lines that were left out are named.
    private static let mostFaults = 20
}

/// The first lines of a table, and what the person says about its columns.
private struct CsvSections: View {
    @Bindable var model: PurchaseImportModel
    let table: CsvLook

    var body: some View {
        Section("keep_csv_first") {
            ForEach(table.lines, id: \.self) { line in
                VStack(alignment: .leading) {
                    ForEach(Array(zip(table.headings, line)), id: \.0) { heading, cell in
                        Text(Words.text("keep_csv_cell", heading, cell)).font(.footnote)
                    }
                }
                .accessibilityElement(children: .combine)
            }
        }
        ForEach(CsvMeaning.allCases, id: \.self) { meaning in
            Section {
                Picker(LocalizedStringKey(meaning.wordKey), selection: $model[place: meaning]) {
                    Text(meaning.isNeeded ? "keep_csv_unchosen" : "keep_csv_none").tag(CsvPlace.nowhere)
                    ForEach(table.headings, id: \.self) { heading in
                        Text(verbatim: heading).tag(CsvPlace.column(heading))
                    }
                    Text("keep_csv_fixed").tag(CsvPlace.fixed)
                }
                .pickerStyle(.menu)
                if model[place: meaning] == .fixed {
                    TextField("keep_csv_fixed", text: $model[fixed: meaning]).field(.plain)
                }
                if let example = model.example(meaning) {
                    Text(verbatim: example).font(.footnote).foregroundStyle(.secondary)
                }
            }
        }
        Section {
            Picker("keep_csv_date_form", selection: $model.dateForm) {
                ForEach([CsvDate.iso, .dayFirst, .monthFirst], id: \.self) { form in
                    Text(LocalizedStringKey(form.wordKey)).tag(form)
                }
            }
            Picker("keep_csv_decimal", selection: $model.decimal) {
                Text("keep_csv_decimal_point").tag(".")
                Text("keep_csv_decimal_comma").tag(",")
            }
            Toggle("keep_csv_negative", isOn: $model.paidIsNegative)
        } footer: {
            Text("keep_csv_negative_text")
        }
        Section {
            MainButton(title: "keep_csv_go", isBusy: model.isBusy) { Task { await model.read() } }
                .disabled(!model.mayRead)
        }
    }
}
