// The split of a month on one screen: which month, how much, the ring, and below it either who gets what or how it is
// divided, with a slider for each source.
import SwiftUI
import TekramCore
import TekramKit

/// pay_split.
struct SplitScreen: View {
    let model: PayModel
    @State private var view = SplitView.lines

    var body: some View {
        PhasePane(
            phase: model.phase, loading: "pay_loading", offline: "pay_offline_text", locked: "pay_locked_text",
            retry: { await model.load() }
        ) {
            list.nextBar(isShown: model.draft != nil || model.statement != nil) { NextStep(model: model) }
        } empty: {
            EmptyPane("pay_empty_title", text: "pay_empty_text", systemImage: "chart.pie") {
                NavigationLink("pay_discover", value: PayPlace.payees)
            }
        }
        .toolbar {
            ToolbarItem(placement: .primaryAction) {
                NavigationLink(value: PayPlace.months) { Label("pay_months", systemImage: "calendar") }
            }
        }
        .accessibilityIdentifier("pay_split")
    }

    private var list: some View {
        List {
            MonthSection(model: model)
            if model.rules == nil || model.statement == nil { BudgetSection(model: model) }
            if let statement = model.statement {
                if statement.state == .draft {
                    Section {
                        ViewPicker(view: $view)
                        if model.draft != nil { Text("pay_preview_note").font(.footnote) }
                    }
                }
                switch shown(statement) {
                case .lines: LinesSections(statement: statement)
                case .sources: SourcesSections(model: model, statement: statement)
                case .rules: rules
                }
            }
        }
        .refreshable { await model.load() }
        .safeAreaInset(edge: .top) {
            if let statement = model.statement, shown(statement) == .sources { LiveRing(statement: statement) }
        }
    }

    @ViewBuilder private var rules: some View {
        if model.rules != nil { BudgetSection(model: model) }
        WeightSection(model: model)
        MinimumSection(model: model)
        if let zone = model.statement?.zone { Section { LabeledContent("pay_zone", value: zone) } }
    }

    /// What is promised is not divided anew.
    private func shown(_ statement: Statement) -> SplitView { statement.state == .draft ? view : .lines }
}

/// Which of its lists the screen shows.
private enum SplitView: CaseIterable, Hashable {
    case lines, sources, rules

    var title: LocalizedStringKey {
        switch self {
        case .lines: "pay_view_lines"
        case .sources: "pay_view_sources"
        case .rules: "pay_view_rules"
        }
    }
}

private struct ViewPicker: View {
    @Binding var view: SplitView
    @Environment(\.dynamicTypeSize) private var typeSize

    var body: some View {
        // Three large words do not fit side by side.
        if typeSize.isAccessibilitySize {
            picker.pickerStyle(.menu)
        } else {
            picker.pickerStyle(.segmented).labelsHidden()
        }
    }

    private var picker: some View {
        Picker("pay_title", selection: $view) {
            ForEach(SplitView.allCases, id: \.self) { Text($0.title).tag($0) }
        }
    }
}

/// Which month, where it stands, and what waits for the person.
private struct MonthSection: View {
    let model: PayModel

    var body: some View {
        Section {
            HStack {
                turn("chevron.backward", "pay_month_previous_a11y", model.older)
                VStack {
                    Text(verbatim: model.month.map { Moments.month($0) } ?? "").font(.headline)
                        .accessibilityAddTraits(.isHeader)
                    if let statement = model.statement {
                        Text(Words.text(statement.state.key)).font(.footnote).foregroundStyle(.secondary)
                    }
                }
                .frame(maxWidth: .infinity)
                turn("chevron.forward", "pay_month_next_a11y", model.newer)
            }
            if model.heldChanges > 0 {
                NavigationLink(value: PayPlace.changes) {
                    Label(
                        Words.plural("pay_changes_count", model.heldChanges), systemImage: "exclamationmark.triangle")
                }
            }
            ProblemLine(problem: model.problem)
        }
    }

    private func turn(_ image: String, _ label: LocalizedStringKey, _ month: String?) -> some View {
        Button {
            if let month { Task { await model.show(month) } }
        } label: {
            Image(systemName: image).frame(minWidth: 44, minHeight: 44)
        }
        .buttonStyle(.borderless)
        .disabled(month == nil)
        .accessibilityLabel(label)
    }
}

/// Who gets what.
private struct LinesSections: View {
    let statement: Statement

    var body: some View {
        Section {
            SplitRing(statement: statement).frame(maxWidth: .infinity)
            if statement.state == .draft {
                let payable = statement.money(statement.summary.payableMinor)
                Text(Words.text("pay_payable", payable.text(), statement.total.text()))
            } else {
                Sums(statement: statement)
            }
        }
        if statement.hasRailOff {
            Section {
                Label("pay_rail_off_title", systemImage: "info.circle").font(.headline)
                Text("pay_rail_off_text")
            }
        }
        Section {
            ForEach(Array(statement.lines.enumerated()), id: \.element.key) { index, line in
                NavigationLink(value: PayPlace.why(line.key)) {
                    LineRow(statement: statement, line: line, color: SplitPart.color(of: line, at: index))
                }
            }
            NavigationLink(value: PayPlace.payees) { Label("pay_discover", systemImage: "magnifyingglass") }
        }
    }
}

/// One line with the colour of its part; tapped, it says why.
private struct LineRow: View {
    let statement: Statement
    let line: StatementLine
    let color: Int?

    var body: some View {
        HStack(alignment: .firstTextBaseline, spacing: Theme.near) {
            Image(systemName: "circle.fill").font(.caption).foregroundStyle(Color.share(color))
                .accessibilityHidden(true)
            VStack(alignment: .leading, spacing: 2) {
                AmountRow(line.title, amount).accessibilityLabel(
                    Words.text("pay_ring_part_a11y", line.title, amount, share))
                Text(Words.text("pay_line_heard", share, Durations.text(Int64(line.playedMs))))
                    .font(.subheadline).foregroundStyle(.secondary)
                // Of a plan, that somebody is simply paid needs no words.
                if statement.state != .draft || line.outcome != .pay {
                    Text(Words.text(line.stateKey)).font(.footnote)
                }
                if let why = line.why { Text(verbatim: why).font(.footnote).foregroundStyle(.secondary) }
            }
        }
        .accessibilityElement(children: .combine)
        .accessibilityHint("pay_open_why")
    }

    private var amount: String { statement.money(line.amountMinor).text() }

    private var share: String { Percent.text(permille: line.permille(of: statement.budget)) }
}

/// How much each source counts.
private struct SourcesSections: View {
    @Bindable var model: PayModel
    let statement: Statement

    var body: some View {
        Section("pay_factor") {
            ForEach(model.sources, id: \.source) { source in
                SourceRow(
                    source: source, factor: $model[factorOf: source.source], permille: model.factor(source.source),
                    gets: model.amount(of: source.source))
            }
            Button("pay_factor_reset") { model.resetFactors() }
        }
    }
}

/// A source, what it gets, and the slider that says how much it counts.
private struct SourceRow: View {
    let source: MonthSource
    @Binding var factor: Double
    let permille: UInt32
    let gets: Money?

    var body: some View {
        VStack(alignment: .leading, spacing: 2) {
            Group {
                AmountRow(source.name, gets?.text() ?? "")
                AmountRow(Durations.text(Int64(source.playedMs)), counts).font(.footnote).foregroundStyle(.secondary)
            }
            .accessibilityHidden(true)
            Slider(value: $factor, in: 0...Double(max(Factor.end, source.permille, permille))) {
                Text(verbatim: source.name)
            }
            .accessibilityLabel(
                Words.text("pay_factor_a11y", source.name, counts, gets?.text() ?? Words.text("common_none"))
            )
            .accessibilityValue(counts)
        }
    }

    private var counts: String {
        switch permille {
        case 0: Words.text("pay_factor_out")
        case Factor.asHeard: Words.text("pay_factor_normal")
        default: Percent.text(permille: Int64(permille))
        }
    }
}

/// The ring, small, while the sliders below it move.
private struct LiveRing: View {
    let statement: Statement

    var body: some View {
        HStack(spacing: Theme.far) {
            SplitRing(statement: statement, across: 72, showsSum: false)
            Text(verbatim: statement.total.text()).font(.headline)
        }
        .frame(maxWidth: .infinity)
        .padding(.vertical, Theme.near)
        .background(.bar)
    }
}

/// What comes next: putting in force what was tried out, confirming, paying, or looking at what came of it.
private struct NextStep: View {
    let model: PayModel

    var body: some View {
        if model.draft != nil {
            HStack(spacing: Theme.far) {
                Button("common_cancel", role: .cancel) { Task { await model.cancel() } }
                MainButton(title: "common_apply", isBusy: model.isBusy) { Task { await model.apply() } }
                    .disabled(model.statement == nil || model.problem != nil)
            }
        } else if let statement = model.statement {
            switch statement.state {
            case .draft:
                NextLink(title: "pay_confirm", place: .confirm(statement.month))
                    .disabled(statement.summary.payableMinor <= 0)
            case .committed: NextLink(title: "pay_now", place: .progress(statement.month))
            case .settled: NextLink(title: "pay_receipts_title", place: .receipts(statement.month))
            }
        }
    }
}
