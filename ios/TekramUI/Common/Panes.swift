// What a screen shows while it loads, when there is nothing, when something failed, without a network and while the
// profile is locked. Each says what is the case and what the person can do; VoiceOver hears it as one.
import SwiftUI
import TekramKit

/// Shows `content` when it is ready, else the pane of its phase.
struct PhasePane<Content: View, Empty: View>: View {
    let phase: Phase
    var loading: LocalizedStringKey = "common_loading"
    var offline: LocalizedStringKey = "common_offline_text"
    var locked: LocalizedStringKey = "common_locked_text"
    let retry: @MainActor () async -> Void
    @ViewBuilder let content: () -> Content
    @ViewBuilder let empty: () -> Empty

    var body: some View {
        switch phase {
        case .loading: LoadingPane(text: loading)
        case .empty: empty()
        case .ready: content()
        case .failed(let problem): ErrorPane(problem: problem, retry: retry)
        case .offline: OfflinePane(text: offline, retry: retry)
        case .locked: LockedPane(text: locked)
        }
    }
}

/// Something is on its way.
struct LoadingPane: View {
    var text: LocalizedStringKey = "common_loading"

    var body: some View {
        VStack(spacing: Theme.near) {
            ProgressView()
            Text(text).foregroundStyle(.secondary)
        }
        .frame(maxWidth: .infinity, maxHeight: .infinity)
        .accessibilityElement(children: .combine)
        .accessibilityIdentifier("pane_loading")
    }
}

/// There is nothing yet, and a way to change that.
struct EmptyPane<Actions: View>: View {
    let title: LocalizedStringKey
    let text: LocalizedStringKey
    let systemImage: String
    @ViewBuilder let actions: () -> Actions

    init(
        _ title: LocalizedStringKey, text: LocalizedStringKey, systemImage: String,
        @ViewBuilder actions: @escaping () -> Actions
    ) {
        self.title = title
        self.text = text
        self.systemImage = systemImage
        self.actions = actions
    }

    var body: some View {
        ContentUnavailableView {
            Label(title, systemImage: systemImage)
        } description: {
            Text(text)
        } actions: {
            actions()
        }
        .accessibilityIdentifier("pane_empty")
    }
}

extension EmptyPane where Actions == EmptyView {
    init(_ title: LocalizedStringKey, text: LocalizedStringKey, systemImage: String) {
        self.init(title, text: text, systemImage: systemImage) { EmptyView() }
    }
}

/// Something failed.
struct ErrorPane: View {
    let problem: Problem
    let retry: @MainActor () async -> Void

    var body: some View {
        ContentUnavailableView {
            Label("common_error_title", systemImage: "exclamationmark.triangle")
        } description: {
            Text(problem.text)
            if problem.code > 0 {
                Text(Words.text("common_error_code", "\(problem.code)")).font(.footnote)
            }
        } actions: {
            Button("common_retry") { Task { await retry() } }
        }
        .accessibilityIdentifier("pane_error")
    }
}

/// It needs a network, and there is none.
struct OfflinePane: View {
    var text: LocalizedStringKey = "common_offline_text"
    let retry: @MainActor () async -> Void

    var body: some View {
        ContentUnavailableView {
            Label("common_offline_title", systemImage: "wifi.slash")
        } description: {
            Text(text)
        } actions: {
            Button("common_retry") { Task { await retry() } }
        }
        .accessibilityIdentifier("pane_offline")
    }
}

/// The profile is locked; the app is on its way to the lock screen.
struct LockedPane: View {
    var text: LocalizedStringKey = "common_locked_text"

    var body: some View {
        ContentUnavailableView {
            Label("common_locked_title", systemImage: "lock")
        } description: {
            Text(text)
        }
        .accessibilityIdentifier("pane_locked")
    }
}

/// A line that says what went wrong, under the field or button it belongs to.
struct ProblemLine: View {
    let problem: Problem?
    /// What it says where a screen knows it better than the problem's own words.
    var text: String?

    var body: some View {
        if let problem {
            Label(text ?? problem.text, systemImage: "exclamationmark.triangle")
                .foregroundStyle(.red)
                .font(.callout)
                .accessibilityIdentifier("problem")
        }
    }
}
