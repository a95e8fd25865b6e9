// This month's split as a widget. It shows what the app laid down for it, which the app does only with the person's leave;
// it computes nothing and reaches no vault. On a locked device the system blanks what is marked as private.
import SwiftUI
import WidgetKit

@main
struct TekramWidgets: WidgetBundle {
    var body: some Widget {
        SplitWidget()
    }
}

struct SplitWidget: Widget {
    static let kind = "split"

    var body: some WidgetConfiguration {
        StaticConfiguration(kind: Self.kind, provider: SplitTimeline()) { entry in
            SplitView(snapshot: entry.snapshot)
                .containerBackground(.background, for: .widget)
                .widgetURL(URL(string: "tekram:pay"))
        }
        .configurationDisplayName("common_widget_split_title")
        .description("common_widget_split_text")
        .supportedFamilies([.systemSmall, .systemMedium, .accessoryRectangular])
    }
}

struct SplitEntry: TimelineEntry {
    let date: Date
    let snapshot: WidgetSnapshot?
}

struct SplitTimeline: TimelineProvider {
    func placeholder(in context: Context) -> SplitEntry {
        SplitEntry(date: .now, snapshot: nil)
    }

    func getSnapshot(in context: Context, completion: @escaping (SplitEntry) -> Void) {
        // The gallery shows the widget to whoever holds the device: nothing of the person's there.
        completion(SplitEntry(date: .now, snapshot: context.isPreview ? nil : .load()))
    }

    func getTimeline(in context: Context, completion: @escaping (Timeline<SplitEntry>) -> Void) {
        // The app asks for a new one when the split has changed.
        completion(Timeline(entries: [SplitEntry(date: .now, snapshot: .load())], policy: .never))
    }
}

struct SplitView: View {
    let snapshot: WidgetSnapshot?
    @Environment(\.widgetFamily) private var family

    private var most: Int { family == .systemMedium ? WidgetSnapshot.mostLines : 1 }

    var body: some View {
        VStack(alignment: .leading, spacing: 4) {
            Text("common_widget_split_title").font(.caption).foregroundStyle(.secondary)
            if let snapshot {
                Text(verbatim: snapshot.total).font(.headline).privacySensitive()
                ForEach(snapshot.lines.prefix(most), id: \.name) { line in
                    HStack {
                        Text(verbatim: line.name).lineLimit(1)
                        Spacer()
                        Text(verbatim: line.amount).monospacedDigit()
                    }
                    .font(.caption)
                    .privacySensitive()
                    .accessibilityElement(children: .combine)
                }
            } else {
                Text("common_widget_split_locked").font(.callout)
            }
        }
        .frame(maxWidth: .infinity, alignment: .leading)
    }
}
