// What is kept, against the real core: about the person, proofs and showing them, and the holding pen.
package tekram.ui.keep

import org.junit.jupiter.api.Test
import tekram.ffi.AttributeSource
import tekram.ffi.AttributeValue
import tekram.ffi.CredentialState
import tekram.ffi.PenKind
import tekram.ffi.PenState
import tekram.ffi.Stance
import tekram.ui.CoreTest
import tekram.ui.common.Phase
import tekram.ui.common.PlainDevice
import tekram.ui.start.Session
import java.util.Base64
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertIs
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue

class KeepModelTest : CoreTest() {
    private suspend fun <T : Any, M : KeptModel<T>> M.read(): M = apply { state.until("what is kept") { it.phase != Phase.Loading } }

    private suspend fun <T : Any> KeptModel<T>.ended() = state.until("the end of it") { !it.busy && (it.done || it.failure != null) }

    private suspend fun Session.say(
        kind: AttributeKind,
        text: String,
        label: String = "",
        id: Long? = null,
    ): AttributeFormState {
        val form = AttributeFormModel(this, id)
        form.begin()
        if (id != null) form.state.until("what stands") { it.fields.text.isNotEmpty() }
        form.edit { it.copy(kind = kind, text = text, label = label) }
        form.save()
        return form.state.until("it is kept or refused") { it.done || it.failure != null }
    }

    private suspend fun Session.receive(proof: String): Long {
        val model = ReceiveModel(this)
        model.edit(" $proof\n")
        model.receive()
        return assertNotNull(model.state.until("where it waits") { it.batch != null || it.failure != null }.batch)
    }

    private suspend fun Session.accept(batch: Long): BatchState {
        val model = BatchModel(this, batch)
        model.state.until("the batch") { it.phase == Phase.Ready }
        model.accept()
        return model.state.until("it is added") { it.done != null || it.failure != null }
    }

    @Test
    fun `a changed address moves the old one to the history, and both are forgotten together`() =
        story {
            val session = session()
            val list = AttributesModel(session)
            list.state.until("nothing") { it.phase == Phase.Empty }
            assertTrue(session.say(AttributeKind.Email, " ada.byron@example.org ", "home").done)
            val old = list.state.until("the address") { it.phase == Phase.Ready }.value!!.single()
            assertEquals("ada.byron@example.org" to AttributeSource.SelfAsserted, old.text to old.source)
            assertTrue(session.say(AttributeKind.Email, "ada@example.org", "home", old.id).done)
            val model = AttributeModel(session, old.id)
            val history = model.state.until("both") { it.value?.size == 2 }.value!!.attributes
            assertEquals(listOf("ada@example.org", "ada.byron@example.org"), history.map { it.text })
            assertEquals(listOf(true, false), history.map { it.untilMs == null })
            model.end()
            model.state.until("it stands no more") { state -> !state.busy && state.value!!.attributes.all { it.untilMs != null } }
            list.state.until("nothing stands") { it.phase == Phase.Empty }
            model.forget()
            assertTrue(model.ended().done)
            val gone = AttributeModel(session, old.id).state.until("it is gone") { it.phase != Phase.Loading }
            assertEquals("no_such_holding", assertIs<Phase.Failed>(gone.phase).error.name)
        }

    @Test
    fun `what cannot be an address is refused at its field`() =
        story {
            val session = session()
            val refused = session.say(AttributeKind.Email, "ada at example")
            assertEquals("bad_field" to "email", refused.failure?.name to refused.wrong)
            assertEquals(Phase.Empty, AttributesModel(session).read().state.value.phase)
        }

    @Test
    fun `every kind is kept as it was typed`() =
        story {
            val session = session()
            val form = AttributeFormModel(session)
            val typed =
                listOf(
                    AttributeFields(AttributeKind.Name, text = "Ada Lovelace", givenName = "Ada", familyName = "Lovelace"),
                    AttributeFields(AttributeKind.Telephone, text = "+43 1 234567"),
                    AttributeFields(AttributeKind.Address, "work", street = "Ringstraße 1", postalCode = "1010", town = "Wien", country = "at"),
                    AttributeFields(AttributeKind.BirthDate, text = "1990-12-10"),
                    AttributeFields(AttributeKind.Free, text = "39", freeName = "shoe size"),
                )
            for (fields in typed) {
                form.begin()
                form.edit { fields }
                form.save()
                assertNull(form.state.until("it is kept") { !it.busy && (it.done || it.failure != null) }.failure, fields.toString())
            }
            val kept = AttributesModel(session).read().state.value.value!!.attributes
            assertEquals(typed.map { it.kind }.toSet(), kept.map { AttributeKind.of(it.property) }.toSet())
            val address = kept.first { it.value is AttributeValue.Address }
            assertEquals(typed[2].copy(country = "AT"), AttributeFields.of(address.value, address.label))
        }

    @Test
    fun `a proof waits first, then stands with what it confirms, and ends with it`() =
        story {
            val session = session()
            val issuer = TestIssuer()
            val batch = session.receive(issuer.studentCard())
            assertEquals(1L, KeepModel(session).read().state.value.value!!.waiting.coerceAtMost(1))
            val pen = BatchModel(session, batch)
            val items = pen.items.rows.until("the things") { it.phase == Phase.Ready }
            assertEquals(PenKind.CREDENTIAL, items[0]?.kind)
            assertEquals(Phase.Empty, ProofsModel(session).read().state.value.phase)
            assertIs<BatchDone.Added>(session.accept(batch).done)
            val proof = ProofsModel(session).read().state.value.value!!.single()
            assertEquals(CredentialState.VALID to TestIssuer.TYPE, proof.state to proof.credentialType)
            val name = AttributesModel(session).read().state.value.value!!.attributes.single()
            assertEquals("Ada Lovelace" to AttributeSource.Verified(proof.id), name.text to name.source)
            val model = ProofModel(session, proof.id).read()
            model.check()
            assertNull(model.state.until("it was asked") { !it.busy }.failure, "it cannot be revoked: nobody is asked")
            model.remove()
            assertTrue(model.ended().done)
            assertEquals(Phase.Empty, AttributesModel(session).read().state.value.phase)
        }

    @Test
    fun `only what was chosen is shown, to one who asked`() =
        story {
            val session = session()
            val issuer = TestIssuer()
            val receive = ReceiveModel(session)
            receive.keyFor(" university.example ")
            val key = assertNotNull(receive.state.until("the key") { it.key != null }.key)
            session.accept(session.receive(issuer.studentCard(holder = key)))
            val proof = ProofsModel(session).read().state.value.value!!.single()
            assertEquals("university.example", proof.relation)
            val model = ShowModel(session, proof.id)
            model.begin()
            val ready = model.state.until("the proof") { it.phase == Phase.Ready }
            assertEquals(listOf("/student_number"), ready.leaves.map { it.path }, "nothing is chosen by itself")
            model.choose(ready.stays.first { it.path == "/given_name" }, along = true)
            model.answer()
            assertNull(model.state.value.answer, "nobody has asked yet")
            model.audience("https://cinema.example")
            model.nonce("n-0S6")
            assertEquals(listOf("/family_name"), model.state.until("the preview") { it.leaves.size == 2 }.stays.map { it.path })
            model.answer()
            val answer = assertNotNull(model.state.until("the answer") { it.answer != null || it.failure != null }.answer)
            assertTrue(issuer.disclosure("s1", "given_name", "Ada") in answer)
            assertTrue(issuer.disclosure("s2", "family_name", "Lovelace") !in answer)
            val binding = String(Base64.getUrlDecoder().decode(answer.substringAfterLast('~').split('.')[1]))
            assertTrue("https://cinema.example" in binding && "n-0S6" in binding, "the answer is for them alone")
            model.nonce("another")
            assertNull(model.state.value.answer, "another question needs another answer")
            model.choose(ready.stays.first(), along = true)
            model.choose(ready.stays.first(), along = false)
            model.choose(ready.stays.last(), along = true)
            val taken = model.state.until("the last choice") { ready.stays.last().path in it.leaves.map { claim -> claim.path } }
            assertFalse(taken.goes(ready.stays.first()), "what was taken back stays")
        }

    @Test
    fun `a false proof is refused and nothing waits`() =
        story {
            val session = session()
            val card = TestIssuer().studentCard()
            val (signed, rest) = card.split('.', limit = 3).let { "${it[0]}.${it[1]}" to it[2] }
            val receive = ReceiveModel(session)
            receive.edit("$signed.${rest.replaceFirstChar { if (it == 'A') 'B' else 'A' }}")
            receive.receive()
            assertEquals("bad_credential_signature", receive.state.until("a refusal") { it.failure != null }.failure?.name)
            receive.edit("not a proof")
            receive.receive()
            receive.state.until("a refusal") { it.failure != null && !it.busy }
            assertEquals(Phase.Empty, PenModel(session).read().state.value.phase)
        }

    @Test
    fun `a proof is read from a file, and one that is turned away is none`() =
        story {
            val session = session()
            val file = folder.resolve("card.txt").toFile()
            file.writeText(TestIssuer().studentCard() + "\n")
            val letGo = mutableListOf<String>()
            var picked: String? = null
            val device =
                object : PlainDevice() {
                    override suspend fun pickFile() = picked

                    override suspend fun letGo(path: String) {
                        letGo += path
                    }
                }
            val receive = ReceiveModel(session)
            receive.file(device)
            assertNull(receive.state.until("turned away") { !it.busy }.failure)
            picked = file.path
            receive.file(device)
            assertNotNull(receive.state.until("where it waits") { !it.busy }.batch)
            assertEquals(listOf(file.path), letGo)
        }

    @Test
    fun `of a batch some is added, the rest thrown away, and all of it is undone`() =
        story {
            val session = session()
            val batch = session.receive(TestIssuer().studentCard())
            val model = BatchModel(session, batch)
            model.state.until("the batch") { it.phase == Phase.Ready }
            model.choose(1u, along = true)
            model.accept()
            assertEquals(BatchDone.Added(1, 0), model.state.until("one is added") { it.done != null }.done)
            model.items.rows.until("it is marked") { it[0]?.state == PenState.ACCEPTED }
            model.reject()
            assertEquals(BatchDone.ThrownAway(1), model.state.until("the rest is thrown away") { it.done is BatchDone.ThrownAway }.done)
            model.undo()
            model.state.until("it is undone") { it.done is BatchDone.Undone }
            assertEquals(Phase.Empty, ProofsModel(session).read().state.value.phase)
            model.state.until("it waits again") { it.batch?.held == 2u }
            model.discard()
            model.state.until("it is gone") { it.discarded && it.phase == Phase.Empty }
            model.accept()
            assertEquals("no_such_pen_batch", model.state.until("a refusal") { it.failure != null }.failure?.name)
        }

    @Test
    fun `preferences are kept once for each thing and removed`() =
        story {
            val model = PreferencesModel(session())
            model.set(" Food ", "Gluten", Stance.LIKES)
            assertTrue(model.ended().done)
            model.seen()
            model.set("Food", "Gluten", Stance.AVOIDS)
            val kept = model.state.until("the other stance") { it.value?.singleOrNull()?.stance == Stance.AVOIDS && !it.busy }.value!!.single()
            assertEquals("Food" to "Gluten", kept.topic to kept.value)
            model.remove(kept)
            model.state.until("nothing") { it.phase == Phase.Empty }
        }

    @Test
    fun `what is kept is not there while the profile is locked`() =
        story {
            val session = session()
            val model = KeepModel(session).read()
            assertEquals(KeepCounts(0, 0, 0, 0, 0, 0), model.state.value.value)
            session.persona.lock()
            model.reload()
            model.state.until("the lock") { it.phase == Phase.Locked }
        }
}
