package org.lamina.layer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.lamina.Shape;
import org.lamina.layers.CenteredLayer;
import org.lamina.layers.Dense;
import org.lamina.layers.MyLinear;
import org.lamina.layers.Relu;
import org.lamina.layers.Sequential;

/** Declaring, naming and sharing. */
class ScopeTest {
    @Test
    void namesParametersByPathInOrder() {
        Layer nested = Sequential.of(Sequential.of(new MyLinear(5, 4), new Relu()), new Dense(3));
        assertThat(Tracing.trace(nested, Shape.of(2, 5)).declarations().keySet())
                .containsExactly("0.0.weight", "0.0.bias", "1.weight", "1.bias");
    }

    @Test
    void sharesTheParametersOfOneObjectButNotOfEqualOnes() {
        Dense shared = new Dense(5);
        TracedLayer tied = Tracing.trace(Sequential.of(shared, new Relu(), shared), Shape.of(2, 5));
        assertThat(tied.declarations().keySet()).containsExactly("0.weight", "0.bias");
        assertThat(tied.aliases())
                .containsEntry("2.weight", "0.weight")
                .containsEntry("2.bias", "0.bias")
                .hasSize(2);
        TracedLayer untied = Tracing.trace(Sequential.of(new Dense(5), new Relu(), new Dense(5)), Shape.of(2, 5));
        assertThat(untied.declarations().keySet()).containsExactly("0.weight", "0.bias", "2.weight", "2.bias");
        assertThat(untied.aliases()).isEmpty();
    }

    @Test
    void sharesWholeBlocks() {
        Layer block = Sequential.of(new Dense(5), new Relu());
        TracedLayer tied = Tracing.trace(Sequential.of(block, block), Shape.of(2, 5));
        assertThat(tied.declarations().keySet()).containsExactly("0.0.weight", "0.0.bias");
        assertThat(tied.aliases()).containsEntry("1.0.weight", "0.0.weight");
    }

    @Test
    void letsASharedBlockMakeItsChildrenAnewEachTime() {
        Layer block = (scope, x) -> scope.call("dense", new Dense(5), x);
        assertThat(Tracing.trace(Sequential.of(block, block), Shape.of(2, 5)).declarations())
                .hasSize(2);
    }

    @Test
    void takesTheInputSizeWhereAParameterIsDeclared() {
        TracedLayer lazy = Tracing.trace(Sequential.of(new Dense(128), new CenteredLayer()), Shape.of(4, 8));
        assertThat(lazy.declarations().values().iterator().next().type().shape())
                .isEqualTo(Shape.of(8, 128));
        assertThat(lazy.outputs().get(0).type().shape()).isEqualTo(Shape.of(4, 128));
    }

    @Test
    void knowsRolesAndStates() {
        Layer counter = (scope, x) -> {
            State count = scope.state("count", Shape.scalar(), Initializer.zeros());
            count.replace(count.value().add(1));
            Tensor fixed = scope.constant("fixed", Shape.of(3), Initializer.uniform(0, 1));
            return x.mul(fixed).add(count.value());
        };
        TracedLayer traced = Tracing.trace(counter, Shape.of(2, 3));
        assertThat(traced.declarations().values().stream().map(Declaration::role))
                .containsExactly(Role.STATE, Role.CONSTANT);
        assertThat(traced.states()).containsOnlyKeys("count");
    }

    @Test
    void takesSeveralInputsAndGivesSeveralOutputs() {
        MultiLayer sumAndProduct = (scope, inputs) ->
                List.of(inputs.get(0).add(inputs.get(1)), inputs.get(0).mul(inputs.get(1)));
        TracedLayer traced = Tracing.trace(sumAndProduct, Shape.of(2, 1), Shape.of(3));
        assertThat(traced.outputs())
                .extracting(node -> node.type().shape())
                .containsExactly(Shape.of(2, 3), Shape.of(2, 3));
    }
}
