// How the view models of what is kept read and change it: one thing or one list out of the vault, read again after each
// change, and one change at a time whose refusal is shown where the person made it.
import Observation
import TekramCore

/// Something that was read of the vault, and what is being done with it.
@MainActor
@Observable
public final class Kept<Value: Sendable> {
    /// Whether it could be read.
    public private(set) var phase: Phase = .loading
    /// What was read.
    public private(set) var value: Value?
    /// A change is being carried out.
    public private(set) var isBusy = false
    /// Why the last change was refused.
    public private(set) var problem: Problem?
    /// The person removed it: its screen can be left.
    public private(set) var isOver = false

    let persona: Persona
    private let read: @MainActor (Persona) throws -> Value
    private let isNone: @MainActor (Value) -> Bool

    /// Reads with `read`; `isNone` says that there is nothing.
    init(
        _ persona: Persona, read: @escaping @MainActor (Persona) throws -> Value,
        isNone: @escaping @MainActor (Value) -> Bool = { _ in false }
    ) {
        (self.persona, self.read, self.isNone) = (persona, read, isNone)
    }

    /// Reads it.
    public func load() {
        // What is gone because the person removed it is no failure.
        guard !isOver else { return }
        do {
            let value = try read(persona)
            self.value = value
            phase = .loaded(isNone(value))
        } catch {
            phase = .ended(error)
        }
    }

    /// Reads it, and again after each change, until the screen is left.
    public func follow() async { await persona.follow { load() } }

    /// Carries out `call`, one at a time; `leaves` says that the screen is over when it succeeded.
    func change(leaves: Bool = false, _ call: @MainActor (Persona) async throws -> Void) async {
        guard !isBusy else { return }
        (isBusy, problem) = (true, nil)
        do {
            try await call(persona)
            isOver = leaves
        } catch {
            problem = Problem(error)
        }
        isBusy = false
        load()
    }
}
