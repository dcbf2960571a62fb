package org.lamina.cli;

import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.lamina.HostArray;
import org.lamina.Model;
import org.lamina.layer.Layer;

/**
 * One step of the chapter: what the book's page shows, and what is looked at.
 *
 * @param heading where it is in the book, empty to go on under the heading before
 * @param code the lines that are run
 * @param layer makes the layer
 * @param input what it is called with
 * @param shown what is printed of a model and its output
 */
record ChapterStep(
        String heading,
        String code,
        Supplier<Layer> layer,
        HostArray input,
        BiFunction<Model, HostArray, String> shown) {}
