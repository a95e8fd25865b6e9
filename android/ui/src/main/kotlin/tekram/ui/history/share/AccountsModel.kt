// Accounts that a history is fetched from, and servers that it is sent to: adding one, fetching or sending now, and forgetting it.
// Passwords and tokens pass through once, on the way from the screen to the core.
package tekram.ui.history.share

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.catch
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import tekram.binding.Work
import tekram.ffi.HistoryAccount
import tekram.ffi.HistoryAccountKind
import tekram.ffi.Persona
import tekram.ffi.Pulled
import tekram.ffi.SubmissionChange
import tekram.ffi.SubmissionServer
import tekram.ffi.Submitted
import tekram.ffi.Watched
import tekram.ui.common.Newest
import tekram.ui.common.Phase
import tekram.ui.common.Shown
import tekram.ui.common.attempt
import tekram.ui.common.phase
import tekram.ui.common.shown
import tekram.ui.start.Session

/** Seconds between two looks at a music server. */
private const val LOOK_EVERY = 30u

/** Seconds that a server may ask to be waited for while it is sent to. */
private const val PATIENCE = 15u

/** An account or server as a person typed it. The secret never becomes part of a text. */
class TypedAccount(
    val url: String,
    val user: String,
    val secret: String,
    val inHomeNetwork: Boolean,
) {
    override fun toString(): String = "[REDACTED]"
}

/** The accounts and servers, and what is being done with one. */
data class AccountsState(
    val phase: Phase = Phase.Loading,
    val accounts: List<HistoryAccount> = emptyList(),
    val servers: List<SubmissionServer> = emptyList(),
    /** Sources of the log, which can be sent. */
    val sources: List<String> = emptyList(),
    val busy: Boolean = false,
    /** The account that is being fetched from or watched, or the server that is being sent to. */
    val working: Long? = null,
    val pulled: Pulled? = null,
    val watched: Watched? = null,
    val submitted: Submitted? = null,
    val failure: Shown? = null,
    /** It was added: the form can be left. */
    val added: Boolean = false,
)

/** Reads and changes accounts and servers. */
class AccountsModel(
    private val session: Session,
) : ViewModel() {
    private val states = MutableStateFlow(AccountsState())
    private val newest = Newest()
    private var work: Job? = null

    val state: StateFlow<AccountsState> = states.asStateFlow()

    init {
        reload()
        viewModelScope.launch { session.changes().catch { }.collect { reload() } }
    }

    /** Reads them again. */
    fun reload() {
        viewModelScope.launch { read() }
    }

    private suspend fun read() {
        val answer =
            newest.read { session.persona.run { Triple(historyAccounts(), submissionServers(), hours(month = null).map { it.source }.sorted()) } } ?: return
        states.update { state ->
            answer.fold(
                { (accounts, servers, sources) -> state.copy(phase = Phase.Ready, accounts = accounts, servers = servers, sources = sources) },
                { state.copy(phase = it.phase()) },
            )
        }
    }

    /** What was said about the last deed has been read. */
    fun seen() = states.update { it.copy(failure = null, added = false, pulled = null, watched = null, submitted = null) }

    /** Adds an account to fetch from. */
    fun add(
        kind: HistoryAccountKind,
        typed: TypedAccount,
    ) = change({ it.copy(added = true) }) { addHistoryAccount(kind, typed.url.trim(), typed.user.trim(), typed.secret, typed.inHomeNetwork) }

    /** Forgets an account with its password. */
    fun remove(account: HistoryAccount) = change { removeHistoryAccount(account.account) }

    /** Adds a server to send to; nothing is sent before it is turned on. */
    fun addServer(typed: TypedAccount) =
        change({ it.copy(added = true) }) {
            addSubmissionServer(typed.url.trim(), typed.secret.trim(), SubmissionChange(inHomeNetwork = typed.inHomeNetwork))
        }

    /** Changes what is sent to a server. */
    fun changeServer(
        server: SubmissionServer,
        change: SubmissionChange,
    ) = change { changeSubmissionServer(server.server, change) }

    /** Forgets a server with its token. */
    fun removeServer(server: SubmissionServer) = change { removeSubmissionServer(server.server) }

    private fun change(
        then: (AccountsState) -> AccountsState = { it },
        call: suspend Persona.() -> Unit,
    ) {
        if (states.value.busy) return
        states.update { it.copy(busy = true, failure = null, added = false) }
        viewModelScope.launch {
            val failure = attempt { session.persona.call() }.exceptionOrNull()
            read()
            states.update { if (failure == null) then(it.copy(busy = false)) else it.copy(busy = false, failure = failure.shown()) }
        }
    }

    /** Fetches what is new, or watches a music server until it is stopped. */
    fun pull(account: HistoryAccount) =
        work(account.account) {
            if (account.kind == HistoryAccountKind.SUBSONIC) {
                val task = session.persona.startWatch(account.account, LOOK_EVERY, seconds = null)
                val report = Work(task, task::next, task::finish, task::cancel).run { watched -> states.update { it.copy(watched = watched) } }
                states.update { it.copy(watched = report) }
            } else {
                val task = session.persona.startPull(account.account)
                val report = Work(task, task::next, task::finish, task::cancel).run { pulled -> states.update { it.copy(pulled = pulled) } }
                states.update { it.copy(pulled = report) }
            }
        }

    /** Sends what is due to a server. */
    fun submit(server: SubmissionServer) =
        work(server.server) {
            val task = session.persona.startSubmission(server.server, PATIENCE)
            val report = Work(task, task::next, task::finish, task::cancel).run { sent -> states.update { it.copy(submitted = sent) } }
            states.update { it.copy(submitted = report) }
        }

    private fun work(
        about: Long,
        call: suspend () -> Unit,
    ) {
        if (states.value.working != null) return
        states.update { it.copy(working = about, pulled = null, watched = null, submitted = null, failure = null) }
        work =
            viewModelScope.launch {
                val failure = attempt { call() }.exceptionOrNull()
                states.update { it.copy(working = null, failure = failure?.shown()) }
                read()
            }
    }

    /** Stops what runs; what came or went already stays. */
    fun stop() {
        work?.cancel()
        states.update { it.copy(working = null) }
        reload()
    }
}
