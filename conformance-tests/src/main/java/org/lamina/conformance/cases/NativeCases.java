package org.lamina.conformance.cases;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.lamina.DType;
import org.lamina.conformance.ChapterLayers;
import org.lamina.conformance.LibraryLayers;
import org.lamina.conformance.NativeCase;

/** What frameworks differentiate by their own means: every primitive, composite and layer, in both widths. */
public final class NativeCases {
    private NativeCases() {}

    /** All cases. */
    public static List<NativeCase> all() {
        List<NativeCase> cases = new ArrayList<>();
        for (DType dtype : Values.FLOATING) {
            DerivativeCases.all().forEach(derivative -> cases.add(derivative.nativeCase(dtype)));
            cases.addAll(KinkCases.all(dtype));
            cases.addAll(CompositeCases.all(dtype));
            Stream.of(ChapterLayers.onDigits(), LibraryLayers.all())
                    .flatMap(List::stream)
                    .forEach(layer -> cases.add(layer.nativeCase(dtype)));
        }
        return List.copyOf(cases);
    }
}
