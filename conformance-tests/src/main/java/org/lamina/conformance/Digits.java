package org.lamina.conformance;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.lamina.HostArray;
import org.lamina.Shape;

/** The UCI handwritten digits that come with the kit: 1797 images of 8 by 8 pixels; {@code digits.md} has their provenance. */
public final class Digits {
    private static final int PIXELS = 64;
    private static final double INK = 16;

    private final List<int[]> lines;

    private Digits(List<int[]> lines) {
        this.lines = lines;
    }

    /** All images. */
    public static Digits load() {
        InputStream stream = Objects.requireNonNull(Digits.class.getResourceAsStream("digits.csv.gz"), "digits.csv.gz");
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(new GZIPInputStream(stream), StandardCharsets.US_ASCII))) {
            return new Digits(reader.lines().map(Digits::numbers).toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int[] numbers(String line) {
        return Arrays.stream(line.split(",")).mapToInt(Integer::parseInt).toArray();
    }

    /** The first images. */
    public Digits first(int count) {
        return new Digits(lines.subList(0, count));
    }

    /** The number of images. */
    public int size() {
        return lines.size();
    }

    /** The pixels as float64 (images, 64), row by row, from 0 for paper to 1 for ink; exact in float32 too. */
    public HostArray pixels() {
        double[] values = new double[size() * PIXELS];
        Arrays.setAll(values, i -> lines.get(i / PIXELS)[i % PIXELS] / INK);
        return HostArray.of(Shape.of(size(), PIXELS), values);
    }

    /** The digits shown, as int64 (images). */
    public HostArray labels() {
        return HostArray.of(
                Shape.of(size()), lines.stream().mapToLong(line -> line[PIXELS]).toArray());
    }
}
