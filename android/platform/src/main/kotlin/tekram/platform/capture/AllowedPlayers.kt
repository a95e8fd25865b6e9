// Which apps may be listened along with, and for which profile; none until the person says so. It lies outside the
// encrypted store, because it has to be read while that is locked: it says which player apps are on the phone, which
// the phone knows anyway, and never what was played.
package tekram.platform.capture

import android.content.Context
import android.content.SharedPreferences

class AllowedPlayers(
    context: Context,
) {
    private val kept: SharedPreferences = context.getSharedPreferences(FILE, Context.MODE_PRIVATE)

    /** The profile that listens to an app, by the app's package name; none when it was not allowed. */
    fun profileOf(player: String): String? = kept.getString(player, null)

    fun allow(
        player: String,
        profile: String,
    ) {
        kept.edit().putString(player, profile).apply()
    }

    fun forbid(player: String) {
        kept.edit().remove(player).apply()
    }

    /** A profile was deleted: nothing may be sealed for it any more. */
    fun forget(profile: String) {
        kept.all
            .filterValues { it == profile }
            .keys
            .forEach(::forbid)
    }

    fun all(): Map<String, String> = kept.all.mapValues { it.value.toString() }

    fun onChange(listener: SharedPreferences.OnSharedPreferenceChangeListener) = kept.registerOnSharedPreferenceChangeListener(listener)

    fun noMore(listener: SharedPreferences.OnSharedPreferenceChangeListener) = kept.unregisterOnSharedPreferenceChangeListener(listener)

    companion object {
        const val FILE = "allowed_players"
    }
}
