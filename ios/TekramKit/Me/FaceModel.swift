// How the profile looks: a colour and a picture beside its name, and which of the three whoever holds the phone sees while it
// is locked. The phone makes a picture small before it comes here.
import Foundation
import Observation
import TekramCore

/// me_face.
@MainActor
@Observable
public final class FaceModel {
    /// Most bytes of a picture; the core says the same.
    public nonisolated static let mostPictureBytes = 24 * 1_024
    /// Colours to choose from, 0xRRGGBB, the same as on Android: told apart in light and in dark, and named for those who do not see them.
    public nonisolated static let colours: [FaceColour] = [
        FaceColour(number: 0x00696E, wordKey: "me_face_colour_teal"),
        FaceColour(number: 0xB45309, wordKey: "me_face_colour_amber"),
        FaceColour(number: 0x6D5AAE, wordKey: "me_face_colour_violet"),
        FaceColour(number: 0xB3266B, wordKey: "me_face_colour_berry"),
        FaceColour(number: 0x4D7C0F, wordKey: "me_face_colour_green"),
        FaceColour(number: 0x1D5FBF, wordKey: "me_face_colour_blue"),
        FaceColour(number: 0x8A5A44, wordKey: "me_face_colour_brown"),
        FaceColour(number: 0x5F6B7A, wordKey: "me_face_colour_slate"),
    ]

    /// Whether it could be read.
    public private(set) var phase: Phase = .loading
    /// How it looks, and what of it is seen while it is locked.
    public private(set) var face: ProfileFace?
    /// A picture is being chosen or made small.
    public private(set) var isBusy = false
    /// What was chosen is no picture, or cannot be made small enough.
    public private(set) var isPictureUnusable = false
    /// Why the last change did not work.
    public private(set) var problem: Problem?

    private let persona: Persona

    /// For `persona`.
    public init(persona: Persona) {
        self.persona = persona
    }

    /// Reads how it looks.
    public func load() {
        do {
            face = try persona.face()
            phase = .ready
        } catch {
            phase = .ended(error)
        }
    }

    /// The colour; nothing: none.
    public var colour: UInt32? {
        get { face?.colour }
        set { change { try persona.setColour(colour: newValue) } }
    }

    /// Whether the name is seen while it is locked.
    public var showsName: Bool {
        get { face?.showsName ?? true }
        set { show(name: newValue) }
    }

    /// Whether the colour is seen while it is locked.
    public var showsColour: Bool {
        get { face?.showsColour ?? false }
        set { show(colour: newValue) }
    }

    /// Whether the picture is seen while it is locked.
    public var showsPicture: Bool {
        get { face?.showsAvatar ?? false }
        set { show(picture: newValue) }
    }

    /// Lets the person choose a picture on `phone`; turning away changes nothing.
    public func choosePicture(on phone: any Phone) async {
        guard !isBusy else { return }
        isBusy = true
        (problem, isPictureUnusable) = (nil, false)
        defer { isBusy = false }
        do {
            guard let picture = try await phone.choosePicture(mostBytes: Self.mostPictureBytes) else { return }
            change { try persona.setAvatar(avatar: picture) }
        } catch {
            isPictureUnusable = true
        }
    }

    /// Takes the picture away.
    public func removePicture() {
        change { try persona.setAvatar(avatar: nil) }
    }

    private func show(name: Bool? = nil, colour: Bool? = nil, picture: Bool? = nil) {
        let now = (showsName, showsColour, showsPicture)
        change {
            try persona.showWhileLocked(name: name ?? now.0, colour: colour ?? now.1, avatar: picture ?? now.2)
        }
    }

    private func change(_ call: () throws -> Void) {
        isPictureUnusable = false
        do {
            try call()
            problem = nil
        } catch {
            problem = Problem(error)
        }
        load()
    }
}

/// A colour that a profile can have.
public struct FaceColour: Hashable, Sendable {
    /// 0xRRGGBB.
    public let number: UInt32
    /// Key of its name.
    public let wordKey: String
}

extension PersonaEntry {
    /// What it is called where it may be seen; a neutral word when the person hides its name.
    public var shownName: String { name.isEmpty ? Words.text("start_profile_unnamed") : name }
}
