// The built-in player: one for the app, whatever room is shown. It plays on while the profile is locked, for the profile
// that began it; what it does goes to the core as events at once, and only a neutral word of it is seen outside then.
import Foundation
import Observation
import TekramCore

/// history_feed_player, and the small player above the tabs.
@MainActor
@Observable
public final class PlayerModel {
    /// The built-in player, by the name that the core has for it.
    public nonisolated static let app = playerApp()
    /// The speeds that can be chosen, in thousandths of the normal one.
    public nonisolated static let speeds: [Int64] = [500, 750, 1_000, 1_250, 1_500, 1_750, 2_000, 2_500, 3_000]
    /// How far a tap skips on.
    public nonisolated static let onMs: Int64 = 30_000
    /// How far a tap skips back.
    public nonisolated static let backMs: Int64 = 15_000

    /// What is in hand.
    public private(set) var playable: Playable?
    /// Which episode it is; nothing for a station.
    public private(set) var episode: Int64?
    /// The profile that it plays for.
    public private(set) var personaId: String?
    /// Whether it was told to play.
    public private(set) var isOn = false
    /// Whether it loads.
    public private(set) var waits = false
    /// Where in the medium it is, as it was looked at last.
    public private(set) var positionMs: Int64 = 0
    /// How long the medium is, if known.
    public private(set) var lengthMs: Int64?
    /// How fast it plays, in thousandths of the normal speed.
    public private(set) var permille: Int64 = 1_000
    /// What sounds, of a station with what it says is on.
    public private(set) var media: PlayerMedia?
    /// When it falls silent by itself.
    public private(set) var sleepsAt: Date?
    /// Why it does not play.
    public private(set) var problem: Problem?
    /// Why what it plays is not kept.
    public private(set) var notKept: Problem?

    private let agent: Agent
    private let player: any Player
    private let isProxied: Bool
    private let pulse: Duration
    @ObservationIgnored private var persona: Persona?
    @ObservationIgnored private var log: PlayerLog?
    @ObservationIgnored private var isInterrupted = false
    @ObservationIgnored private var pausedByPerson = true
    @ObservationIgnored private var beating: Task<Void, Never>?
    @ObservationIgnored private var sleeping: Task<Void, Never>?

    /// Plays with `player`; not at all when everything `isProxied`, which the system's player does not honour. While it
    /// sounds it says so every `pulse`: that much is lost at most when iOS ends the app.
    public init(agent: Agent, player: any Player, isProxied: Bool = false, pulse: Duration = .seconds(15)) {
        (self.agent, self.player, self.isProxied, self.pulse) = (agent, player, isProxied, pulse)
        player.whenNews = { [weak self] news in self?.hear(news) }
        player.whenAsked = { [weak self] command in self?.obey(command) }
    }

    /// Whether something is in hand that this profile may see.
    public func isFor(_ persona: Persona) -> Bool { playable != nil && personaId == persona.id() }

    // MARK: What the person asks for

    /// Plays an episode for the open profile: from `atMs`, else from where it was left.
    public func play(episode: Int64, of persona: Persona, atMs: Int64? = nil) async {
        if self.episode == episode, isFor(persona), log != nil {
            if let atMs { seek(toMs: atMs) }
            return resume()
        }
        problem = nil
        do {
            let playable = try await persona.playableEpisode(episode: episode)
            play(playable, for: persona, atMs: atMs)
            if self.playable != nil { self.episode = episode }
        } catch {
            problem = Problem(error)
        }
    }

    /// Plays a station for the open profile.
    public func play(station: Int64, of persona: Persona) {
        problem = nil
        do {
            play(try persona.playableStation(station: station), for: persona)
        } catch {
            problem = Problem(error)
        }
    }

    private func play(_ playable: Playable, for persona: Persona, atMs: Int64? = nil) {
        close()
        guard !isProxied else {
            problem = Problem(name: "player_proxy")
            return
        }
        guard URL(string: playable.url) != nil else {
            problem = Problem(name: "player_failed")
            return
        }
        (self.playable, self.persona, personaId) = (playable, persona, persona.id())
        begin(fromMs: atMs ?? playable.resumeMs)
        resume()
    }

    /// Goes on; from the beginning after the end.
    public func resume() {
        guard playable != nil else { return }
        if log == nil { begin(fromMs: 0) }
        (isOn, pausedByPerson, isInterrupted) = (true, false, false)
        player.play(permille: permille)
        showOutside()
    }

    /// Stops for the moment.
    public func pause() {
        pausedByPerson = true
        isInterrupted = false
        player.pause()
    }

    /// Goes on, or stops for the moment.
    public func toggle() {
        if isOn { pause() } else { resume() }
    }

    /// On by so much; back when below zero.
    public func skip(milliseconds: Int64) {
        guard let place else { return }
        seek(toMs: place + milliseconds)
    }

    /// To a place.
    public func seek(toMs: Int64) {
        guard let playable, !playable.live else { return }
        let target = max(0, lengthMs.map { min($0, toMs) } ?? toMs)
        // Where it was is asked before it moves.
        log?.moved(at: player.now, fromMs: place, toMs: target)
        player.seek(toMs: target)
        positionMs = target
        showOutside()
    }

    /// At another speed, between half and three times the normal one; a station has one speed.
    public func speed(permille: Int64) {
        guard playable?.live != true else { return }
        self.permille = min(3_000, max(500, permille))
        log?.speed(self.permille, at: player.now, positionMs: place)
        if isOn { player.play(permille: self.permille) }
        showOutside()
    }

    /// The speed, as a picker shows it.
    public var chosenPermille: Int64 {
        get { permille }
        set { speed(permille: newValue) }
    }

    /// Falls silent after so many minutes; nothing: plays on.
    public func sleep(afterMinutes minutes: Int?) {
        sleeping?.cancel()
        sleepsAt = minutes.map { Date.now.addingTimeInterval(Double($0) * 60) }
        guard let minutes else { return }
        sleeping = Task { [weak self] in
            guard (try? await Task.sleep(for: .seconds(minutes * 60))) != nil else { return }
            self?.pause()
            self?.sleepsAt = nil
        }
    }

    /// Lets go of what is in hand.
    public func close() {
        guard playable != nil else { return }
        end()
        player.unload()
        player.show(nil, permille: permille)
        sleep(afterMinutes: nil)
        (playable, media, episode, persona, personaId, lengthMs) = (nil, nil, nil, nil, nil, nil)
        (isOn, waits, positionMs, problem, notKept, permille) = (false, false, 0, nil, nil, 1_000)
    }

    /// Looks where it is; a screen that shows it does so again and again.
    public func look() {
        if let place { positionMs = place }
    }

    // MARK: The profile

    /// Everything was locked: it plays on, and nothing outside the app names what.
    public func locked() {
        persona = nil
        showOutside()
    }

    /// A profile was opened.
    public func opened(_ persona: Persona) {
        guard personaId == persona.id() else { return }
        self.persona = persona
        showOutside()
    }

    /// The profile with this id was deleted.
    public func forget(_ id: String) {
        if personaId == id { close() }
    }

    // MARK: What the player does

    private var isLive: Bool { playable?.live == true }

    private var place: Int64? { isLive ? nil : player.positionMs }

    private func begin(fromMs: Int64) {
        guard let playable, let personaId, let address = URL(string: playable.url) else { return }
        let log = PlayerLog(playable: playable, session: UUID().uuidString) { [weak self, agent] events in
            do {
                try agent.capture(persona: personaId, events: events)
            } catch {
                // A full disk loses these events and nothing else.
                self?.notKept = Problem(error)
            }
        }
        (self.log, media, lengthMs) = (log, playable.media, playable.media.mediaMs)
        positionMs = fromMs
        player.load(address, fromMs: fromMs, isLive: isLive)
        log.begin(at: player.now, positionMs: isLive ? nil : fromMs)
    }

    private func end() {
        beating?.cancel()
        log?.end(at: player.now, positionMs: place)
        log = nil
        takeIn()
    }

    private func hear(_ news: PlayerNews) {
        guard let playable else { return }
        switch news {
        case .sounds:
            (isOn, waits, problem) = (true, false, nil)
            log?.sounding(at: player.now, positionMs: place)
            beat()
        case .waits:
            waits = true
            log?.silent(at: player.now, positionMs: place)
        case .stopped: silent()
        case .interrupted:
            isInterrupted = !pausedByPerson
            silent()
        case .mayGoOn:
            if isInterrupted { resume() }
        case .length(let milliseconds):
            if milliseconds > 0, !isLive { lengthMs = milliseconds }
            log?.length(milliseconds, at: player.now, positionMs: place)
        case .streamTitle(let words):
            guard isLive else { break }
            let media = onAir(station: playable.media, streamTitle: words)
            self.media = media
            log?.onAir(media, at: player.now)
        case .ended:
            silent()
            end()
        case .failed:
            silent()
            problem = Problem(name: "player_failed")
        }
        look()
        showOutside()
    }

    private func silent() {
        (isOn, waits) = (false, false)
        beating?.cancel()
        log?.silent(at: player.now, positionMs: place)
        takeIn()
    }

    private func obey(_ command: PlayerCommand) {
        switch command {
        case .play: resume()
        case .pause: pause()
        case .toggle: toggle()
        case .skip(let milliseconds): skip(milliseconds: milliseconds)
        case .seek(let toMs): seek(toMs: toMs)
        case .speed(let permille): speed(permille: permille)
        }
    }

    /// Says again and again that it still sounds.
    private func beat() {
        beating?.cancel()
        beating = Task { [weak self, pulse] in
            while (try? await Task.sleep(for: pulse)) != nil {
                guard let self else { return }
                self.log?.goesOn(at: self.player.now, positionMs: self.place)
            }
        }
    }

    /// What waits goes into the log; while it is locked, the next unlocking does it.
    private func takeIn() {
        guard let persona else { return }
        Task { _ = try? await persona.drain() }
    }

    private func showOutside() {
        guard let media else { return }
        let neutral = Words.text(isLive ? "history_kind_radio" : "history_kind_podcast")
        let isKnown = persona != nil
        let title = media.title.isEmpty ? media.show : media.title
        let face = PlayerFace(
            title: isKnown ? title : neutral, show: isKnown ? media.show : "", lengthMs: lengthMs, isLive: isLive)
        player.show(face, permille: permille)
    }
}
