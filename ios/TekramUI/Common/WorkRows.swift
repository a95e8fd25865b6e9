// Long work on the screen: what is being done, how far it is, and stopping it; then why it did not work, if it did not.
import SwiftUI
import TekramKit

/// The rows of a `LongWork`, in a section of whoever shows it.
struct WorkRows: View {
    let work: LongWork
    let doing: LocalizedStringKey
    /// Why it did not work, where a screen knows it better than the problem's own words.
    var problemText: String?

    var body: some View {
        if work.isRunning {
            VStack(alignment: .leading, spacing: Theme.near) {
                Text(doing)
                if let part = work.part {
                    let percent = part.formatted(.percent.precision(.fractionLength(0)))
                    ProgressView(value: part).accessibilityLabel(Words.text("common_progress_a11y", percent))
                } else {
                    ProgressView().accessibilityLabel("common_working_a11y")
                }
            }
            .accessibilityIdentifier("work")
            Button("common_stop", role: .cancel) { work.stop() }
        }
        ProblemLine(problem: work.problem, text: problemText)
    }
}
