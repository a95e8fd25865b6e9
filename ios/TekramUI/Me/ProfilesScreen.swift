// The profiles of this phone, and the ways to another: a new one, or one from a backup. Switching locks the open one first; deleting asks for the name, since nothing brings a
// profile back.
import SwiftUI
import TekramCore
import TekramKit

/// The list of profiles.
struct ProfilesScreen: View {
    private let app: AppModel
    @State private var model: MeModel
    @State private var doomed: PersonaEntry?
    @State private var asksToDelete = false
    @State private var typed = ""

    @Environment(\.presence) private var presence

    init(app: AppModel, persona: Persona) {
        self.app = app
        _model = State(initialValue: MeModel(app: app, persona: persona))
    }

    var body: some View {
        List {
            Section {
                HStack {
                    Label {
                        Text(verbatim: model.name)
                    } icon: {
                        ProfileMark(colour: model.face?.colour, picture: model.face?.avatar)
                    }
                    Spacer()
                    Image(systemName: "checkmark")
                }
                .accessibilityElement()
                .accessibilityLabel(Words.text("me_profile_current_a11y", model.name))
                ForEach(model.others, id: \.id) { other in
                    Button {
                        model.switchTo(other)
                    } label: {
                        Label {
                            VStack(alignment: .leading) {
                                Text(Words.text("me_profile_switch", other.shownName))
                                Text(Words.text("me_profile_switch_text", model.name))
                                    .font(.footnote).foregroundStyle(.secondary)
                            }
                        } icon: {
                            ProfileMark(other)
                        }
                    }
                }
                NavigationLink("me_profile_new") {
                    NewProfile(model: StartModel(app: app, presence: presence, makesNew: true))
                }
                RestoreLinks(app: app)
            } footer: {
                Text("me_profiles_text")
            }
            Section {
                ForEach(model.personas, id: \.id) { persona in
                    Button(role: .destructive) {
                        doomed = persona
                        typed = ""
                        asksToDelete = true
                    } label: {
                        LabeledContent("me_profile_delete", value: model.shownName(of: persona))
                    }
                    .accessibilityLabel(Words.text("me_profile_delete_one_a11y", model.shownName(of: persona)))
                }
                ProblemLine(problem: model.problem)
            }
        }
        .navigationTitle("me_profiles")
        .smallTitle()
        .task { await model.follow() }
        .alert(
            Words.text("me_profile_delete_title", doomed.map(model.shownName) ?? ""), isPresented: $asksToDelete
        ) {
            TextField("me_profile_delete_type", text: $typed)
            Button("common_cancel", role: .cancel) {}
            Button("common_delete", role: .destructive) {
                if let doomed, model.mayDelete(doomed, typed: typed) { model.delete(doomed) }
            }
            .disabled(doomed.map { !model.mayDelete($0, typed: typed) } ?? true)
        } message: {
            Text("me_profile_delete_text")
        }
    }
}
