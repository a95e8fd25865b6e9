// Relations against the real core: a new profile has none, and what is not there is said to be gone. What agreements look
// like is tried where offers are accepted.
package tekram.ui.relations

import org.junit.jupiter.api.Test
import tekram.ffi.roster
import tekram.ffi.terms
import tekram.ui.CoreTest
import tekram.ui.common.Phase
import tekram.ui.desktop.XmlWords
import java.util.Locale
import kotlin.test.assertEquals
import kotlin.test.assertIs

class RelationsModelTest : CoreTest() {
    @Test
    fun `a new profile has no relations`() =
        story {
            val session = session()
            val model = RelationsModel(session)
            model.state.until("the list") { it.phase == Phase.Empty }
            session.persona.lock()
            model.reload()
            model.state.until("the lock") { it.phase == Phase.Locked }
        }

    @Test
    fun `a party that was never met is not there`() =
        story {
            val session = session()
            val party = PartyModel(session, "did:key:nobody").state.until("the party") { it.phase is Phase.Failed }
            assertEquals("no_such_party", assertIs<Phase.Failed>(party.phase).error.name)
            AgreementModel(session, "did:key:nobody", "none").state.until("the agreement") { it.phase is Phase.Failed }
        }

    @Test
    fun `every agreement of the roster has words in both languages`() {
        for (words in listOf(XmlWords(Locale.UK), XmlWords(Locale.GERMANY))) {
            for (row in roster()) {
                val key = row.id.lowercase(Locale.ROOT).replace('-', '_')
                assertEquals(listOf(true, true), listOf("terms_${key}_title", "terms_${key}_summary").map(words::has), row.id)
                for (clause in terms(row.id).clauses) assertEquals(true, words.has("terms_clause_${clause.name.lowercase(Locale.ROOT)}"), clause.name)
            }
        }
    }
}
