// Files of the vault as screens show them: a photo as a picture, anything else by its name and size; chosen by the person,
// kept, and written to where they want it.
import Foundation
import TekramCore

/// A file, with its bytes when it is a picture that can be shown.
public struct KeptFile: Sendable {
    /// The largest picture that is read whole to be shown.
    private static let mostShownBytes: UInt64 = 8_388_608

    /// The file.
    public let file: VaultFile
    /// The picture.
    public let picture: Data?

    /// What the vault has under `id`; nothing when it is gone.
    @MainActor init?(_ id: String, of persona: Persona) throws {
        guard let file = try persona.files().first(where: { $0.id == id }) else { return nil }
        let isShown = file.mediaType.hasPrefix("image/") && file.bytes <= Self.mostShownBytes
        self.file = file
        picture = isShown ? try persona.fileBytes(id: id) : nil
    }

    /// Its name and size.
    public var text: String { Words.text("keep_file_bytes", file.name, Sizes.text(file.bytes)) }

    /// What a file is, by the end of its name: what receipts and photos of cards come as.
    static func mediaType(_ name: String) -> String {
        switch URL(filePath: name).pathExtension.lowercased() {
        case "jpg", "jpeg": "image/jpeg"
        case "png": "image/png"
        case "webp": "image/webp"
        case "gif": "image/gif"
        case "heic": "image/heic"
        case "pdf": "application/pdf"
        case "txt": "text/plain"
        case "html", "htm": "text/html"
        case "json": "application/json"
        case "xml": "application/xml"
        default: "application/octet-stream"
        }
    }
}

extension Persona {
    /// Keeps the file, which the app may read now, and has `use` refer to it; when that fails, it is not kept either.
    @MainActor func keep(_ file: URL, use: @MainActor (String) throws -> Void) async throws {
        let name = file.lastPathComponent
        let kept = try await addFile(path: file.path, name: name, mediaType: KeptFile.mediaType(name))
        do {
            try use(kept.id)
        } catch {
            try? removeFile(id: kept.id)
            throw error
        }
    }
}
