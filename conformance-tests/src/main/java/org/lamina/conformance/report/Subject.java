package org.lamina.conformance.report;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.lamina.DType;
import org.lamina.conformance.LayerConformance;
import org.lamina.conformance.PrimitiveCase;
import org.lamina.conformance.Specification;
import org.lamina.conformance.cases.CompositeFunctions;
import org.lamina.conformance.cases.DerivativeCase;
import org.lamina.conformance.cases.DerivativeCases;
import org.lamina.conformance.cases.PrimitiveCases;

/**
 * What a report has a cell for on every backend, whether it ran or not.
 *
 * @param section its table
 * @param name the layer, function or op
 * @param rule the rule of SPEC.md that defines it, or nothing
 * @param dtypes the rows it has
 * @param underived for each dtype without a derivative to check, why there is none
 */
public record Subject(Section section, String name, String rule, List<DType> dtypes, Map<DType, String> underived) {
    private static final List<DType> WIDTHS = List.of(DType.FLOAT32, DType.FLOAT64);
    /** They make values of nothing. */
    private static final Set<String> SOURCES = Set.of("input", "constant");

    /** Copies; reasons are in the order of dtypes, as Map.copyOf has another in each JVM. */
    public Subject {
        dtypes = List.copyOf(dtypes);
        underived = Collections.unmodifiableMap(new TreeMap<>(underived));
    }

    /** A layer, in both float widths. */
    public static Subject layer(String name) {
        return new Subject(Section.LAYERS, name, "", WIDTHS, Map.of());
    }

    /** Layers, in both float widths. */
    public static List<Subject> layers(List<LayerConformance> layers) {
        return layers.stream().map(layer -> layer(layer.name())).toList();
    }

    /** What is made of primitives, in both float widths. */
    public static List<Subject> composites() {
        Map<String, String> rules = new LinkedHashMap<>();
        for (PrimitiveCase composite : CompositeFunctions.all()) {
            rules.putIfAbsent(composite.op(), composite.rule());
        }
        return rules.entrySet().stream()
                .map(rule -> new Subject(Section.COMPOSITES, rule.getKey(), rule.getValue(), WIDTHS, Map.of()))
                .toList();
    }

    /** Every primitive, in the dtypes that it takes. */
    public static List<Subject> primitives() {
        Specification specification = Specification.load();
        Set<String> smooth =
                DerivativeCases.all().stream().map(DerivativeCase::op).collect(Collectors.toSet());
        Map<String, Set<DType>> dtypes = new LinkedHashMap<>();
        for (PrimitiveCase primitive : PrimitiveCases.all()) {
            dtypes.computeIfAbsent(primitive.op(), op -> new LinkedHashSet<>()).add(primitive.dtype());
        }
        return dtypes.entrySet().stream()
                .map(op -> new Subject(
                        Section.PRIMITIVES,
                        op.getKey(),
                        specification
                                .ofOp(op.getKey())
                                .map(Specification.Rule::number)
                                .orElse(""),
                        op.getValue().stream().sorted().toList(),
                        underived(op.getKey(), op.getValue(), smooth)))
                .toList();
    }

    private static Map<DType, String> underived(String op, Set<DType> dtypes, Set<String> smooth) {
        Map<DType, String> reasons = new LinkedHashMap<>();
        for (DType dtype : dtypes) {
            if (SOURCES.contains(op)) {
                reasons.put(dtype, "it has no operand to differentiate by");
            } else if (!dtype.isFloating()) {
                reasons.put(dtype, "integers and bools have no derivative (rule 5.10)");
            } else if (!smooth.contains(op)) {
                reasons.put(dtype, "it passes no derivative, or all of it; rule 5.3 has the values");
            }
        }
        return reasons;
    }

    /** Why there is nothing to check in a column, if that is known beforehand. */
    Optional<String> skipped(Column column, DType dtype) {
        return column == Column.DERIVATIVE ? Optional.ofNullable(underived.get(dtype)) : Optional.empty();
    }
}
