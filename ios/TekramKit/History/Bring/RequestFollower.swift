// When histories that were asked for elsewhere should be ready: the phone speaks up then, without the app having to run. It
// learns the times, not from whom.
import TekramCore

/// Keeps the phone told of what one open profile waits for.
@MainActor
public struct RequestFollower {
    private let persona: Persona
    private let phone: any Phone

    /// For `persona` on `phone`.
    public init(persona: Persona, phone: any Phone) {
        self.persona = persona
        self.phone = phone
    }

    /// Tells the phone, and again after each change, until the task ends: what came is no longer waited for.
    public func follow() async { await persona.follow { await show() } }

    /// Tells the phone what is waited for now. Being locked says nothing of it: what it knows stays.
    public func show() async {
        guard let requests = try? persona.historyRequests() else { return }
        await phone.waits(for: requests.filter { $0.cameMs == nil }.map(\.readyMs), profile: persona.id())
    }
}
