// How the profile looks, and what whoever holds the phone sees of it while it is locked.
import SwiftUI
import TekramCore
import TekramKit

/// me_face.
struct FaceScreen: View {
    @State private var model: FaceModel
    @Environment(\.phone) private var phone

    init(persona: Persona) {
        _model = State(initialValue: FaceModel(persona: persona))
    }

    var body: some View {
        PhasePane(phase: model.phase, loading: "me_loading", locked: "me_locked_text", retry: { model.load() }) {
            if let face = model.face { form(face) }
        } empty: {
            EmptyView()
        }
        .disabled(model.isBusy)
        .navigationTitle("me_face_title")
        .smallTitle()
        .task { model.load() }
        .accessibilityIdentifier("me_face")
    }

    private func form(_ face: ProfileFace) -> some View {
        Form {
            Section {
                Label {
                    Text(verbatim: face.name).font(.headline)
                } icon: {
                    ProfileMark(colour: face.colour, picture: face.avatar)
                }
            }
            Section("me_face_colour") {
                Picker("me_face_colour", selection: $model.colour) {
                    Text("me_face_colour_none").tag(UInt32?.none)
                    ForEach(FaceModel.colours, id: \.self) { colour in
                        Label {
                            Text(LocalizedStringKey(colour.wordKey))
                        } icon: {
                            Circle().fill(Color(rgb: colour.number)).frame(width: 20, height: 20)
                        }
                        .tag(UInt32?.some(colour.number))
                    }
                    if let own = face.colour, !FaceModel.colours.contains(where: { $0.number == own }) {
                        Text("me_face_colour_own").tag(UInt32?.some(own))
                    }
                }
                .pickerStyle(.inline)
                .labelsHidden()
            }
            picture(face)
            Section {
                Toggle("me_face_show_name", isOn: $model.showsName)
                Toggle("me_face_show_colour", isOn: $model.showsColour)
                Toggle("me_face_show_picture", isOn: $model.showsPicture)
            } header: {
                Text("me_face_locked_title")
            } footer: {
                Text(face.showsName ? "me_face_locked_text" : "me_face_name_hidden")
            }
            Section { ProblemLine(problem: model.problem) }
        }
        .formStyle(.grouped)
    }

    private func picture(_ face: ProfileFace) -> some View {
        Section {
            if let phone {
                Button(face.avatar == nil ? "me_face_picture_choose" : "me_face_picture_change") {
                    Task { await model.choosePicture(on: phone) }
                }
            }
            if face.avatar != nil {
                Button("me_face_picture_remove", role: .destructive) { model.removePicture() }
            }
            if model.isBusy { ProgressView().accessibilityLabel("common_working_a11y") }
            if model.isPictureUnusable {
                Label("me_face_picture_unusable", systemImage: "exclamationmark.triangle").foregroundStyle(.red)
            }
        } header: {
            Text("me_face_picture")
        } footer: {
            Text("me_face_picture_text")
        }
    }
}
