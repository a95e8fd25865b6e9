// The rows of a paged list with what brings the next ones. The list is SwiftUI's; this is what stands inside it.
import SwiftUI
import TekramKit

/// Rows of a `PagedRows`, read on as they come into sight.
struct PagedSection<Row: Sendable, ID: Hashable, RowView: View>: View {
    let list: PagedRows<Row>
    let id: KeyPath<Row, ID>
    @ViewBuilder let row: (Row) -> RowView

    var body: some View {
        if list.hasEarlier {
            ProgressView()
                .accessibilityLabel("common_loading_a11y")
                .task { await list.earlier() }
        }
        ForEach(list.rows, id: id) { row($0) }
        if list.hasMore {
            // Its task begins when it is scrolled into sight, and anew for each page.
            ProgressView()
                .accessibilityLabel("common_loading_a11y")
                .task(id: list.rows.last?[keyPath: id]) { await list.more() }
        }
    }
}
