// The rules of the split on its screen: budget, smallest payment, and what a share goes by.
import SwiftUI
import TekramCore
import TekramKit

/// The month's budget, and in which currency as long as there is none.
struct BudgetSection: View {
    let model: PayModel
    @State private var currency = AmountText.currencies()[0]

    var body: some View {
        Section {
            AmountField(
                title: "pay_budget", hint: "pay_budget_hint", amount: model.budget, currency: used,
                set: { model.setBudget($0) }
            )
            .id(FieldKey(edition: model.edition, amount: model.rules?.budget))
            if model.rules == nil {
                Picker("pay_currency", selection: $currency) {
                    ForEach(AmountText.currencies(), id: \.self) { Text(verbatim: $0).tag($0) }
                }
            }
        } header: {
            if model.rules == nil { Text("pay_no_budget").textCase(nil) }
        }
    }

    private var used: String { model.rules?.budget.currency ?? currency }
}

/// What is smaller than this is not sent.
struct MinimumSection: View {
    let model: PayModel

    var body: some View {
        if let minimum = model.minimum {
            Section {
                AmountField(
                    title: "pay_minimum", hint: "pay_minimum", amount: minimum, currency: minimum.currency,
                    set: { model.setMinimum($0) }
                )
                .id(FieldKey(edition: model.edition, amount: model.rules?.minimum))
            } footer: {
                Text("pay_minimum_text")
            }
        }
    }
}

/// What a share goes by.
struct WeightSection: View {
    @Bindable var model: PayModel

    var body: some View {
        Section {
            Picker("pay_weight", selection: $model.weight) {
                ForEach(Weight.all, id: \.self) { Text(Words.text($0.key)).tag($0) }
            }
            .pickerStyle(.inline)
        }
    }
}

/// What is typed belongs to the rules in force: when they change, the field begins anew.
private struct FieldKey: Hashable {
    let edition: Int
    let amount: Money?
}

/// An amount to type, with what was understood below it.
private struct AmountField: View {
    let title: LocalizedStringKey
    let hint: LocalizedStringKey
    let currency: String
    let set: (Money) -> Void
    @State private var text: String

    init(
        title: LocalizedStringKey, hint: LocalizedStringKey, amount: Money?, currency: String,
        set: @escaping (Money) -> Void
    ) {
        (self.title, self.hint, self.currency, self.set) = (title, hint, currency, set)
        _text = State(initialValue: amount.flatMap { $0.currency == currency ? AmountText.typed($0) : nil } ?? "")
    }

    var body: some View {
        VStack(alignment: .leading, spacing: 2) {
            LabeledContent(title) {
                TextField(title, text: $text, prompt: Text(hint))
                    .field(.number)
                    .multilineTextAlignment(.trailing)
            }
            if let understood {
                Text(verbatim: understood.text()).font(.footnote).foregroundStyle(.secondary)
            } else if !text.isEmpty {
                Label("pay_amount_wrong", systemImage: "exclamationmark.triangle").font(.footnote)
                    .foregroundStyle(.red)
            }
        }
        .onChange(of: understood) { _, understood in
            if let understood { set(understood) }
        }
    }

    private var understood: Money? { AmountText.money(text, currency: currency) }
}
