// The built-in player on the screen: small above the tabs while something is in hand, and large with its place, speed,
// sleep timer and chapters.
import SwiftUI
import TekramCore
import TekramKit

/// The player, small; nothing while this profile has nothing in hand.
struct MiniPlayer: View {
    let persona: Persona
    @State private var isOpen = false
    @Environment(\.phone) private var phone

    var body: some View {
        if let playback = phone?.playback, playback.isFor(persona) {
            HStack(spacing: Theme.near) {
                Button {
                    isOpen = true
                } label: {
                    NowPlaying(model: playback).frame(maxWidth: .infinity, alignment: .leading)
                }
                .accessibilityHint("history_feed_open_player_ios")
                PlayButton(model: playback)
            }
            .buttonStyle(.plain)
            .padding()
            .background(.bar)
            .sheet(isPresented: $isOpen) {
                NavigationStack { PlayerScreen(persona: persona, model: playback) }
            }
            .accessibilityIdentifier("history_feed_mini_player")
        }
    }
}

/// What plays.
private struct NowPlaying: View {
    let model: PlayerModel

    var body: some View {
        VStack(alignment: .leading, spacing: 2) {
            if let media = model.media {
                Text(verbatim: media.title.isEmpty ? media.show : media.title).lineLimit(1)
                if !media.title.isEmpty { Text(verbatim: by(media)).font(.footnote).lineLimit(1) }
            }
            if model.waits { Text("common_loading").font(.footnote).foregroundStyle(.secondary) }
        }
        .accessibilityElement(children: .combine)
    }

    private func by(_ media: PlayerMedia) -> String {
        (media.creators + [media.show]).filter { !$0.isEmpty }.formatted(.list(type: .and))
    }
}

private struct PlayButton: View {
    let model: PlayerModel

    var body: some View {
        Button {
            model.toggle()
        } label: {
            Image(systemName: model.isOn ? "pause.fill" : "play.fill").font(.title2).frame(minWidth: 44, minHeight: 44)
        }
        .accessibilityLabel(model.isOn ? "history_feed_pause_ios" : "history_feed_play_ios")
    }
}

/// history_feed_player.
struct PlayerScreen: View {
    let persona: Persona
    let model: PlayerModel
    @State private var episode: EpisodeModel?
    @Environment(\.dismiss) private var dismiss

    var body: some View {
        List {
            Section {
                NowPlaying(model: model)
                if model.playable?.live == false { PlaceRow(model: model) }
                HStack {
                    Spacer()
                    if model.playable?.live == false {
                        skip(-PlayerModel.backMs, "gobackward.15", "history_feed_back_ios")
                    }
                    PlayButton(model: model).padding(.horizontal)
                    if model.playable?.live == false { skip(PlayerModel.onMs, "goforward.30", "history_feed_on_ios") }
                    Spacer()
                }
                .buttonStyle(.borderless)
                ProblemLine(problem: model.problem)
                ProblemLine(problem: model.notKept)
            }
            Section {
                if model.playable?.live == false { SpeedPicker(model: model) }
                SleepRow(model: model)
            }
            if let number = model.episode, let chapters = episode?.chapters, !chapters.chapters.isEmpty {
                Section("history_feed_chapters") {
                    ChapterRows(chapters: chapters, persona: persona, episode: number)
                }
            }
            Section {
                Button("history_feed_close_ios", role: .destructive) {
                    model.close()
                    dismiss()
                }
            } footer: {
                Text("history_feed_player_text_ios")
            }
        }
        .navigationTitle("history_feed_player_ios")
        .smallTitle()
        .task {
            while !Task.isCancelled {
                model.look()
                try? await Task.sleep(for: .milliseconds(500))
            }
        }
        .task(id: model.episode) {
            episode = model.episode.map { EpisodeModel(persona: persona, episode: $0) }
            await episode?.load()
        }
        .accessibilityIdentifier("history_feed_player")
    }

    private func skip(_ milliseconds: Int64, _ image: String, _ label: LocalizedStringKey) -> some View {
        Button {
            model.skip(milliseconds: milliseconds)
        } label: {
            Image(systemName: image).font(.title).frame(minWidth: 44, minHeight: 44)
        }
        .accessibilityLabel(label)
    }
}

/// Where it is; moving the slider moves there once it is let go.
private struct PlaceRow: View {
    let model: PlayerModel
    @State private var wanted = 0.0
    @State private var isMoving = false

    var body: some View {
        VStack {
            if let lengthMs = model.lengthMs, lengthMs > 0 {
                Slider(value: $wanted, in: 0...Double(lengthMs)) {
                    Text("history_feed_place_ios")
                } onEditingChanged: { moving in
                    isMoving = moving
                    if !moving { model.seek(toMs: Int64(wanted)) }
                }
                .accessibilityValue(Text(verbatim: Durations.spoken(shown)))
                .onChange(of: model.positionMs, initial: true) { _, now in
                    if !isMoving { wanted = Double(now) }
                }
            }
            HStack {
                Text(verbatim: Durations.position(shown))
                Spacer()
                if let lengthMs = model.lengthMs { Text(verbatim: Durations.position(lengthMs)) }
            }
            .font(.footnote)
            .monospacedDigit()
            .accessibilityHidden(true)
        }
    }

    private var shown: Int64 { isMoving ? Int64(wanted) : model.positionMs }
}

private struct SpeedPicker: View {
    @Bindable var model: PlayerModel

    var body: some View {
        Picker("history_feed_speed_ios", selection: $model.chosenPermille) {
            ForEach(PlayerModel.speeds, id: \.self) { permille in
                Text(verbatim: Words.text("history_feed_times_ios", (Double(permille) / 1_000).formatted()))
                    .tag(permille)
            }
        }
    }
}

private struct SleepRow: View {
    let model: PlayerModel

    var body: some View {
        Menu("history_feed_sleep_ios", systemImage: "moon") {
            ForEach([5, 15, 30, 60], id: \.self) { minutes in
                Button(Durations.text(Int64(minutes) * 60_000)) { model.sleep(afterMinutes: minutes) }
            }
            if model.sleepsAt != nil { Button("history_feed_sleep_off_ios") { model.sleep(afterMinutes: nil) } }
        }
        if let at = model.sleepsAt {
            Text(Words.text("history_feed_sleeps_ios", Moments.time(Moments.epochMs(at)))).font(.footnote)
        }
    }
}
