// Which edition of the app this is: payment methods that a store's rules may forbid, named by the build setting
// `TEKRAM_RAILS_OFF`; the proxy, by the build setting `TEKRAM_PROXY` or by the person; the page of licences that packaging
// put into the bundle; the diagnostic log. The core refuses what is off, and the screens say so. See
// docs/store/app-store.md.
import Foundation
import TekramKit

enum StoreEdition {
    /// The edition of this build on this phone, with the proxy that the person set before this start.
    static func current(in bundle: Bundle = .main, proxy: String?, log: DiagnosticLog?) -> Edition {
        let named = bundle.object(forInfoDictionaryKey: "TekramRailsOff") as? String ?? ""
        let built = bundle.object(forInfoDictionaryKey: "TekramProxy") as? String ?? ""
        return Edition(
            railsOff: Edition.railsOff(named: named),
            proxy: proxy ?? (built.isEmpty ? nil : built),
            licences: bundle.url(forResource: "licences", withExtension: "txt"),
            log: log)
    }

    /// Beside the vaults, and like them in no backup. Kept while everything is locked, so it lies outside the vaults.
    static func log() -> DiagnosticLog? {
        let files = FileManager.default
        guard
            var folder = try? files.url(
                for: .applicationSupportDirectory, in: .userDomainMask, appropriateFor: nil, create: true
            ).appending(path: "diagnostics", directoryHint: .isDirectory),
            (try? files.createDirectory(at: folder, withIntermediateDirectories: true)) != nil
        else { return nil }
        var values = URLResourceValues()
        values.isExcludedFromBackup = true
        try? folder.setResourceValues(values)
        return DiagnosticLog(file: folder.appending(path: "log.txt"))
    }
}
