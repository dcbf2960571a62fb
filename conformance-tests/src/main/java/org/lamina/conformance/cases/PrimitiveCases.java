package org.lamina.conformance.cases;

import java.util.List;
import org.lamina.conformance.PrimitiveCase;

/** Every case of every primitive. */
public final class PrimitiveCases {
    private PrimitiveCases() {}

    /** All cases, those of one primitive and dtype not always beside each other. */
    public static List<PrimitiveCase> all() {
        CaseList list = new CaseList();
        new GraphCases(list).add();
        new UnaryCases(list).add();
        new BinaryCases(list).add();
        new ReductionCases(list).add();
        new MatMulCases(list).add();
        new StructureCases(list).add();
        new IndexingCases(list).add();
        new ConversionCases(list).add();
        new OpenBatchCases(list).add();
        addDerivatives(list);
        return list.cases();
    }

    private static void addDerivatives(CaseList list) {
        for (DerivativeCase derivative : DerivativeCases.all()) {
            Values.FLOATING.forEach(dtype -> list.derivatives(derivative, dtype));
        }
    }
}
