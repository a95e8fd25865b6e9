// The core's `Connectivity`, by Network's path monitor: offline, metered (mobile data, a hotspot, low data mode) or not.
import Foundation
import Network
import TekramCore
import os

final class PathConnectivity: Connectivity, Sendable {
    private let monitor = NWPathMonitor()
    private let latest = OSAllocatedUnfairLock<ConnectivityState>(initialState: .offline)

    init() {
        monitor.pathUpdateHandler = { [latest] path in
            let state = Self.state(of: path)
            latest.withLock { $0 = state }
        }
        monitor.start(queue: DispatchQueue(label: "org.tekram.app.path"))
    }

    deinit {
        monitor.cancel()
    }

    func state() throws -> ConnectivityState {
        latest.withLock { $0 }
    }

    private static func state(of path: NWPath) -> ConnectivityState {
        guard path.status == .satisfied else { return .offline }
        return path.isExpensive || path.isConstrained ? .metered : .unmetered
    }
}
