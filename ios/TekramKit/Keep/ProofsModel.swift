// Proofs that others issued: all of them, one with what it says and whether it still holds, and receiving another one.
import Foundation
import Observation
import TekramCore

/// keep_proofs.
@MainActor
public final class ProofsModel {
    /// In the core's order.
    public let proofs: Kept<[Credential]>

    /// For `persona`.
    public init(persona: Persona) {
        proofs = Kept(persona) {
            try $0.credentials()
        } isNone: {
            $0.isEmpty
        }
    }
}

/// keep_proof.
@MainActor
public final class ProofModel {
    /// The proof.
    public let proof: Kept<Credential>

    private let id: String

    /// For the proof `id` of `persona`.
    public init(persona: Persona, id: String) {
        self.id = id
        proof = Kept(persona) { try $0.credential(id: id) }
    }

    /// Asks the issuer's list whether it still holds.
    public func check() async {
        let id = id
        await proof.change { _ = try await $0.checkCredentialStatus(id: id) }
    }

    /// Removes it.
    public func remove() async {
        let id = id
        await proof.change(leaves: true) { try $0.removeCredential(id: id) }
    }
}

/// keep_receive.
@MainActor
@Observable
public final class ReceiveModel {
    /// A proof is text; the core refuses one that is too long, and no more than that is read of a file.
    private nonisolated static let mostBytes = 4 * 1024 * 1024

    /// What is typed, pasted or scanned.
    public var content = "" {
        didSet { problem = nil }
    }
    /// The issuer that a key is asked for.
    public var issuer = "" {
        didSet { if issuer != oldValue { key = nil } }
    }
    /// It is being checked.
    public private(set) var isBusy = false
    /// Why it was not taken.
    public private(set) var problem: Problem?
    /// The batch in which it waits.
    public var batch: Int64?
    /// The key that the issuer may bind a proof to.
    public private(set) var key: String?

    private let persona: Persona

    /// For `persona`.
    public init(persona: Persona) {
        self.persona = persona
    }

    /// There is something to check.
    public var mayReceive: Bool { !content.trimmed.isEmpty && !isBusy }

    /// Checks its signature and lets it wait in the holding pen.
    public func receive() async {
        guard mayReceive else { return }
        (isBusy, problem) = (true, nil)
        defer { isBusy = false }
        let (persona, wanted) = (persona, content.trimmed)
        do {
            let batch = try await persona.receiveCredential(content: wanted)
            content = ""
            self.batch = batch
        } catch {
            problem = Problem(error)
        }
    }

    /// Takes a proof out of a file, which the app may read now.
    public func receive(from file: URL) async {
        guard !isBusy else { return }
        do {
            let handle = try FileHandle(forReadingFrom: file)
            defer { try? handle.close() }
            let bytes = try handle.read(upToCount: Self.mostBytes) ?? Data()
            content = String(decoding: bytes, as: UTF8.self)
        } catch {
            problem = Problem(name: "file_unusable")
            return
        }
        await receive()
    }

    /// Reads it as a code with the camera; nothing when the person turned away.
    public func scan(with phone: any Phone) async {
        guard let text = await phone.scan() else { return }
        content = text
    }

    /// Shows the key of the person for this issuer alone.
    public func showKey() {
        do {
            key = try persona.credentialKey(relation: issuer.trimmed)
            problem = nil
        } catch {
            problem = Problem(error)
        }
    }
}
