// The account book and the e-cash on hand. The balances are on this phone; what a provider holds is asked there only when
// the person wants to know.
package tekram.ui.pay

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import tekram.ffi.Ledger
import tekram.ffi.Money
import tekram.ui.common.Phase
import tekram.ui.common.Shown
import tekram.ui.common.attempt
import tekram.ui.common.phase
import tekram.ui.common.shown
import tekram.ui.start.Session

/** E-cash of one provider. */
data class Purse(
    val mint: String,
    /** What is there; null while it is not known. */
    val balances: List<Money>? = null,
    val problem: Shown? = null,
    val asking: Boolean = false,
)

/** What the account book shows. */
data class AccountsState(
    val phase: Phase = Phase.Loading,
    val ledger: Ledger? = null,
    /** Names of payees by their id. */
    val names: Map<String, String> = emptyMap(),
    val purses: List<Purse> = emptyList(),
)

/** Reads the account book. */
class AccountsModel(
    private val session: Session,
) : ViewModel() {
    private val states = MutableStateFlow(AccountsState())

    val state: StateFlow<AccountsState> = states.asStateFlow()

    init {
        reload()
    }

    /** Reads the book again. */
    fun reload() {
        viewModelScope.launch {
            attempt { session.persona.ledger() to session.persona.payees() }.fold(
                { (ledger, payees) ->
                    val mints = ledger.balances.mapNotNull { Account.of(it.account).mint }.distinct()
                    states.update {
                        AccountsState(
                            if (ledger.balances.isEmpty()) Phase.Empty else Phase.Ready,
                            ledger,
                            payees.associate {
                                it.payee to it.name
                            },
                            mints.map(::Purse),
                        )
                    }
                },
                { why -> states.update { it.copy(phase = why.phase()) } },
            )
        }
    }

    /** Asks a provider what it holds. */
    fun ask(mint: String) {
        purse(mint) { it.copy(asking = true, problem = null) }
        viewModelScope.launch {
            attempt { session.persona.wallet(mint) }.fold(
                { balances -> purse(mint) { it.copy(balances = balances, asking = false) } },
                { why -> purse(mint) { it.copy(problem = why.shown(), asking = false) } },
            )
        }
    }

    private fun purse(
        mint: String,
        change: (Purse) -> Purse,
    ) = states.update { state -> state.copy(purses = state.purses.map { if (it.mint == mint) change(it) else it }) }
}
