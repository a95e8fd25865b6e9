// The names that the app and its extensions share. Only what may be seen while the vaults are locked lies in the app
// group: the sealed inbox of shares and what the person allowed a widget to show. Vaults never do.
import Foundation

enum AppGroup {
    static let identifier = "group.org.tekram.app"

    /// The group's folder; nothing when the app was signed without the group.
    static var folder: URL? {
        FileManager.default.containerURL(forSecurityApplicationGroupIdentifier: identifier)
    }
}
