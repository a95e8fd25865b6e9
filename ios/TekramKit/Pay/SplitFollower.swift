// What stands of the month's split outside the app: the widget, and whether a reminder on the first of a month would be
// true. It follows the open profile, whichever room is shown; what it laid down stays when the profile is locked.
import TekramCore

/// Keeps the phone told of the newest split of one open profile.
@MainActor
public struct SplitFollower {
    private let persona: Persona
    private let phone: any Phone

    /// For `persona` on `phone`.
    public init(persona: Persona, phone: any Phone) {
        self.persona = persona
        self.phone = phone
    }

    /// Tells the phone, and again whenever something was heard or paid or a rule was changed, until the task ends.
    public func follow() async { await persona.follow("listen", "pay") { await show() } }

    /// Tells the phone what holds now. The widget shows the newest month by the rules in force, or nothing of another
    /// profile's; looking stores nothing.
    public func show() async {
        do {
            let months = try await persona.months().map(\.month) + persona.statements().map(\.month)
            let month = try persona.rules() == nil ? nil : months.max()
            await phone.hasSplit(month != nil, profile: persona.id())
            guard phone.isWidgetAllowed else { return }
            guard let month else { return phone.showOnWidget(nil) }
            let statement = try await persona.previewStatement(month: month, change: DraftRules().change)
            phone.showOnWidget(WidgetSplit(statement))
        } catch {
            let problem = Problem(error)
            // Being locked or at rest says nothing of the split: what is shown stays.
            if problem.isLocked || problem.isCancelled || problem.name == "paused" { return }
            phone.showOnWidget(nil)
        }
    }
}
