// Files that the person chose outside the app's own folders. The system lets the app read them until it says that it is done.
import Foundation

/// Files that may be read as long as this is held.
final class ChosenFiles {
    let files: [URL]
    #if canImport(Darwin)
        private let opened: [URL]
    #endif

    init(_ files: [URL]) {
        self.files = files
        #if canImport(Darwin)
            opened = files.filter { $0.startAccessingSecurityScopedResource() }
        #endif
    }

    deinit {
        #if canImport(Darwin)
            for file in opened { file.stopAccessingSecurityScopedResource() }
        #endif
    }
}
