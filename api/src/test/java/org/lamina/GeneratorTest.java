package org.lamina;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The generator's bits, and that what is made of them has the distributions it should. */
class GeneratorTest {
    /** The first index at which the generator of seed 0 is within 2^-25 of one. */
    private static final long CLOSE_TO_ONE = 80_860_892;

    private static int[] words(long... words) {
        return LongStream.of(words).mapToInt(word -> (int) word).toArray();
    }

    /** The known answers for philox4x32-10 of the authors' library Random123, file kat_vectors. */
    @Test
    void givesTheKnownAnswersOfPhilox() {
        assertThat(Generator.of(0).block(0, 0)).isEqualTo(words(0x6627e8d5L, 0xe169c58dL, 0xbc57ac4cL, 0x9b00dbd8L));
        assertThat(Generator.of(-1).block(-1, -1)).isEqualTo(words(0x408f276dL, 0x41c83b0eL, 0xa20bc7c6L, 0x6d5451fdL));
        assertThat(Generator.of(0x299f31d0_a4093822L).block(0x85a308d3_243f6a88L, 0x03707344_13198a2eL))
                .isEqualTo(words(0xd16cfe09L, 0x94fdccebL, 0x5001e420L, 0x24126ea1L));
    }

    @Test
    void takesBitsAndUniformFromTheFirstTwoWords() {
        assertThat(Generator.of(0).bits(0)).isEqualTo(0xe169c58d_6627e8d5L);
        assertThat(Generator.of(0).uniform(0)).isEqualTo((0xe169c58d_6627e8d5L >>> 11) * 0x1p-53);
    }

    @Test
    void staysBelowOneWhenRoundedToFloat() {
        assertThat((float) Generator.of(0).uniform(CLOSE_TO_ONE)).isEqualTo(1);
        assertThat(Generator.of(0).uniformFloat(CLOSE_TO_ONE)).isEqualTo(Math.nextDown(1f));
        assertThat(Generator.of(0).uniformFloat(0))
                .isEqualTo((float) Generator.of(0).uniform(0));
    }

    @Test
    void splitsByNameAndNumberIntoIndependentStreams() {
        Generator root = Generator.of(7);
        assertThat(root.split("0.weight").bits(0))
                .isEqualTo(Generator.of(7).split("0.weight").bits(0))
                .isNotEqualTo(root.split("0.bias").bits(0))
                .isNotEqualTo(Generator.of(8).split("0.weight").bits(0))
                .isNotEqualTo(root.bits(0));
        assertThat(root.split(0).bits(0)).isNotEqualTo(root.split(1).bits(0)).isNotEqualTo(root.bits(0));
        assertThat(root.split("a").split("b").bits(0))
                .isNotEqualTo(root.split("b").split("a").bits(0));
        // The FNV-1a-64 of "a", from its authors' test vectors.
        assertThat(root.split("a").bits(3))
                .isEqualTo(root.split(0xaf63dc4c8601ec8cL).bits(3));
    }

    /** The Kolmogorov-Smirnov distance of n values is above 2 / sqrt(n) once in 1,500 times; seeds are fixed. */
    @Test
    void drawsUniformValues() {
        int n = 100_000;
        double[] values = IntStream.range(0, n)
                .mapToDouble(Generator.of(3)::uniform)
                .sorted()
                .toArray();
        assertThat(values[0]).isNotNegative();
        assertThat(values[n - 1]).isLessThan(1);
        assertThat(distance(values, x -> x)).isLessThan(2 / Math.sqrt(n));
    }

    @Test
    void drawsNormalValues() {
        int n = 100_000;
        double[] values = IntStream.range(0, n)
                .mapToDouble(Generator.of(3)::normal)
                .sorted()
                .toArray();
        assertThat(distance(values, GeneratorTest::normalDistribution)).isLessThan(2 / Math.sqrt(n));
        assertThat(Arrays.stream(values).average().orElseThrow()).isCloseTo(0, within(4 / Math.sqrt(n)));
        assertThat(Arrays.stream(values).map(x -> x * x).average().orElseThrow())
                .isCloseTo(1, within(4 * Math.sqrt(2.0 / n)));
        assertThat(values[0]).isBetween(-6.0, -3.5);
        assertThat(values[n - 1]).isBetween(3.5, 6.0);
    }

    private interface Distribution {
        double at(double x);
    }

    private static double distance(double[] sorted, Distribution distribution) {
        double worst = 0;
        for (int i = 0; i < sorted.length; i++) {
            double at = distribution.at(sorted[i]);
            worst = Math.max(worst, Math.max(at - (double) i / sorted.length, (i + 1.0) / sorted.length - at));
        }
        return worst;
    }

    /** By Taylor's series of the density, integrated; exact enough within six deviations. */
    private static double normalDistribution(double x) {
        double term = x;
        double sum = x;
        for (int k = 1; k < 200; k++) {
            term *= x * x / (2 * k + 1);
            sum += term;
        }
        return 0.5 + sum * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
    }

    @Test
    void permutes() {
        for (int count : new int[] {0, 1, 2, 10, 1000}) {
            int[] permutation = Generator.of(5).permutation(count);
            assertThat(Arrays.stream(permutation).sorted().toArray())
                    .isEqualTo(IntStream.range(0, count).toArray());
        }
        assertThat(Generator.of(5).permutation(1000))
                .isEqualTo(Generator.of(5).permutation(1000))
                .isNotEqualTo(Generator.of(6).permutation(1000));
    }

    /** Chi-squared with 23 degrees of freedom is above 58 once in 12,000 times. */
    @Test
    void givesEachPermutationAlikeOften() {
        int[] counts = new int[256];
        int draws = 24_000;
        for (int seed = 0; seed < draws; seed++) {
            int[] p = Generator.of(seed).permutation(4);
            counts[p[0] | p[1] << 2 | p[2] << 4 | p[3] << 6]++;
        }
        double expected = draws / 24.0;
        assertThat(Arrays.stream(counts).filter(count -> count > 0).count()).isEqualTo(24);
        assertThat(Arrays.stream(counts)
                        .filter(count -> count > 0)
                        .mapToDouble(count -> (count - expected) * (count - expected) / expected)
                        .sum())
                .isLessThan(58);
    }
}
