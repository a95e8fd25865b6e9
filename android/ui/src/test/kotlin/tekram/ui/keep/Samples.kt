// Samples of what is kept, one line each.
package tekram.ui.keep

import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import tekram.ffi.Attribute
import tekram.ffi.AttributeSource
import tekram.ffi.AttributeValue
import tekram.ffi.Claim
import tekram.ffi.Credential
import tekram.ffi.CredentialState
import tekram.ffi.CsvFault
import tekram.ffi.CsvLook
import tekram.ffi.Membership
import tekram.ffi.Money
import tekram.ffi.NewMembership
import tekram.ffi.PenArrived
import tekram.ffi.PenBatch
import tekram.ffi.PenItem
import tekram.ffi.PenKind
import tekram.ffi.PenState
import tekram.ffi.Preference
import tekram.ffi.Purchase
import tekram.ffi.PurchaseItem
import tekram.ffi.Relation
import tekram.ffi.RelationState
import tekram.ffi.Stance
import tekram.ffi.VaultFile
import tekram.ui.common.Bars
import tekram.ui.common.LocalDevice
import tekram.ui.common.Phase
import tekram.ui.common.PlainDevice
import tekram.ui.common.Rows
import tekram.ui.common.Shown
import tekram.ui.common.Tab
import tekram.ui.pictures.Sample
import tekram.ui.pictures.sample

/** 2026-11-02, 09:15 UTC. */
private const val SOME_DAY = 1_793_610_900_000L
private const val DAY = 86_400_000L
private const val YEAR = 365 * DAY
private val refused = Shown(3107, "bad_field", "vault", mapOf("field" to "email"))

private fun <T : Any> read(value: T) = Kept(Phase.Ready, value)

// About the person

private val name = said(1, "name", AttributeValue.Name("Ada Lovelace", "Ada", "Lovelace"), "Ada Lovelace", source = AttributeSource.Verified("c1"))
private val homeMail = said(2, "email", AttributeValue.Email("ada@example.org"), "ada@example.org", "home")
private val workMail =
    said(3, "email", AttributeValue.Email("lovelace@engine.example"), "lovelace@engine.example", "work", AttributeSource.Collected("Engine & Sons"))
private val address =
    said(4, "address", AttributeValue.Address("Ringstraße 1", "1010", "Wien", "", "AT"), "Ringstraße 1, 1010 Wien, AT", "home")
private val born = said(5, "birthDate", AttributeValue.BirthDate("1990-12-10"), "1990-12-10")
private val shoes = said(6, "additionalProperty:shoe size", AttributeValue.Free("shoe size", "39"), "39")

private fun said(
    id: Long,
    property: String,
    value: AttributeValue,
    text: String,
    label: String = "",
    source: AttributeSource = AttributeSource.SelfAsserted,
) = Attribute(id, property, text, value, label, source, SOME_DAY, null)

internal val licence =
    Credential(
        "c1",
        "sd_jwt_vc",
        "https://university.example/credentials/student_card",
        "https://university.example",
        "university.example",
        "relation-1",
        SOME_DAY + YEAR,
        CredentialState.VALID,
        SOME_DAY,
        SOME_DAY - 30 * DAY,
        listOf(
            Claim("/student_number", "E-11842", disclosable = false),
            Claim("/given_name", "Ada", disclosable = true),
            Claim("/family_name", "Lovelace", disclosable = true),
            Claim("/birthdate", "1990-12-10", disclosable = true),
            Claim("/address", "AT", disclosable = true),
            Claim("/address/street_address", "Ringstraße 1", disclosable = true),
        ),
    )
private val gym =
    licence.copy(
        id = "c2",
        format = "w3c_vc",
        credentialType = "VerifiableCredential ClubMember",
        issuer = "did:key:z6Mkf5rGMoatrSj1f4CyvuHBeXJELe9RPdzo2PKGNCKVtZxP",
        issuerName = null,
        relation = "",
        expiresMs = null,
        state = CredentialState.UNCHECKED,
        checkedMs = null,
        claims = listOf(Claim("/credentialSubject/name", "Ada Lovelace", disclosable = false), Claim("/credentialSubject/level", "gold", disclosable = false)),
    )

internal val someAttributes = Attributes(listOf(name, homeMail, workMail, address, born, shoes), mapOf("c1" to licence))

private val mailBefore =
    Attributes(
        listOf(
            homeMail,
            homeMail.copy(
                id = 7,
                text = "ada.byron@example.org",
                value = AttributeValue.Email("ada.byron@example.org"),
                sinceMs = SOME_DAY - YEAR,
                untilMs = SOME_DAY,
            ),
        ),
    )

internal val noAttributeActions =
    object : AttributeActions {
        override fun change() = Unit

        override fun end() = Unit

        override fun forget() = Unit

        override fun proof(id: String) = Unit

        override fun reload() = Unit
    }

// Proofs

internal val noProofActions =
    object : ProofActions {
        override fun check() = Unit

        override fun show() = Unit

        override fun remove() = Unit

        override fun reload() = Unit
    }

internal val noShowActions =
    object : ShowActions {
        override fun to(party: String?) = Unit

        override fun choose(
            claim: Claim,
            along: Boolean,
        ) = Unit

        override fun audience(text: String) = Unit

        override fun nonce(text: String) = Unit

        override fun answer() = Unit

        override fun reload() = Unit
    }

internal val noReceiveActions =
    object : ReceiveActions {
        override fun edit(content: String) = Unit

        override fun receive() = Unit

        override fun scan() = Unit

        override fun file() = Unit

        override fun keyFor(issuer: String) = Unit
    }

internal val showing =
    ShowState(
        Phase.Ready,
        licence,
        relations,
        "did:key:cinema",
        licence.claims.take(2),
        "https://cinema.example",
        "n-0S6_WzA2Mj",
    )

private val relations: List<Relation>
    get() = listOf(relation("did:key:cinema", "Cinema on the square"), relation("did:key:library", "Library"))

private fun relation(
    party: String,
    name: String,
) = Relation(party, name, null, RelationState.IN_RELATION, RelationState.IN_RELATION, 1u, SOME_DAY, emptyList())

// Purchases

private fun euro(minor: Long) = Money(minor, "EUR")

internal val bread =
    Purchase(
        11,
        "Bakery Stein",
        "",
        "",
        SOME_DAY + 12 * DAY,
        euro(780),
        listOf(PurchaseItem("Sourdough loaf", 1u, euro(480), ""), PurchaseItem("Roll", 3u, euro(100), "")),
        "",
        null,
    )
private val kettle =
    Purchase(
        12,
        "Kettle & Co",
        "did:key:kettle",
        "K-2026-114",
        SOME_DAY - 10 * DAY,
        euro(4_990),
        listOf(PurchaseItem("Kettle 1.7 l", 1u, euro(4_990), "4006381333931")),
        "5f1c0e",
        "f1",
    )

internal val somePurchases = PurchasesState(Phase.Ready, "", listOf(bread, kettle))

internal val noPurchasesActions =
    object : PurchasesActions {
        override fun search(text: String) = Unit

        override fun open(purchase: Purchase) = Unit

        override fun add() = Unit

        override fun import() = Unit

        override fun reload() = Unit
    }

internal val noPurchaseActions =
    object : PurchaseActions {
        override fun attach() = Unit

        override fun detach() = Unit

        override fun save() = Unit

        override fun remove() = Unit

        override fun reload() = Unit
    }

internal val noImportActions =
    object : PurchaseImportActions {
        override fun table() = Unit

        override fun choose(change: (CsvChoices) -> CsvChoices) = Unit

        override fun readTable() = Unit

        override fun orders() = Unit

        override fun look(batch: Long) = Unit
    }

internal val aTable =
    PurchaseImportState(
        CsvLook(
            ";",
            listOf("Datum", "Empfänger", "Zweck", "Betrag"),
            listOf(listOf("02.11.2026", "Bakery Stein", "Card 4711", "-7,80"), listOf("05.11.2026", "Kettle & Co", "K-2026-114", "-49,90")),
        ),
        CsvChoices(
            mapOf(CsvMeaning.Seller to "Empfänger", CsvMeaning.Date to "Datum"),
            mapOf(CsvMeaning.Currency to "EUR"),
            decimal = ",",
            paidIsNegative = true,
        ),
    )

// Memberships and preferences

private val card =
    NewMembership("City library", "Reader’s card", "0042 1177", "Adults", "CODE_128", "00421177", "2026-01-01", "2026-12-31", null)
private val club = NewMembership("Climbing hall", "", "C-77", "", "", "", null, null, null)

/** A device that draws one code, as a phone does. */
private object DrawingDevice : PlainDevice() {
    override fun bars(
        kind: String,
        text: String,
    ) = Bars(57, 1, ByteArray(57) { if (it in 8..48 && (it % 3 == 0 || it % 7 == 1)) 1 else 0 })
}

@Composable
private fun WithBars(content: @Composable () -> Unit) = CompositionLocalProvider(LocalDevice provides DrawingDevice, content = content)

internal val noMembershipActions =
    object : MembershipFormActions {
        override fun edit(change: (MembershipFields) -> MembershipFields) = Unit

        override fun scan() = Unit

        override fun photo() = Unit

        override fun save() = Unit
    }

internal val somePreferences =
    listOf(
        Preference(1, "Food", "Gluten", Stance.AVOIDS),
        Preference(2, "Food", "Dark chocolate", Stance.LIKES),
        Preference(3, "Clothes", "Shoes in 39", Stance.NEEDS),
    )

internal val noPreferencesActions =
    object : PreferencesActions {
        override fun set(
            topic: String,
            value: String,
            stance: Stance,
        ) = Unit

        override fun remove(preference: Preference) = Unit

        override fun seen() = Unit

        override fun reload() = Unit
    }

// The holding pen

internal val bank = PenBatch(4, "november.csv", "", SOME_DAY + 20 * DAY, 2u, 1u, 0u)
private val card4 = PenBatch(3, "https://university.example/credentials/student_card", "https://university.example", SOME_DAY, 0u, 2u, 0u)

internal val held =
    listOf(
        item(1, PenKind.PURCHASE, "Bakery Stein", "Sourdough loaf, Roll").copy(total = euro(780), orderedMs = SOME_DAY + 12 * DAY, alike = true),
        item(2, PenKind.PURCHASE, "Kettle & Co", "Kettle 1.7 l").copy(total = euro(4_990), orderedMs = SOME_DAY),
        item(3, PenKind.PURCHASE, "Book shop", "Atlas").copy(total = euro(2_400), orderedMs = SOME_DAY, state = PenState.ACCEPTED),
    )

private val heldOfEachKind =
    listOf(
        item(1, PenKind.CREDENTIAL, "https://university.example/credentials/student_card", "https://university.example"),
        item(2, PenKind.ATTRIBUTE, "name", "Ada Lovelace").copy(verified = true),
        item(3, PenKind.ATTRIBUTE, "additionalProperty:shoe size", "39"),
        item(4, PenKind.MEMBERSHIP, "City library", "Reader’s card 0042 1177"),
        item(5, PenKind.PREFERENCE, "Gluten", "Food").copy(stance = Stance.AVOIDS),
    )

private fun item(
    number: Int,
    kind: PenKind,
    title: String,
    detail: String,
) = PenItem(number.toUInt(), PenState.HELD, kind, title, detail, null, null, null, verified = false, alike = false)

internal fun itemRows(items: List<PenItem>): Rows<PenItem> = Rows(Phase.Ready, items.size, ended = true, pageSize = items.size, pages = mapOf(0 to items))

internal val noBatchActions =
    object : BatchActions {
        override fun choose(
            item: UInt,
            along: Boolean,
        ) = Unit

        override fun accept() = Unit

        override fun reject() = Unit

        override fun undo() = Unit

        override fun discard() = Unit

        override fun reload() = Unit
    }

@Composable
private fun Pen(
    state: BatchState,
    items: List<PenItem>,
) = BatchScreen(state, itemRows(items), {}, noBatchActions) {}

@Composable
private fun AboutYou(state: Kept<Attributes>) = AboutYouScreen(state, {}, {}, {}, {})

@Composable
private fun Form(state: AttributeFormState) = AttributeFormScreen(state, {}, {}, {})

val keepSamples: List<Sample> =
    listOf(
        sample("keep_home", tab = Tab.Me, wide = true) { KeepScreen(read(KeepCounts(6, 2, 41, 3, 5, 3)), {}, {}, {}) },
        sample("keep_home", "nothing_waits", Tab.Me) { KeepScreen(read(KeepCounts(0, 0, 1, 0, 0, 0)), {}, {}, {}) },
        sample("keep_home", "loading", Tab.Me) { KeepScreen(Kept(), {}, {}, {}) },
        sample("keep_home", "locked", Tab.Me) { KeepScreen(Kept(Phase.Locked), {}, {}, {}) },
        sample("keep_about", tab = Tab.Me) { AboutYou(read(someAttributes)) },
        sample("keep_about", "empty", Tab.Me) { AboutYou(Kept(Phase.Empty)) },
        sample("keep_attribute", tab = Tab.Me) { AttributeScreen(read(mailBefore), noAttributeActions) {} },
        sample("keep_attribute", "confirmed", Tab.Me) { AttributeScreen(read(Attributes(listOf(name), mapOf("c1" to licence))), noAttributeActions) {} },
        sample("keep_attribute_new", tab = Tab.Me) { Form(AttributeFormState()) },
        sample("keep_attribute_new", "address", Tab.Me) { Form(AttributeFormState(AttributeFields.of(address.value, "home"), changes = true)) },
        sample("keep_attribute_new", "wrong", Tab.Me) {
            Form(AttributeFormState(AttributeFields(AttributeKind.Email, text = "ada at example"), changes = true, failure = refused))
        },
        sample("keep_proofs", tab = Tab.Me) {
            ProofsScreen(read(listOf(licence, gym, licence.copy(id = "c3", state = CredentialState.REVOKED))), {}, {}, {}, {})
        },
        sample("keep_proofs", "empty", Tab.Me) { ProofsScreen(Kept(Phase.Empty), {}, {}, {}, {}) },
        sample("keep_proof", tab = Tab.Me, wide = true) { ProofScreen(read(licence), noProofActions) {} },
        sample("keep_proof", "expired", Tab.Me) { ProofScreen(read(gym.copy(state = CredentialState.EXPIRED, expiresMs = SOME_DAY)), noProofActions) {} },
        sample("keep_show", tab = Tab.Me) { ShowScreen(showing, ::drawn, noShowActions) {} },
        sample("keep_show", "whole", Tab.Me) {
            ShowScreen(showing.copy(proof = gym, leaves = gym.claims, relations = emptyList(), party = null), ::drawn, noShowActions) {}
        },
        sample("keep_receive", tab = Tab.Me) { ReceiveScreen(ReceiveState(), noReceiveActions) {} },
        sample("keep_receive", "false", Tab.Me) {
            ReceiveScreen(ReceiveState("eyJhbGciOiJFZERTQSJ9…", failure = Shown(1049, "bad_credential_signature", "device")), noReceiveActions) {}
        },
        sample("keep_purchases", tab = Tab.Me) { PurchasesScreen(somePurchases, noPurchasesActions) {} },
        sample("keep_purchases", "none", Tab.Me) { PurchasesScreen(PurchasesState(Phase.Ready, "teapot"), noPurchasesActions) {} },
        sample("keep_purchases", "empty", Tab.Me) { PurchasesScreen(PurchasesState(Phase.Empty), noPurchasesActions) {} },
        sample("keep_purchase", tab = Tab.Me) { PurchaseScreen(read(PurchaseWithReceipt(bread, null)), noPurchaseActions) {} },
        sample("keep_purchase", "receipt", Tab.Me) {
            val receipt = KeptFile(VaultFile("f1", "kettle.pdf", "application/pdf", 184_000u, SOME_DAY), null)
            PurchaseScreen(read(PurchaseWithReceipt(kettle, receipt)), noPurchaseActions) {}
        },
        sample("keep_purchase_new", tab = Tab.Me) {
            val fields = PurchaseFields("Bakery Stein", "2026-11-14", "7.80", "EUR", "", listOf(ItemFields("Sourdough loaf", "1", "4.80"), ItemFields()))
            PurchaseFormScreen(PurchaseFormState(fields), {}, {}, {})
        },
        sample("keep_purchase_new", "wrong", Tab.Me) {
            PurchaseFormScreen(PurchaseFormState(PurchaseFields("Bakery Stein", "14 November", "seven", "EUR"), unreadable = true), {}, {}, {})
        },
        sample("keep_import", tab = Tab.Me) { PurchaseImportScreen(PurchaseImportState(), noImportActions) {} },
        sample("keep_import", "columns", Tab.Me) { PurchaseImportScreen(aTable, noImportActions) {} },
        sample("keep_import", "arrived", Tab.Me) {
            val faults = listOf(CsvFault(4u, "date"), CsvFault(9u, "total"))
            PurchaseImportScreen(PurchaseImportState(arrived = PenArrived(4, 12u, faults)), noImportActions) {}
        },
        sample("keep_memberships", tab = Tab.Me) { MembershipsScreen(read(listOf(Membership(1, card), Membership(2, club))), {}, {}, {}, {}) },
        sample("keep_memberships", "empty", Tab.Me) { MembershipsScreen(Kept(Phase.Empty), {}, {}, {}, {}) },
        sample("keep_membership", tab = Tab.Me) { WithBars { MembershipScreen(read(listOf(MembershipCard(card, null))), {}, {}, {}) } },
        sample("keep_membership", "not_drawn", Tab.Me) { MembershipScreen(read(listOf(MembershipCard(card, null))), {}, {}, {}) },
        sample("keep_membership_new", tab = Tab.Me) {
            MembershipFormScreen(
                MembershipFormState(MembershipFields("City library", number = "0042 1177", codeKind = "CODE_128", codeText = "00421177")),
                noMembershipActions,
            ) {
            }
        },
        sample("keep_preferences", tab = Tab.Me) { PreferencesScreen(read(somePreferences), noPreferencesActions) {} },
        sample("keep_preferences", "add", Tab.Me) {
            PreferencesScreen(read(somePreferences), noPreferencesActions) {}
            AddPreference(busy = false, null, {}) { _, _, _ -> }
        },
        sample("keep_preferences", "empty", Tab.Me) { PreferencesScreen(Kept(Phase.Empty), noPreferencesActions) {} },
        sample("keep_pen", tab = Tab.Me) { PenScreen(read(listOf(bank, card4)), {}, {}, {}) },
        sample("keep_pen", "empty", Tab.Me) { PenScreen(Kept(Phase.Empty), {}, {}, {}) },
        sample("keep_batch", tab = Tab.Me) { Pen(BatchState(Phase.Ready, bank), held) },
        sample("keep_batch", "chosen", Tab.Me) { Pen(BatchState(Phase.Ready, bank, setOf(1u)), held) },
        sample("keep_batch", "kinds", Tab.Me) { Pen(BatchState(Phase.Ready, card4.copy(held = 5u, accepted = 0u)), heldOfEachKind) },
        sample("keep_batch", "added", Tab.Me) {
            Pen(BatchState(Phase.Ready, bank.copy(held = 1u, accepted = 2u), done = BatchDone.Added(1, 1)), held)
        },
    )
