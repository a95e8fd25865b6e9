// The core's `Connectivity`, by Network's path monitor: offline, metered (mobile data, a hotspot, low data mode) or not.
import Foundation
import Network
import TekramCore
import os

final class PathConnectivity: Connectivity, Sendable {
    private let monitor = NWPathMonitor()
    private let latest = OSAllocatedUnfairLock<NetworkState>(initialState: .offline)

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

    func state() throws -> NetworkState {
        latest.withLock { $0 }
    }

    private static func state(of path: NWPath) -> NetworkState {
        guard path.status == .satisfied else { return .offline }
        return path.isExpensive || path.isConstrained ? .metered : .unmetered
    }
}
