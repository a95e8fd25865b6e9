// Samples of Relations, one line each.
package tekram.ui.relations

import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import tekram.ffi.Agreement
import tekram.ffi.Clause
import tekram.ffi.ClauseRule
import tekram.ffi.DifferingClause
import tekram.ffi.NameSource
import tekram.ffi.Relation
import tekram.ffi.RelationDetail
import tekram.ffi.RelationState
import tekram.ffi.TermsDetail
import tekram.ui.common.LocalDevice
import tekram.ui.common.Phase
import tekram.ui.common.PlainDevice
import tekram.ui.common.Shown
import tekram.ui.common.Tab
import tekram.ui.pictures.Sample
import tekram.ui.pictures.sample
import tekram.ui.want.CardAnswer

/** 2026-11-02, 09:15 UTC. */
private const val SOME_DAY = 1_793_610_900_000L
private const val DAY = 86_400_000L

private fun clause(
    rule: ClauseRule,
    name: String,
    label: String = name,
) = Clause(rule, name, label)

private val deletes = clause(ClauseRule.OBLIGATION, "DataDeletionOnRequest")
private val tracks = clause(ClauseRule.PERMISSION, "Tracking2PAllowed")

private fun relation(
    party: String,
    name: String?,
    mine: RelationState,
    theirs: RelationState,
    agreements: UInt = 0u,
    from: NameSource? = NameSource.OFFER,
) = Relation(party, name, from.takeIf { name != null }, mine, theirs, agreements, SOME_DAY, emptyList())

internal val someRelations =
    listOf(
        relation("did:key:z1", "Kaufladen am Markt", RelationState.IN_RELATION, RelationState.IN_RELATION, 2u),
        relation("did:key:z2", "Harbour Lights Media", RelationState.OFFERING, RelationState.OPEN, from = NameSource.PAYEE),
        relation("did:key:z3", null, RelationState.OPEN, RelationState.OFFERING),
        relation("did:key:z4", "Radio Nordlicht", RelationState.OPEN, RelationState.ABSENT, from = NameSource.PAYEE),
        relation("did:key:z5", "The Long Name of a Shop for Records and Books", RelationState.ENDED, RelationState.ENDED, 1u),
    )

internal val someAgreement =
    Agreement(
        record = "019a4b1e-7c1d-7a2b-9f3c-5d6e7f8091a2",
        terms = "PDC-INTENT",
        title = "The core's own title",
        summary = "The core's own summary",
        clauses =
            listOf(
                clause(ClauseRule.OBLIGATION, "ServiceDeliveryRequired"),
                clause(ClauseRule.OBLIGATION, "DataDeletionRequired"),
                clause(ClauseRule.PROHIBITION, "TrackingDisallowed"),
                clause(ClauseRule.PROHIBITION, "NeverHeardOf", "Something that only the core has words for"),
            ),
        status = "AgreementAccepted",
        about = "0190",
        aboutItem = "Leica M6, used",
        alternative = null,
        sha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        signedByMe = true,
        signedByThem = true,
        proposedMs = SOME_DAY,
        decidedMs = SOME_DAY + DAY,
    )

private val refused =
    someAgreement.copy(record = "2", terms = "SD-BASE", status = "AgreementRefused", signedByThem = true, signedByMe = true, aboutItem = null)

internal val counter =
    someAgreement.copy(
        record = "3",
        terms = "SD-BASE",
        status = "AgreementNegotiationCounterOfferMade",
        signedByThem = false,
        alternative = "SD-BASE-AT",
        aboutItem = null,
        decidedMs = null,
    )

internal val someParty = PartyState(Phase.Ready, RelationDetail(someRelations[0], listOf(someAgreement, refused)))

private val differing =
    PartyState(
        Phase.Ready,
        RelationDetail(someRelations[1].copy(differs = listOf(DifferingClause(true, deletes), DifferingClause(false, tracks))), listOf(counter)),
    )

private val someTerms = TermsDetail("PDC-INTENT", "The core's own title", "", "The whole text of the agreement.", "ab".repeat(32), true, emptyList())

internal val agreed = AgreementState(Phase.Ready, someAgreement, "Kaufladen am Markt", someTerms, size = 1_824)

private val failed = Phase.Failed(Shown(3004, "never_heard_of", "relations"))

@Composable
private fun Draw(state: RelationsState) = RelationsScreen(state, {}, {})

@Composable
private fun Draw(state: PartyState) = PartyScreen(state, {}, {}, {})

@Composable
private fun Draw(state: AgreementState) = AgreementScreen(state, {}, {}, {})

/** A device with a reader and a camera. */
internal open class ReadingDevice : PlainDevice() {
    override val readsCards: Boolean = true
    override val canScan: Boolean = true
}

internal val noCardActions =
    object : CardActions {
        override fun read() = Unit

        override fun stop() = Unit

        override fun scan() = Unit
    }

@Composable
private fun DrawCard(
    reading: Boolean = false,
    answer: CardAnswer? = null,
) = CompositionLocalProvider(LocalDevice provides ReadingDevice()) { CardScreen(reading, answer, noCardActions) {} }

val relationsSamples: List<Sample> =
    listOf(
        sample("relations_list", tab = Tab.Relations, wide = true) { Draw(RelationsState(Phase.Ready, someRelations)) },
        sample("relations_list", "empty", Tab.Relations) { Draw(RelationsState(Phase.Empty)) },
        sample("relations_list", "loading", Tab.Relations) { Draw(RelationsState()) },
        sample("relations_list", "error", Tab.Relations) { Draw(RelationsState(failed)) },
        sample("relations_list", "offline", Tab.Relations) { Draw(RelationsState(Phase.Offline)) },
        sample("relations_list", "locked", Tab.Relations) { Draw(RelationsState(Phase.Locked)) },
        sample("relations_card", tab = Tab.Relations) { DrawCard() },
        sample("relations_card", "reading", Tab.Relations) { DrawCard(reading = true) },
        sample("relations_card", "bad", Tab.Relations) { DrawCard(answer = CardAnswer.Bad) },
        sample("relations_party", tab = Tab.Relations, wide = true) { Draw(someParty) },
        sample("relations_party", "differs", Tab.Relations) { Draw(differing) },
        sample("relations_party", "gone", Tab.Relations) { Draw(PartyState(Phase.Failed(Shown(6010, "no_such_party", "relations")))) },
        sample("relations_agreement", tab = Tab.Relations, wide = true) { Draw(agreed) },
        sample("relations_agreement", "counter", Tab.Relations) {
            Draw(AgreementState(Phase.Ready, counter, "Harbour Lights Media", null, someTerms.copy(id = "SD-BASE-AT"), size = 900))
        },
        sample("relations_agreement", "exported", Tab.Relations) { Draw(agreed.copy(exported = true)) },
        sample("relations_agreement", "loading", Tab.Relations) { Draw(AgreementState()) },
    )
