// What left this profile, newest first, page by page: the core reads it from the records themselves.
import Foundation
import Observation
import TekramCore

/// me_shared.
@MainActor
@Observable
public final class SharedModel {
    /// What left.
    public let items: PagedRows<SharedItem>

    /// For `persona`.
    public init(persona: Persona) {
        items = PagedRows { after, limit in
            let page = try persona.shared(after: after, limit: limit)
            return RowPage(rows: page.items, next: page.next)
        }
    }
}
