// The charts of History: bars over time, the hours of a week, and shares of a whole. Drawn with shapes; each tells VoiceOver
// in words what the picture says, and the lists beside them say it number by number.
import SwiftUI
import TekramCore
import TekramKit

/// That this is where most was heard.
private func most(_ what: String) -> String { Words.text("history_answer_most", what) }

/// How much by month or by day, as bars.
struct BarsChart: View {
    let bars: AnswerBars
    let measure: Measure
    /// What they are, in words.
    let label: LocalizedStringKey
    @ScaledMetric(relativeTo: .body) private var height: CGFloat = 120

    var body: some View {
        VStack(alignment: .leading, spacing: Theme.near) {
            Canvas { context, size in
                let step = size.width / CGFloat(max(1, bars.bars.count))
                for (index, bar) in bars.bars.enumerated() where bar.part > 0 {
                    // What was heard at all is never lower than a line.
                    let tall = max(1, size.height * CGFloat(bar.part))
                    let rect = CGRect(
                        x: CGFloat(index) * step + step * 0.1, y: size.height - tall, width: step * 0.8, height: tall)
                    context.fill(Path(rect), with: .style(.tint))
                }
                let ground = Path(CGRect(x: 0, y: size.height - 1, width: size.width, height: 1))
                context.fill(ground, with: .color(.gray))
            }
            .frame(height: height)
            // A picture of time goes the way the text goes.
            .flipsForRightToLeftLayoutDirection(true)
            .accessibilityHidden(true)
            HStack {
                if let first = bars.bars.first { Text(verbatim: first.date) }
                Spacer()
                if bars.bars.count > 1, let last = bars.bars.last { Text(verbatim: last.date) }
            }
            .font(.caption)
            .foregroundStyle(.secondary)
            .accessibilityHidden(true)
            if let highest = bars.highest, let amount = highest.amount {
                Text(most(Words.text("history_answer_bar", highest.date, measure.text(amount))))
                    .font(.footnote)
                    .accessibilityHidden(true)
            }
        }
        .accessibilityElement()
        .accessibilityLabel(label)
        .accessibilityValue(Text(verbatim: spoken))
        .accessibilityAddTraits(.isImage)
    }

    private var spoken: String {
        guard let highest = bars.highest, let amount = highest.amount else {
            return Words.text("history_answer_nothing")
        }
        return most(Words.text("history_answer_bar", highest.date, measure.spoken(amount)))
    }
}

/// What a chart of bars shows, number by number.
struct BarsList: View {
    let bars: AnswerBars
    let measure: Measure
    let title: LocalizedStringKey

    var body: some View {
        List {
            ForEach(bars.bars) { bar in
                LabeledContent(
                    bar.date, value: bar.amount.map(measure.text) ?? Words.text("history_answer_nothing"))
            }
        }
        .navigationTitle(title)
        .smallTitle()
        .accessibilityIdentifier("history_glance_bars")
    }
}

/// The hours of a week: a row for each day, darker where more was heard.
struct WeekChart: View {
    let week: WeekGrid
    let measure: Measure
    @ScaledMetric(relativeTo: .caption) private var side: CGFloat = 18
    @ScaledMetric(relativeTo: .caption) private var names: CGFloat = 40

    var body: some View {
        VStack(alignment: .leading, spacing: 2) {
            ForEach(week.days.indices, id: \.self) { day in row(day) }
            HStack {
                Spacer(minLength: names)
                ForEach([0, 6, 12, 18], id: \.self) { hour in
                    Text(verbatim: Moments.hour(hour)).frame(maxWidth: .infinity, alignment: .leading)
                }
            }
            .font(.caption2)
            .lineLimit(1)
            .minimumScaleFactor(0.5)
            .foregroundStyle(.secondary)
            .accessibilityHidden(true)
            if let fullest = week.fullest {
                Text(most(text(fullest)))
                    .font(.footnote)
                    .padding(.top, Theme.near)
            }
        }
        .accessibilityElement(children: .contain)
        .accessibilityLabel("history_answer_by_hour")
    }

    private func row(_ day: Int) -> some View {
        HStack(spacing: 0) {
            Text(verbatim: Moments.weekday(day, short: true))
                .font(.caption)
                .lineLimit(1)
                .minimumScaleFactor(0.5)
                .frame(width: names, alignment: .leading)
            Canvas { context, size in
                let step = size.width / 24
                for hour in week.days[day] {
                    let cell = Path(
                        roundedRect: CGRect(
                            x: CGFloat(hour.hour) * step + 0.5, y: 0.5, width: step - 1, height: size.height - 1),
                        cornerRadius: 2)
                    context.fill(cell, with: .color(.gray.opacity(0.15)))
                    // The least that was heard is still told from nothing.
                    guard hour.part > 0 else { continue }
                    context.fill(cell, with: .color(.accentColor.opacity(0.2 + 0.8 * hour.part)))
                }
            }
            .frame(height: side)
            .flipsForRightToLeftLayoutDirection(true)
        }
        .accessibilityElement()
        .accessibilityLabel(Text(verbatim: Moments.weekday(day)))
        .accessibilityValue(Text(verbatim: spoken(day)))
    }

    private func spoken(_ day: Int) -> String {
        guard let fullest = week.fullest(ofDay: day) else { return Words.text("history_answer_nothing") }
        return most(Words.text("history_answer_bar", Moments.hour(fullest.hour), measure.spoken(fullest.amount)))
    }

    private func text(_ hour: WeekGrid.Hour) -> String {
        Words.text(
            "history_answer_hour", Moments.weekday(hour.day), Moments.hour(hour.hour), measure.text(hour.amount))
    }
}

/// Shares of a whole side by side; the rows below say the same.
struct SharesChart: View {
    let ranks: [Ranked]

    var body: some View {
        Canvas { context, size in
            var x = CGFloat(0)
            for (index, rank) in ranks.enumerated() {
                let width = size.width * CGFloat(rank.sharePermille) / 1_000
                let part = Path(CGRect(x: x, y: 0, width: width, height: size.height))
                context.fill(part, with: .color(Theme.share(index)))
                x += width
            }
        }
        .frame(height: 14)
        .clipShape(Capsule())
        .flipsForRightToLeftLayoutDirection(true)
        .accessibilityElement()
        .accessibilityLabel("history_answer_sources")
        .accessibilityValue(Text(verbatim: spoken))
        .accessibilityAddTraits(.isImage)
    }

    private var spoken: String {
        ranks.map { Words.text("history_source_share", sourceName($0.name), $0.share) }.formatted(.list(type: .and))
    }
}

extension Ranked {
    /// Its share of the whole, as it is read.
    var share: String { (Double(sharePermille) / 1_000).formatted(.percent.precision(.fractionLength(0))) }
}
