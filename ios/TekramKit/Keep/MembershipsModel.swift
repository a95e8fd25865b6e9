// Memberships: all cards, one with its code and photo, and a new one that is typed in or scanned.
import Foundation
import Observation
import TekramCore

/// keep_memberships.
@MainActor
public final class MembershipsModel {
    /// In the core's order.
    public let memberships: Kept<[Membership]>

    /// For `persona`.
    public init(persona: Persona) {
        memberships = Kept(persona) {
            try $0.memberships()
        } isNone: {
            $0.isEmpty
        }
    }
}

/// A card and its photo.
public struct MembershipCard: Sendable {
    /// What stands on it.
    public let membership: NewMembership
    /// Its photo.
    public let photo: KeptFile?
    /// Its code, where it is one that can be drawn here.
    public let code: QrCode?

    /// What its reader or the person at the till needs.
    public var shownNumber: String {
        membership.barcodeText.isEmpty ? membership.number : membership.barcodeText
    }

    /// There is a code, and it cannot be drawn here.
    public var isNotDrawn: Bool { code == nil && !membership.barcodeFormat.isEmpty }
}

/// keep_membership.
@MainActor
public final class MembershipModel {
    /// The card; nothing when it is gone.
    public let card: Kept<MembershipCard?>

    private let id: Int64

    /// For the membership `id` of `persona`.
    public init(persona: Persona, id: Int64) {
        self.id = id
        card = Kept<MembershipCard?>(persona) { persona in
            guard let found = try persona.memberships().first(where: { $0.id == id })?.membership else { return nil }
            let text = found.barcodeText.isEmpty ? found.number : found.barcodeText
            return MembershipCard(
                membership: found, photo: try found.picture.flatMap { try KeptFile($0, of: persona) },
                code: found.barcodeFormat == CardCode.qr ? try? qrCode(text: text) : nil)
        } isNone: {
            $0 == nil
        }
    }

    /// Removes it with its photo.
    public func remove() async {
        let id = id
        await card.change(leaves: true) { persona in
            let photo = try persona.memberships().first { $0.id == id }?.membership.picture
            try persona.removeMembership(id: id)
            if let photo { try persona.removeFile(id: photo) }
        }
    }
}

/// The kinds of codes that cards carry, by the names that readers give them.
public enum CardCode {
    /// The one that is drawn here.
    static let qr = "QR_CODE"

    /// All of them.
    public static let all = [
        "EAN_13", "EAN_8", "UPC_A", "CODE_128", "CODE_39", "ITF", "CODABAR", qr, "AZTEC", "DATA_MATRIX", "PDF_417",
    ]

    /// The name as it is printed: `EAN-13`.
    public static func name(_ code: String) -> String { code.replacing("_", with: "-") }
}

/// keep_membership_new.
@MainActor
@Observable
public final class MembershipFormModel {
    /// Whose card it is.
    public var organisation = ""
    /// What it is called.
    public var programme = ""
    /// The member's number.
    public var number = ""
    /// Which tier.
    public var tier = ""
    /// Last day, as `2026-01-31`.
    public var until = ""
    /// Kind of code; empty when the card has none.
    public var codeKind = ""
    /// What the code says.
    public var codeText = ""
    /// Why it was not kept.
    public private(set) var problem: Problem?
    /// It is kept.
    public private(set) var isDone = false

    private let persona: Persona

    /// For `persona`.
    public init(persona: Persona) {
        self.persona = persona
    }

    /// It is said whose card it is.
    public var maySave: Bool { !organisation.trimmed.isEmpty }

    /// Reads the code from the card; which kind it is, the person says.
    public func scan(with phone: any Phone) async {
        guard let text = await phone.scan() else { return }
        codeText = text
        if number.isEmpty { number = text }
    }

    /// Keeps it.
    public func save() {
        guard maySave else { return }
        let code = codeText.trimmed.isEmpty ? number.trimmed : codeText.trimmed
        do {
            _ = try persona.addMembership(
                membership: NewMembership(
                    organisation: organisation.trimmed, programme: programme.trimmed, number: number.trimmed,
                    tier: tier.trimmed, barcodeFormat: codeKind, barcodeText: codeKind.isEmpty ? "" : code,
                    validFrom: nil, validUntil: until.trimmed.isEmpty ? nil : until.trimmed, picture: nil))
            (problem, isDone) = (nil, true)
        } catch {
            problem = Problem(error)
        }
    }
}
