// The core's `LocationSource`: the last position the system gave while a screen asked for it. The core calls it from a
// thread of its own and it never waits; the area that is sent is blurred by the core, not here.
import CoreLocation
import Foundation
import TekramCore
import TekramKit
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

/// Asks the system for the position while the request's screen is open, and only then: roughly, unless the request names an
/// area finer than a town.
@MainActor
final class LocationAsker: NSObject {
    /// Names the reason in `NSLocationTemporaryUsageDescriptionDictionary`.
    private static let reasonForExact = "ExactArea"

    private let source: CoreLocationSource
    private let manager = CLLocationManager()
    private var waitingForLeave: [CheckedContinuation<Void, Never>] = []
    private var waitingForPlace: [CheckedContinuation<Bool, Never>] = []

    init(source: CoreLocationSource) {
        self.source = source
        super.init()
        manager.delegate = self
    }

    /// Looks once. The system asks the person the first time, and for an exact position, which holds until the app is left,
    /// when they allow a rough one only.
    func find(exactly: Bool) async -> PlaceAnswer {
        if manager.authorizationStatus == .notDetermined {
            await withCheckedContinuation { answer in
                waitingForLeave.append(answer)
                manager.requestWhenInUseAuthorization()
            }
        }
        guard [.authorizedWhenInUse, .authorizedAlways].contains(manager.authorizationStatus) else { return .refused }
        if exactly && manager.accuracyAuthorization == .reducedAccuracy {
            // By its handler: the manager must not leave this actor, and the handler belongs to none.
            await withCheckedContinuation { answer in
                manager.requestTemporaryFullAccuracyAuthorization(withPurposeKey: Self.reasonForExact) {
                    @Sendable _ in answer.resume()
                }
            }
        }
        // Finer than this is never needed: the finest area that can be sent is about 150 m.
        manager.desiredAccuracy = exactly ? kCLLocationAccuracyHundredMeters : kCLLocationAccuracyReduced
        source.forget()
        let isFound = await withCheckedContinuation { answer in
            waitingForPlace.append(answer)
            manager.requestLocation()
        }
        guard isFound else { return .unknown }
        return manager.accuracyAuthorization == .reducedAccuracy ? .rough : .found
    }

    /// Everybody who waits is answered: the system answers several questions once.
    private func answer(_ isFound: Bool) {
        for waiting in waitingForPlace { waiting.resume(returning: isFound) }
        waitingForPlace = []
    }

    private func leaveChanged() {
        guard manager.authorizationStatus != .notDetermined else { return }
        for waiting in waitingForLeave { waiting.resume() }
        waitingForLeave = []
    }
}

extension LocationAsker: CLLocationManagerDelegate {
    nonisolated func locationManager(_ manager: CLLocationManager, didUpdateLocations locations: [CLLocation]) {
        guard let last = locations.last else { return }
        MainActor.assumeIsolated {
            source.keep(last)
            answer(true)
        }
    }

    nonisolated func locationManager(_ manager: CLLocationManager, didFailWithError error: any Error) {
        // The screen offers to type the coordinates. The system's text may name a place, so it goes nowhere.
        MainActor.assumeIsolated { answer(false) }
    }

    nonisolated func locationManagerDidChangeAuthorization(_ manager: CLLocationManager) {
        MainActor.assumeIsolated { leaveChanged() }
    }
}
