// A folder, or one file, that the person chose in the system's picker, as the core reads and writes backups in it. Outside the
// app's own folders the system lets an app in only between two calls; this holds the door open as long as somebody holds it.
import Foundation
import TekramCore

/// A place of the device's picker.
public final class DeviceFolder: BackupFolder {
    /// What the person reads of it.
    public let name: String
    /// Finds it again after the app was closed; kept in the vault.
    public let reference: String

    private let folder: URL
    /// The only file of it that may be seen; nothing: all.
    private let only: String?
    private let opened: URL
    private let isOpened: Bool

    /// A folder or a file that the picker named just now.
    public convenience init(picked: URL) throws {
        try self.init(picked) { try Self.reference(to: picked) }
    }

    /// A folder that was chosen before. Throws when it is gone, or the app may not go there any more.
    public convenience init(reference: String) throws {
        try self.init(Self.resolved(reference)) { reference }
    }

    private init(_ place: URL, reference: () throws -> String) throws {
        opened = place
        #if canImport(Darwin)
            isOpened = place.startAccessingSecurityScopedResource()
        #else
            isOpened = false
        #endif
        do {
            let isFolder = try place.resourceValues(forKeys: [.isDirectoryKey]).isDirectory == true
            folder = isFolder ? place : place.deletingLastPathComponent()
            only = isFolder ? nil : place.lastPathComponent
            name = place.lastPathComponent
            // A single file is read once and not looked for again.
            self.reference = isFolder ? try reference() : ""
        } catch {
            #if canImport(Darwin)
                if isOpened { place.stopAccessingSecurityScopedResource() }
            #endif
            throw error
        }
    }

    deinit {
        #if canImport(Darwin)
            if isOpened { opened.stopAccessingSecurityScopedResource() }
        #endif
    }

    // MARK: What the core asks

    /// The files there.
    public func list() throws -> [FolderFile] {
        try told {
            let keys: Set<URLResourceKey> = [.isRegularFileKey, .fileSizeKey, .contentModificationDateKey]
            let places =
                try only.map { [folder.appending(path: $0)] }
                ?? FileManager.default.contentsOfDirectory(
                    at: folder, includingPropertiesForKeys: Array(keys))
            return try places.compactMap { place in
                let values = try place.resourceValues(forKeys: keys)
                guard values.isRegularFile == true else { return nil }
                return FolderFile(
                    name: place.lastPathComponent, bytes: UInt64(values.fileSize ?? 0),
                    changedMs: values.contentModificationDate.map(Moments.epochMs))
            }
        }
    }

    /// At most `length` bytes from `offset` on; less only at the end of the file.
    public func read(name: String, offset: UInt64, length: UInt32) throws -> Data {
        try told {
            let file = try FileHandle(forReadingFrom: place(name))
            defer { try? file.close() }
            try file.seek(toOffset: offset)
            return try file.read(upToCount: Int(length)) ?? Data()
        }
    }

    /// Cuts the file to `offset` and adds `bytes`; makes it when `offset` is 0.
    public func write(name: String, offset: UInt64, bytes: Data) throws {
        try told {
            let place = try place(name)
            if offset == 0, !FileManager.default.fileExists(atPath: place.path) {
                try Data().write(to: place)
            }
            let file = try FileHandle(forWritingTo: place)
            defer { try? file.close() }
            try file.truncate(atOffset: offset)
            try file.seek(toOffset: offset)
            try file.write(contentsOf: bytes)
        }
    }

    /// What was written is durable when this returns.
    public func sync(name: String) throws {
        try told {
            let file = try FileHandle(forWritingTo: place(name))
            defer { try? file.close() }
            try file.synchronize()
        }
    }

    /// Gives a file another name, in the place of the one that has it.
    public func rename(from: String, to: String) throws {
        try told {
            guard putInPlace(try place(from).path, of: try place(to).path) else { throw HostError.Failed }
        }
    }

    /// Removes a file; one that is not there is no error.
    public func remove(name: String) throws {
        try told {
            let place = try place(name)
            if FileManager.default.fileExists(atPath: place.path) { try FileManager.default.removeItem(at: place) }
        }
    }

    // MARK: Where it is

    /// A file in the folder; names are plain file names, whoever says them.
    private func place(_ name: String) throws -> URL {
        let isPlain = !name.isEmpty && name != "." && name != ".." && !name.contains("/") && !name.contains("\0")
        guard isPlain, only == nil || only == name else { throw HostError.Failed }
        return folder.appending(path: name, directoryHint: .notDirectory)
    }

    /// The platform's errors quote paths; the core is told that it failed.
    private func told<Answer>(_ work: () throws -> Answer) throws -> Answer {
        do {
            return try work()
        } catch {
            throw HostError.Failed
        }
    }

    #if canImport(Darwin)
        private static func reference(to place: URL) throws -> String {
            // On iOS a bookmark of what the picker named brings the leave to go there with it.
            try place.bookmarkData(options: .minimalBookmark).base64EncodedString()
        }

        private static func resolved(_ reference: String) throws -> URL {
            guard let bookmark = Data(base64Encoded: reference) else { throw HostError.Failed }
            var isStale = false
            return try URL(resolvingBookmarkData: bookmark, bookmarkDataIsStale: &isStale)
        }
    #else
        // Elsewhere every folder is open to the app, and its path finds it; written so that it, too, is found by this alone.
        private static func reference(to place: URL) throws -> String { Data(place.path.utf8).base64EncodedString() }

        private static func resolved(_ reference: String) throws -> URL {
            guard let path = Data(base64Encoded: reference) else { throw HostError.Failed }
            return URL(filePath: String(decoding: path, as: UTF8.self))
        }
    #endif
}

/// The system's own call puts one file in the place of another at once; Foundation's refuses when there is one.
private func putInPlace(_ path: String, of other: String) -> Bool { rename(path, other) == 0 }
