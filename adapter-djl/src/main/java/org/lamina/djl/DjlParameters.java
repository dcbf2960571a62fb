package org.lamina.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Parameter;
import ai.djl.nn.ParameterList;
import ai.djl.training.initializer.Initializer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.lamina.layer.Declaration;
import org.lamina.layer.Role;

/**
 * The parameters of a block, which are known once its input is. Until then one stands in for those of each type, so that what
 * DJL's users set before, initializers and freezing, is kept for those that come.
 */
final class DjlParameters {
    private static final Initializer OWN = (manager, shape, dataType) -> {
        throw new IllegalStateException("the block is not initialised");
    };

    private record Wish(Initializer initializer, Predicate<Parameter> predicate) {}

    private final Map<Parameter.Type, Parameter> standIns = new LinkedHashMap<>();
    private final Map<String, Parameter> declared = new LinkedHashMap<>();
    private final List<Wish> wishes = new ArrayList<>();
    private boolean isDeclared;

    DjlParameters() {
        for (Parameter.Type type : Parameter.Type.values()) {
            standIns.put(
                    type,
                    Parameter.builder()
                            .setName(type.name().toLowerCase(Locale.ROOT))
                            .setType(type)
                            .optInitializer(OWN)
                            .build());
        }
    }

    ParameterList list() {
        if (isDeclared) {
            return new ParameterList(declared);
        }
        ParameterList list = new ParameterList();
        standIns.values().forEach(standIn -> list.add(standIn.getName(), standIn));
        return list;
    }

    /** Whether a value was declared, and of which type. */
    boolean holds(Declaration declaration) {
        Parameter parameter = declared.get(declaration.path());
        return parameter != null
                && parameter.getShape().equals(DjlArray.shape(declaration.type().shape()));
    }

    Parameter get(String path) {
        return Objects.requireNonNull(declared.get(path), path);
    }

    Map<String, Parameter> byPath() {
        return declared;
    }

    void wish(Initializer initializer, Predicate<Parameter> predicate) {
        wishes.add(new Wish(initializer, predicate));
        list().values().stream().filter(predicate).forEach(parameter -> parameter.setInitializer(initializer));
    }

    /** Makes the parameters. Those that were declared before keep their identity and what was set for them. */
    void declare(Iterable<Declaration> declarations, long seed) {
        Map<String, Parameter> before = new LinkedHashMap<>(declared);
        declared.clear();
        for (Declaration declaration : declarations) {
            Parameter known = before.get(declaration.path());
            Parameter parameter = known != null ? known : parameter(declaration);
            if (parameter.getInitializer() == OWN) {
                parameter.setInitializer(own(declaration, seed));
            }
            parameter.setShape(DjlArray.shape(declaration.type().shape()));
            declared.put(declaration.path(), parameter);
        }
        isDeclared = true;
    }

    private Parameter parameter(Declaration declaration) {
        boolean isTrained = declaration.role() == Role.TRAINED;
        Parameter standIn = Objects.requireNonNull(standIns.get(type(declaration)));
        Parameter parameter = Parameter.builder()
                .setName(declaration.path())
                .setType(standIn.getType())
                .optInitializer(isTrained ? standIn.getInitializer() : OWN)
                .optRequiresGrad(isTrained && standIn.requiresGradient())
                .build();
        wishes.stream()
                .filter(wish -> isTrained && wish.predicate.test(parameter))
                .forEach(wish -> parameter.setInitializer(wish.initializer));
        return parameter;
    }

    private static Initializer own(Declaration declaration, long seed) {
        return (manager, shape, dataType) -> {
            NDArray value = DjlArray.upload(manager, declaration.draw(seed));
            value.attach(manager);
            return value;
        };
    }

    /** A model that was loaded and is trained on thaws all but the running ones, so those are what is not trained. */
    private static Parameter.Type type(Declaration declaration) {
        String path = declaration.path();
        String name = path.substring(path.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        if (declaration.role() != Role.TRAINED) {
            return name.contains("variance") ? Parameter.Type.RUNNING_VAR : Parameter.Type.RUNNING_MEAN;
        }
        return switch (name) {
            case "weight" -> Parameter.Type.WEIGHT;
            case "bias" -> Parameter.Type.BIAS;
            case "gamma", "scale" -> Parameter.Type.GAMMA;
            case "beta", "offset" -> Parameter.Type.BETA;
            default -> Parameter.Type.OTHER;
        };
    }
}
