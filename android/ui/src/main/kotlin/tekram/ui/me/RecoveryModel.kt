// Recovery words: shown once the person is alone, then checked by asking for some of them. They open the profile from the
// check on. The words are held only while their screen shows them; what is typed is handed through and never held.
package tekram.ui.me

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import tekram.ffi.RecoveryPhrase
import tekram.ffi.TekramException
import tekram.ffi.WayInKind
import tekram.ui.common.Phase
import tekram.ui.common.Shown
import tekram.ui.common.attempt
import tekram.ui.common.phase
import tekram.ui.common.shown
import tekram.ui.start.Session

/** Words on the screen. They never become part of a text. */
class ShownWords(
    val words: List<String>,
) {
    override fun toString(): String = "[REDACTED]"
}

/** Where the person is with the recovery words. */
data class RecoveryState(
    val phase: Phase = Phase.Loading,
    /** There are words in use already. */
    val hasWords: Boolean = false,
    /** The words, while they are on the screen. */
    val shown: ShownWords? = null,
    /** Positions that are asked for, from 1. */
    val questions: List<Int> = emptyList(),
    /** The position whose answer was wrong. */
    val wrong: Int? = null,
    /** They were checked and are a way in now. */
    val done: Boolean = false,
    val busy: Boolean = false,
    val failure: Shown? = null,
)

/** Shows recovery words and checks that they are on paper. */
class RecoveryModel(
    private val session: Session,
) : ViewModel() {
    private val states = MutableStateFlow(RecoveryState())

    val state: StateFlow<RecoveryState> = states.asStateFlow()

    init {
        begin()
    }

    /** Begins anew: looks whether there are words in use. */
    fun begin() {
        viewModelScope.launch {
            val answer = attempt { session.persona.ways().any { it.kind is WayInKind.RecoveryPhrase } }
            states.update { state ->
                answer.fold(
                    { state.copy(phase = Phase.Ready, hasWords = it, done = false, wrong = null, failure = null) },
                    { state.copy(phase = it.phase()) },
                )
            }
        }
    }

    /** Shows the words that were not checked yet, so that a paper already written stays right; else new ones. */
    fun show() =
        step {
            val words = (unchecked() ?: session.persona.newRecoveryPhrase()).use { it.words() }
            states.update { it.copy(shown = ShownWords(words), questions = emptyList(), wrong = null) }
        }

    private fun unchecked(): RecoveryPhrase? =
        try {
            session.persona.uncheckedRecoveryPhrase()
        } catch (none: TekramException.Failed) {
            if (none.name == "nothing_to_check") null else throw none
        }

    /** Takes the words off the screen. */
    fun hide() = states.update { it.copy(shown = null) }

    /** They are on paper: asks for some of them. */
    fun ask() =
        step {
            val questions = session.persona.recoveryQuestions().map { it.toInt() }
            states.update { it.copy(shown = null, questions = questions, wrong = null) }
        }

    /** Takes the words into use when [answers], in the order of the questions, are right. */
    fun check(answers: List<String>) =
        step {
            val questions = states.value.questions
            session.persona.checkRecoveryPhrase(questions.map { it.toUInt() }, answers.map { it.trim().lowercase() })
            states.update { it.copy(done = true, hasWords = true, questions = emptyList(), wrong = null) }
        }

    private fun step(call: suspend () -> Unit) {
        if (states.value.busy) return
        states.update { it.copy(busy = true, failure = null) }
        viewModelScope.launch {
            val failure = attempt(call).exceptionOrNull()?.shown()
            states.update { it.copy(busy = false, failure = failure, wrong = failure?.params?.get("position")?.toIntOrNull()) }
        }
    }
}
