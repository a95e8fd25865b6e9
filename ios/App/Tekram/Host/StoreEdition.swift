// Which payment methods this build has. A store's rules may forbid one; the build setting `TEKRAM_RAILS_OFF` names them,
// the core refuses them, and the screens say so. See docs/store/app-store.md.
import Foundation
import TekramCore

enum StoreEdition {
    static func railsOff(in bundle: Bundle = .main) -> [RailKind] {
        let named = bundle.object(forInfoDictionaryKey: "TekramRailsOff") as? String ?? ""
        return named.split(whereSeparator: { $0 == " " || $0 == "," }).compactMap { name in
            switch name {
            case "cashu": .cashu
            case "hand_off": .handOff
            default: nil
            }
        }
    }
}
