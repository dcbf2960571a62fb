package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.lamina.Generator;

/** The vectors of SPEC.md, which a second implementation in Python computed; bits(0) of seed 0 is one that Random123 publishes. */
class GeneratorRulesTest {
    private final Generator generator = Generator.of(42);

    @Test
    @Rule("6.1")
    void bits() {
        assertThat(Generator.of(0).bits(0)).isEqualTo(0xe169c58d6627e8d5L);
        assertThat(Generator.of(0).bits(1)).isEqualTo(0x5cb200dbf8e4cca4L);
        assertThat(generator.bits(0)).isEqualTo(0x77f5493b9ceaf053L);
        assertThat(generator.bits(1L << 32)).isEqualTo(0x7dbf5de842e0b8b3L);
        assertThat(generator.bits(-1)).isEqualTo(0x176438358f40bd76L);
        assertThat(Generator.of(-1).bits(0)).isEqualTo(0x1547473972a47709L);
    }

    @Test
    @Rule("6.2")
    void uniform() {
        assertThat(generator.uniform(0)).isEqualTo(0x1.dfd524ee73abcp-2);
        assertThat(generator.uniform(1)).isEqualTo(0x1.4ee9b3f7f36c8p-2);
        assertThat(generator.uniform(2)).isEqualTo(0x1.510ebb97a6d80p-1);
    }

    @Test
    @Rule("6.3")
    void normal() {
        assertThat(generator.normal(0)).isEqualTo(-0x1.371e09f80c7dcp-1);
        assertThat(generator.normal(1)).isEqualTo(-0x1.b510d5acb221cp-1);
        assertThat(generator.normal(2)).isEqualTo(0x1.bb237dc38ea2fp-3);
    }

    @Test
    @Rule("6.4")
    void split() {
        assertThat(generator.split(7).bits(5))
                .isEqualTo(Generator.of(0x5281c34e4c78c45fL).bits(5));
        assertThat(generator.split("0.weight").bits(0)).isEqualTo(0x7514caae224697b4L);
        assertThat(generator.split("0.weight").bits(0))
                .isEqualTo(Generator.of(0x87a43160261d34faL).bits(0));
    }

    @Test
    @Rule("6.5")
    void permutation() {
        assertThat(generator.permutation(8)).containsExactly(7, 3, 6, 5, 1, 2, 4, 0);
    }
}
