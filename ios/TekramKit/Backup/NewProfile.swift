// A profile that a screen has made and the person has not gone on to yet. It is unlocked: it becomes the open one, or is
// locked when the screen is left.
import TekramCore

/// The profile that was made, until it is opened or left.
@MainActor
final class NewProfile {
    private let app: AppModel
    private var persona: Persona?

    /// For `app`; none is made yet.
    init(app: AppModel) {
        self.app = app
    }

    /// This one was made.
    func made(_ persona: Persona?) {
        self.persona = persona
    }

    /// Goes on with it. It may come with a rule for locking by itself; one that has none gets that of new profiles.
    func open() {
        guard let persona else { return }
        self.persona = nil
        app.opened(persona, isNew: true)
    }

    /// The screen was left: what was made and not opened is locked.
    func leave() {
        try? persona?.lock()
        persona = nil
        app.reload()
    }
}
