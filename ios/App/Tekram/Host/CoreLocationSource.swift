// The core's `LocationSource`: the last position the system gave while a screen asked for it. The core calls it from a
// thread of its own and it never waits; the area that is sent is blurred by the core, not here.
import CoreLocation
import Foundation
import TekramCore
import os

final class CoreLocationSource: LocationSource, Sendable {
    private let latest = OSAllocatedUnfairLock<Position?>(initialState: nil)
    /// An older position is not where the person is.
    private static let longestAge: TimeInterval = 15 * 60

    func position() throws -> Position? {
        let known = latest.withLock { $0 }
        guard let known else { return nil }
        let age = Date.now.timeIntervalSince1970 - Double(known.atMs) / 1_000
        return age <= Self.longestAge ? known : nil
    }

    fileprivate func keep(_ location: CLLocation) {
        guard location.horizontalAccuracy >= 0 else { return }
        let position = Position(
            latitude: location.coordinate.latitude,
            longitude: location.coordinate.longitude,
            accuracyM: location.horizontalAccuracy,
            atMs: Int64(location.timestamp.timeIntervalSince1970 * 1_000))
        latest.withLock { $0 = position }
    }

    /// After locking nobody has been anywhere.
    func forget() {
        latest.withLock { $0 = nil }
    }
}

/// Asks the system for the position while the request's screen is open, and only then.
@MainActor
final class LocationAsker: NSObject {
    private let source: CoreLocationSource
    private let manager = CLLocationManager()

    init(source: CoreLocationSource) {
        self.source = source
        super.init()
        manager.delegate = self
        // Finer than this is never needed: the finest area that can be sent is about 150 m.
        manager.desiredAccuracy = kCLLocationAccuracyHundredMeters
    }

    var isDenied: Bool {
        [.denied, .restricted].contains(manager.authorizationStatus)
    }

    /// Called when the person taps on "around here"; the system asks them the first time.
    func begin() {
        if manager.authorizationStatus == .notDetermined {
            manager.requestWhenInUseAuthorization()
        } else {
            manager.requestLocation()
        }
    }
}

extension LocationAsker: CLLocationManagerDelegate {
    nonisolated func locationManager(_ manager: CLLocationManager, didUpdateLocations locations: [CLLocation]) {
        guard let last = locations.last else { return }
        MainActor.assumeIsolated { source.keep(last) }
    }

    nonisolated func locationManager(_ manager: CLLocationManager, didFailWithError error: any Error) {
        // No position: the screen offers the map. The system's text may name a place, so it goes nowhere.
    }

    nonisolated func locationManagerDidChangeAuthorization(_ manager: CLLocationManager) {
        if [.authorizedWhenInUse, .authorizedAlways].contains(manager.authorizationStatus) {
            manager.requestLocation()
        }
    }
}
