// Preferences: what the person likes, avoids or needs, and one more.
package tekram.ui.keep

import tekram.ffi.Preference
import tekram.ffi.Stance
import tekram.ui.start.Session

/** Reads and changes the preferences. */
class PreferencesModel(
    session: Session,
) : KeptModel<List<Preference>>(session, { it.preferences() }) {
    /** Keeps one, in the place of another about the same. */
    fun set(
        topic: String,
        value: String,
        stance: Stance,
    ) = change(leaves = true) { it.setPreference(topic.trim(), value.trim(), stance) }

    /** Removes one. */
    fun remove(preference: Preference) = change { it.removePreference(preference.id) }
}
