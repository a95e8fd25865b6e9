// The core says "this scope changed"; a view model loads again what it shows. The stream subscribes when it is made and
// ends its subscription when nobody reads it any more.
import TekramCore

/// Sets of scopes that changed in an unlocked persona, one element for each call of the core.
public struct ChangeStream: AsyncSequence, Sendable {
    /// Scopes that changed together.
    public typealias Element = Set<String>

    private let stream: AsyncStream<Set<String>>

    /// Subscribes to `persona`.
    public init(_ persona: Persona) throws { try self.init(persona, ended: {}) }

    /// `ended` is called once the subscription is over.
    init(_ persona: Persona, ended: @escaping @Sendable () -> Void) throws {
        // Unread changes add up to one set: reloading twice for the same news is no use.
        let (stream, continuation) = AsyncStream.makeStream(of: Set<String>.self, bufferingPolicy: .bufferingNewest(64))
        let subscription = try persona.onChange(listener: Forwarder(continuation))
        continuation.onTermination = { _ in
            subscription.cancel()
            ended()
        }
        self.stream = stream
    }

    /// Reads the changes; ends when the reading task is cancelled.
    public func makeAsyncIterator() -> AsyncStream<Set<String>>.Iterator { stream.makeAsyncIterator() }
}

extension Persona {
    /// Calls `load` now, and again after each change, or each in one of `scopes` where they are named, until the task ends.
    @MainActor
    func follow(_ scopes: String..., load: @MainActor () async -> Void) async {
        // Before the first reading, so that nothing is missed between. A locked persona tells of nothing, and `load` says so.
        let changes = try? ChangeStream(self)
        await load()
        guard let changes else { return }
        for await changed in changes where scopes.isEmpty || !changed.isDisjoint(with: scopes) { await load() }
    }
}

/// Called from a thread of the core.
private final class Forwarder: ChangeListener {
    private let continuation: AsyncStream<Set<String>>.Continuation

    init(_ continuation: AsyncStream<Set<String>>.Continuation) { self.continuation = continuation }

    func changed(scopes: [String]) throws {
        continuation.yield(Set(scopes))
    }
}
