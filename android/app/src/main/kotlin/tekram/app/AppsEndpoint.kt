// The endpoint for other apps on this phone: for which profiles it is switched on, and answering for as long as it is. It
// answers for locked profiles too, so what is switched on lies outside the encrypted store and names profiles by id alone.
package tekram.app

import android.content.Context
import android.content.Intent
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.distinctUntilChanged
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.mapLatest
import kotlinx.coroutines.flow.update
import tekram.binding.Work
import tekram.ffi.Agent
import tekram.ffi.EndpointTask
import tekram.ffi.TekramException
import tekram.platform.diagnose.DiagnosticLog
import tekram.ui.common.Answering
import tekram.ui.common.Endpoint
import tekram.ui.common.attempt

/** Keeps the endpoint of this phone. */
class AppsEndpoint(
    private val context: Context,
    private val agent: () -> Agent,
    private val diagnostics: DiagnosticLog,
    /** Asks, the first time, whether notices may be shown. */
    private val onSwitchedOn: () -> Unit,
    /** Apps told something; returns at once. */
    private val onTold: () -> Unit,
) : Endpoint {
    private val kept = context.getSharedPreferences("endpoint", Context.MODE_PRIVATE)
    private val states = MutableStateFlow(Answering(kept.getStringSet(PROFILES, null).orEmpty().toSet()))

    override val answering: StateFlow<Answering> = states.asStateFlow()

    /** The port to take; null for the usual one. */
    var port: UShort? = null

    override fun answer(
        profile: String,
        wanted: Boolean,
    ) {
        switchTo { if (wanted) it + profile else it - profile }
        if (wanted) {
            onSwitchedOn()
            start()
        }
    }

    /** Switches it off for every profile, as the notice's button does. */
    fun off() = switchTo { emptySet() }

    /** The app is in front, where services may be started: goes on answering where that is switched on. */
    fun goOn() {
        if (states.value.run { profiles.isNotEmpty() && url == null }) start()
    }

    /** Answers until it is switched off for every profile, or its address cannot be had. */
    @OptIn(ExperimentalCoroutinesApi::class)
    suspend fun serve() {
        try {
            states
                .map { it.profiles }
                .distinctUntilChanged()
                .mapLatest { profiles -> profiles.isEmpty().also { isOff -> if (!isOff) answerFor(profiles) } }
                .first { isOff -> isOff }
        } catch (failed: TekramException.Failed) {
            diagnostics.note(DiagnosticLog.Moment.HostFailed, failed.code.toLong())
            states.update { it.copy(url = null, failed = true) }
        } finally {
            states.update { it.copy(url = null) }
        }
    }

    private suspend fun answerFor(profiles: Set<String>) {
        states.update { it.copy(url = null, failed = false) }
        val task = open(profiles)
        states.update { it.copy(url = task.url()) }
        Work(task, task::next, task::finish, task::cancel).run { onTold() }
    }

    private suspend fun open(profiles: Set<String>): EndpointTask {
        // One that was deleted while the app was closed must not keep the others from being answered for.
        val there = attempt { agent().personas().map { it.id }.filter { it in profiles } }.getOrThrow()
        repeat(TRIES) {
            val task = attempt { agent().startEndpoint(there, port) }
            task.onSuccess { return it }
            if ((task.exceptionOrNull() as? TekramException.Failed)?.name != NO_PORT) return task.getOrThrow()
            // The port of the one before is free again a moment later.
            delay(AGAIN_MS)
        }
        return agent().startEndpoint(there, port)
    }

    private fun switchTo(change: (Set<String>) -> Set<String>) {
        states.update { it.copy(profiles = change(it.profiles), failed = false) }
        kept.edit().putStringSet(PROFILES, states.value.profiles).apply()
    }

    private fun start() {
        try {
            context.startForegroundService(Intent(context, EndpointService::class.java))
        } catch (refused: IllegalStateException) {
            diagnostics.note(DiagnosticLog.Moment.HostFailed, refused)
            states.update { it.copy(failed = true) }
        }
    }

    private companion object {
        const val PROFILES = "profiles"
        const val NO_PORT = "no_endpoint"
        const val TRIES = 5
        const val AGAIN_MS = 200L
    }
}
