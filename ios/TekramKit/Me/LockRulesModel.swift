// When the open profile locks by itself, and whether it destroys itself after wrong passphrases. Both are kept in the vault
// and hold wherever it is opened.
import Observation
import TekramCore

/// me_locking.
@MainActor
@Observable
public final class LockRulesModel {
    /// Seconds without a touch after which a profile can lock; nothing: never.
    public nonisolated static let lockChoices: [UInt32?] = [60, 300, 900, 3_600, nil]
    /// Wrong passphrases, one after the other, after which a profile can destroy itself; nothing: never.
    public nonisolated static let wipeChoices: [UInt32?] = [nil, 10, 20]

    /// Whether the rules could be read.
    public private(set) var phase: Phase = .loading
    /// There is a passphrase that could be wrong.
    public private(set) var hasPassphrase = false
    /// Why a rule was not kept.
    public private(set) var problem: Problem?

    /// The person is asked whether they mean it.
    public var isAsking = false

    /// After how many wrong passphrases it would destroy itself, if they mean it.
    private var askedWipe: UInt32?

    private var keptLock: UInt32?
    private var keptWipe: UInt32?
    private let persona: Persona

    /// For `persona`.
    public init(persona: Persona) {
        self.persona = persona
    }

    /// Seconds without a touch after which it locks; nothing: never.
    public var lockAfter: UInt32? {
        get { keptLock }
        set { change { try persona.setAutoLock(seconds: newValue) } }
    }

    /// Wrong passphrases after which it destroys itself; nothing: never. Switching it on asks first.
    public var wipeAfter: UInt32? {
        get { keptWipe }
        set { if newValue == nil { keepWipe(nil) } else { (askedWipe, isAsking) = (newValue, true) } }
    }

    /// They mean it.
    public func confirmWipe() {
        if let askedWipe { keepWipe(askedWipe) }
    }

    /// What can be chosen, and what was chosen elsewhere.
    public var lockChoices: [UInt32?] { Self.with(keptLock, Self.lockChoices) }

    /// What can be chosen, and what was chosen elsewhere.
    public var wipeChoices: [UInt32?] { Self.with(keptWipe, Self.wipeChoices) }

    /// Reads the rules.
    public func load() {
        do {
            keptLock = try persona.autoLockS()
            keptWipe = try persona.wipeAfter()
            hasPassphrase = try persona.ways().contains { $0.kind == .passphrase }
            phase = .ready
        } catch {
            phase = .ended(error)
        }
    }

    private func keepWipe(_ wrong: UInt32?) {
        (askedWipe, isAsking) = (nil, false)
        change { try persona.setWipeAfter(wrong: wrong) }
    }

    private func change(_ call: () throws -> Void) {
        do {
            try call()
            problem = nil
        } catch {
            problem = Problem(error)
        }
        load()
    }

    private static func with(_ chosen: UInt32?, _ choices: [UInt32?]) -> [UInt32?] {
        choices.contains(chosen) ? choices : choices + [chosen]
    }
}
