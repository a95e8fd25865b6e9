// Where the vaults lie: in the app's private container, encrypted by the system while the device is locked, and excluded
// from iCloud and computer backups. A backup of a vault is something the person makes, with words only they have.
import Foundation

enum VaultFolder {
    static func prepared() throws -> URL {
        #if DEBUG
            // For the UI stories: nobody's vaults.
            if CommandLine.arguments.contains("--vaults-in-temporary-folder") {
                return FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
            }
        #endif
        let support = try FileManager.default.url(
            for: .applicationSupportDirectory, in: .userDomainMask, appropriateFor: nil, create: true)
        var folder = support.appending(path: "vaults", directoryHint: .isDirectory)
        // Not `.complete`: a vault that is open when the screen locks is closed by the app, which may take a moment.
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true,
            attributes: [.protectionKey: FileProtectionType.completeUnlessOpen])
        var values = URLResourceValues()
        values.isExcludedFromBackup = true
        try folder.setResourceValues(values)
        return folder
    }
}
