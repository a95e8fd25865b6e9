// Purchases by month with a search, one with what was bought and its receipt, and one that is typed in.
import SwiftUI
import TekramCore
import TekramKit
import UniformTypeIdentifiers

/// keep_purchases.
struct PurchasesScreen: View {
    private let persona: Persona
    @State private var model: PurchasesModel
    @State private var isAdding = false
    @State private var isImporting = false

    init(persona: Persona) {
        self.persona = persona
        _model = State(initialValue: PurchasesModel(persona: persona))
    }

    var body: some View {
        PhasePane(
            phase: model.phase, loading: "keep_loading", locked: "keep_locked_text", retry: { model.load() }
        ) {
            List {
                if model.purchases.isEmpty { Text(Words.text("keep_purchases_none", model.text)) }
                ForEach(model.months) { month in
                    Section {
                        ForEach(month.purchases, id: \.id) { purchase in
                            NavigationLink {
                                PurchaseScreen(persona: persona, id: purchase.id)
                            } label: {
                                PurchaseRow(purchase: purchase)
                            }
                        }
                    } header: {
                        Text(verbatim: month.month)
                    }
                }
            }
            .searchable(text: $model.text, prompt: "keep_purchases_search")
        } empty: {
            EmptyPane("keep_purchases_empty_title", text: "keep_purchases_empty_text", systemImage: "bag") {
                Button("keep_purchase_add") { isAdding = true }
            }
        }
        .task { await model.follow() }
        .toolbar {
            ToolbarItem(placement: .primaryAction) {
                Menu("common_add", systemImage: "plus") {
                    Button("keep_purchase_add") { isAdding = true }
                    Button("keep_import_title") { isImporting = true }
                }
            }
        }
        .navigationDestination(isPresented: $isAdding) { PurchaseFormScreen(persona: persona) }
        .navigationDestination(isPresented: $isImporting) { PurchaseImportScreen(persona: persona) }
        .navigationTitle("keep_purchases_title")
        .smallTitle()
        .accessibilityIdentifier("keep_purchases")
    }
}

private struct PurchaseRow: View {
    let purchase: Purchase

    var body: some View {
        VStack(alignment: .leading, spacing: 2) {
            HStack {
                Text(verbatim: purchase.seller).font(.headline)
                Spacer()
                Text(verbatim: purchase.total.text())
            }
            if !purchase.items.isEmpty { Text(verbatim: purchase.itemsText).font(.subheadline).lineLimit(2) }
            Text(Moments.day(purchase.orderedMs)).font(.footnote).foregroundStyle(.secondary)
        }
        .accessibilityElement(children: .combine)
    }
}

/// keep_purchase.
struct PurchaseScreen: View {
    @State private var model: PurchaseModel
    @State private var isChoosing = false
    @State private var isMoving = false

    init(persona: Persona, id: Int64) {
        _model = State(initialValue: PurchaseModel(persona: persona, id: id, folder: screenFolder("receipt")))
    }

    var body: some View {
        KeptPane(kept: model.purchase) { kept in
            List {
                bought(kept.purchase)
                receipt(kept.receipt)
                Section {
                    ProblemLine(problem: model.purchase.problem)
                    RemoveButton(title: "keep_purchase_remove", text: "keep_purchase_remove_text") {
                        await model.remove()
                    }
                }
            }
            .disabled(model.purchase.isBusy)
        } empty: {
            EmptyView()
        }
        .fileImporter(isPresented: $isChoosing, allowedContentTypes: [.data]) { chosen in
            if case .success(let file) = chosen { Task { await reading(file) { await model.attach($0) } } }
        }
        .fileMover(isPresented: $isMoving, file: model.written) { _ in model.forget() }
        .onDisappear { model.forget() }
        .navigationTitle(model.purchase.value?.purchase.seller ?? Words.text("keep_purchases_title"))
        .smallTitle()
        .accessibilityIdentifier("keep_purchase")
    }

    @ViewBuilder private func bought(_ purchase: Purchase) -> some View {
        Section {
            Text(verbatim: purchase.total.text()).font(.title2)
            Text(Moments.day(purchase.orderedMs))
            if !purchase.orderNumber.isEmpty { Text(Words.text("keep_purchase_order_number", purchase.orderNumber)) }
            if !purchase.record.isEmpty {
                Text("keep_purchase_signed").font(.footnote).foregroundStyle(.secondary)
            }
        }
        if !purchase.items.isEmpty {
            Section("keep_purchase_items") {
                ForEach(purchase.items, id: \.self) { item in
                    HStack {
                        VStack(alignment: .leading) {
                            Text(verbatim: item.text)
                            if !item.productId.isEmpty {
                                Text(verbatim: item.productId).font(.footnote).foregroundStyle(.secondary)
                            }
                        }
                        Spacer()
                        if let price = item.priceText { Text(verbatim: price) }
                    }
                    .accessibilityElement(children: .combine)
                }
            }
        }
    }

    private func receipt(_ receipt: KeptFile?) -> some View {
        Section("keep_purchase_receipt") {
            if let receipt {
                KeptFileView(kept: receipt, label: "keep_purchase_receipt_a11y")
                Button("keep_file_save", systemImage: "square.and.arrow.down") {
                    Task {
                        await model.write()
                        isMoving = model.written != nil
                    }
                }
                Button("keep_purchase_receipt_off", systemImage: "minus.circle") { Task { await model.detach() } }
            } else {
                Text("keep_purchase_receipt_none").foregroundStyle(.secondary)
                Button("keep_file_attach", systemImage: "paperclip") { isChoosing = true }
            }
        }
    }
}

/// The picture, where the phone can draw it, else the file's name and size. `label` is read out instead of the picture.
struct KeptFileView: View {
    let kept: KeptFile
    let label: LocalizedStringKey

    var body: some View {
        if let picture = kept.picture.flatMap({ drawnPicture($0) }) {
            picture.resizable().aspectRatio(contentMode: .fit).frame(maxHeight: 480).accessibilityLabel(label)
        } else {
            Text(verbatim: kept.text)
        }
    }
}

/// keep_purchase_new.
struct PurchaseFormScreen: View {
    @State private var model: PurchaseFormModel
    @Environment(\.dismiss) private var dismiss

    init(persona: Persona) {
        _model = State(initialValue: PurchaseFormModel(persona: persona))
    }

    var body: some View {
        Form {
            Section {
                TextField("keep_purchase_seller", text: $model.fields.seller).field(.plain)
                DatePicker("keep_purchase_day", selection: $model.fields.day, displayedComponents: .date)
                TextField("keep_purchase_amount", text: $model.fields.amount).field(.number)
                TextField("keep_purchase_currency", text: $model.fields.currency)
                    .field(.plain)
                    .autocorrectionDisabled()
                TextField("keep_purchase_number", text: $model.fields.orderNumber)
                    .field(.plain)
                    .autocorrectionDisabled()
            }
            ForEach(model.fields.lines) { line in
                Section {
                    TextField("keep_purchase_item", text: $model.fields.lines[line.id].name).field(.plain)
                    Stepper(value: $model.fields.lines[line.id].count, in: 1...PurchaseFormModel.mostPieces) {
                        LabeledContent("keep_purchase_item_count", value: line.count.formatted())
                    }
                    TextField("keep_purchase_item_price", text: $model.fields.lines[line.id].price).field(.number)
                }
            }
            Section {
                Button("keep_purchase_item_add", systemImage: "plus") { model.addLine() }
                if model.isUnreadable {
                    Label("keep_purchase_amount_wrong", systemImage: "exclamationmark.triangle")
                        .foregroundStyle(.red)
                }
                ProblemLine(problem: model.problem)
                MainButton(title: "common_save") { model.save() }
            }
        }
        .formStyle(.grouped)
        .onChange(of: model.isDone) { _, isDone in
            if isDone { dismiss() }
        }
        .navigationTitle("keep_purchase_add")
        .smallTitle()
        .accessibilityIdentifier("keep_purchase_new")
    }
}
