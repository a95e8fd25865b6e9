// Choosing files, looking at the first, reading them and how that ended, as parts of a form: the screen of imports has them, and
// that of each provider.
import SwiftUI
import TekramCore
import TekramKit
import UniformTypeIdentifiers

/// The sections of an import, from the choice to the end.
struct ImportSections<Begin: View>: View {
    let persona: Persona
    @Bindable var model: ImportModel
    /// What stands there while nothing is looked at or read.
    @ViewBuilder let begin: () -> Begin

    var body: some View {
        if let looked = model.looked {
            LookSections(model: model, looked: looked)
        } else if let file = model.reading ?? model.looking {
            Section { reading(file) }
        } else {
            begin()
            if !model.files.isEmpty { FilesSection(persona: persona, files: model.files) }
        }
    }

    @ViewBuilder private func reading(_ file: String) -> some View {
        Text(Words.text("history_import_reading", file))
        if let part = model.part {
            ProgressView(value: part)
                .accessibilityLabel(Words.text("history_import_progress_a11y", Int(part * 100)))
        } else {
            ProgressView()
        }
        if let progress = model.progress { Text(Words.plural("history_import_lines", progress.records)) }
        if model.reading != nil { Button("history_import_stop", role: .cancel) { model.stop() } }
    }
}

/// How the last import ended, where it ended badly or was stopped.
struct ImportEnd: View {
    let model: ImportModel

    var body: some View {
        if model.isStopped { Text("history_import_stopped") }
        ProblemLine(problem: model.problem)
    }
}

/// What became of several files.
private struct FilesSection: View {
    let persona: Persona
    let files: [FileImported]

    var body: some View {
        Section("history_look_several") {
            // Two files may have one name.
            ForEach(files.indices, id: \.self) { at in
                let file = files[at]
                if let report = file.report {
                    NavigationLink {
                        PenScreen(persona: persona, number: report.batch)
                    } label: {
                        row(file.fileName, Words.plural("history_pen_new", report.listens))
                    }
                } else if let problem = file.problem {
                    row(file.fileName, Problem(ofHistory: problem).text)
                }
            }
        }
    }

    private func row(_ name: String, _ below: String) -> some View {
        VStack(alignment: .leading, spacing: 2) {
            Text(verbatim: name)
            Text(verbatim: below).font(.subheadline).foregroundStyle(.secondary)
        }
        .accessibilityElement(children: .combine)
    }
}

extension View {
    /// Lets the person choose files for `model`, looks again as they say how to read one, and opens the import that was read.
    func imports(_ persona: Persona, _ model: ImportModel, done: Binding<Int64?>, isChoosing: Binding<Bool>)
        -> some View
    {
        fileImporter(isPresented: isChoosing, allowedContentTypes: [.data], allowsMultipleSelection: true) { chosen in
            if case .success(let files) = chosen { Task { await model.look(at: files) } }
        }
        .task(id: model.looked?.readAs) { await model.lookAgain() }
        .navigationDestination(item: done) { number in PenScreen(persona: persona, number: number) }
    }
}
