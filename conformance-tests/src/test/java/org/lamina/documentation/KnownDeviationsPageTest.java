package org.lamina.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.lamina.conformance.KnownDeviations;

/** docs/known-deviations.md ends with the tables of the list that the tests hold the frameworks to. */
class KnownDeviationsPageTest {
    @Test
    void saysWhatTheListSays() {
        assertThat(Document.read("docs/known-deviations.md").text())
                .endsWith(KnownDeviations.load().markdown());
    }
}
