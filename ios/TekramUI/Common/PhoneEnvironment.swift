// Lets any screen ask the device around it, where there is one.
import SwiftUI
import TekramKit

private struct PhoneKey: EnvironmentKey {
    static let defaultValue: (any Phone)? = nil
}

extension EnvironmentValues {
    /// The device around the screens; nothing on a Mac and in previews.
    public var phone: (any Phone)? {
        get { self[PhoneKey.self] }
        set { self[PhoneKey.self] = newValue }
    }
}
