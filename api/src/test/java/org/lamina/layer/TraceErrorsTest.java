package org.lamina.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.layers.CenteredLayer;
import org.lamina.layers.Dense;
import org.lamina.layers.HalfFourier;
import org.lamina.layers.LayerNorm;
import org.lamina.layers.MyLinear;
import org.lamina.layers.Relu;
import org.lamina.layers.Sequential;

/** Every mistake is found while tracing, before any backend sees it, and its message says where. */
class TraceErrorsTest {
    @Test
    void namesTheLayerTheOperandsAndWhatMustBeEqual() {
        Layer net = Sequential.of(new Relu(), new MyLinear(4, 3));
        assertThatThrownBy(() -> Tracing.trace(net, Shape.of(2, 5)))
                .isInstanceOf(LaminaException.class)
                .hasMessage("matmul: x is (2, 5) and weight is (4, 3); 5 and 4 must be equal."
                        + " In layer 1 (MyLinear) of Sequential.");
    }

    @Test
    void namesNestedLayersByPath() {
        Layer inner = Sequential.of(new Relu(), new MyLinear(4, 3));
        Layer block = (scope, x) -> scope.call("encoder", inner, x);
        assertThatThrownBy(() -> Tracing.trace(block, Shape.of(2, 5)))
                .hasMessageEndingWith("In layer encoder.1 (MyLinear) of lambda.");
    }

    record Mistake(String name, ErrorCode code, String part, Layer layer, Shape shape) {}

    private static Mistake mistake(String name, ErrorCode code, String part, Layer layer) {
        return new Mistake(name, code, part, layer, Shape.of(2, 3));
    }

    @TestFactory
    Stream<DynamicTest> mistakes() {
        HostArray three = HostArray.of(Shape.of(3), 1f, 2f, 3f);
        HostArray ints = HostArray.of(Shape.of(3), 1, 2, 3);
        return List.of(
                        mistake(
                                "broadcast",
                                ErrorCode.SHAPE,
                                "3 and 4 must be equal",
                                (s, x) -> x.add(x.wrap(
                                        x.graph().broadcast(x.graph().scalar(1, DType.FLOAT32), Shape.of(2, 4))))),
                        mistake(
                                "mixed dtypes",
                                ErrorCode.DTYPE,
                                "nothing is promoted",
                                (s, x) -> x.add(s.constant(ints))),
                        mistake("exp of integers", ErrorCode.DTYPE, "takes float32 or float64", (s, x) -> s.constant(
                                        ints)
                                .exp()),
                        mistake(
                                "empty, and beyond an int",
                                ErrorCode.SHAPE,
                                "other sizes multiply to more than 2^31 - 1",
                                (s, x) -> x.slice(0, 0, 0).reshape(0, 1L << 40, 1L << 40)),
                        mistake("not of floats", ErrorCode.DTYPE, "takes bool", (s, x) -> x.not()),
                        mistake("select on floats", ErrorCode.DTYPE, "takes bool", (s, x) -> x.select(x, x)),
                        mistake("half an integer", ErrorCode.DTYPE, "is no int32", (s, x) -> s.constant(ints)
                                .add(0.5)),
                        mistake("no such axis", ErrorCode.AXIS, "axis 2 does not exist", (s, x) -> x.sum(2)),
                        mistake("negative axis", ErrorCode.AXIS, "from -2 to 1", (s, x) -> x.sum(-3)),
                        mistake("axis twice", ErrorCode.AXIS, "name an axis twice", (s, x) -> x.sum(1, -1)),
                        mistake("reshape", ErrorCode.SHAPE, "6 elements", (s, x) -> x.reshape(4, 2)),
                        mistake(
                                "two open sizes",
                                ErrorCode.SHAPE,
                                "more than one size open",
                                (s, x) -> x.reshape(-1, -1)),
                        mistake("indivisible", ErrorCode.SHAPE, "does not divide", (s, x) -> x.reshape(4, -1)),
                        mistake("transpose", ErrorCode.AXIS, "each of its 2 axes once", (s, x) -> x.transpose(0, 0)),
                        mistake("broadcastTo", ErrorCode.SHAPE, "3 and 4", (s, x) -> x.broadcastTo(Shape.of(2, 4))),
                        mistake(
                                "shrinking broadcast",
                                ErrorCode.SHAPE,
                                "not to that shape",
                                (s, x) -> x.broadcastTo(Shape.of(3))),
                        mistake(
                                "concat",
                                ErrorCode.SHAPE,
                                "all axes but axis 0",
                                (s, x) -> Tensor.concat(0, x, x.transpose())),
                        mistake("split", ErrorCode.SHAPE, "add up to 4", (s, x) -> x.split(1, 2, 2)
                                .get(0)),
                        mistake("step 0", ErrorCode.RANGE, "step is 0", (s, x) -> x.slice(1, 0, 2, 0)),
                        mistake("get", ErrorCode.RANGE, "from -3 to 2", (s, x) -> x.get(1, 3)),
                        mistake("squeeze", ErrorCode.SHAPE, "not of size 1", (s, x) -> x.squeeze(0)),
                        mistake("expandDims", ErrorCode.AXIS, "no place 3", (s, x) -> x.expandDims(3)),
                        mistake("gather by floats", ErrorCode.DTYPE, "int32 or int64", (s, x) -> x.gather(0, x)),
                        mistake("oneHot of floats", ErrorCode.DTYPE, "Use cast", (s, x) -> x.oneHot(3, DType.FLOAT32)),
                        mistake("negative pad", ErrorCode.RANGE, "would cut", (s, x) -> x.pad(0, -1, 0, 0)),
                        mistake(
                                "pad beyond a long",
                                ErrorCode.SHAPE,
                                "axis 0 has more than 2^63 - 1",
                                (s, x) -> x.pad(0, Long.MAX_VALUE, Long.MAX_VALUE, 0)),
                        mistake(
                                "pad beyond an int",
                                ErrorCode.SHAPE,
                                "shape (2147483650, 3) has more than 2^31 - 1 elements",
                                (s, x) -> x.pad(0, 1L << 31, 0, 0)),
                        mistake(
                                "pad of integers by a half",
                                ErrorCode.DTYPE,
                                "does not hold the value 0.5",
                                (s, x) -> s.constant(ints).pad(0, 1, 0, 0.5)),
                        mistake(
                                "pad of float32 by what it makes infinite",
                                ErrorCode.DTYPE,
                                "does not hold the value 1.0E39",
                                (s, x) -> x.pad(0, 1, 0, 1e39)),
                        mistake(
                                "a number that float32 makes infinite",
                                ErrorCode.DTYPE,
                                "-1.0E39 is no float32",
                                (s, x) -> x.mul(-1e39)),
                        mistake(
                                "an epsilon that float32 makes infinite",
                                ErrorCode.DTYPE,
                                "1.0E39 is no float32",
                                new LayerNorm(1e39)),
                        mistake(
                                "more elements than frameworks count",
                                ErrorCode.SHAPE,
                                "shape (2, 1073741824) has more than 2^31 - 1 elements",
                                (s, x) -> x.slice(1, 0, 1).broadcastTo(Shape.of(2, 1L << 30))),
                        mistake(
                                "sizes whose product is beyond a long",
                                ErrorCode.SHAPE,
                                "more than 2^63 - 1 elements",
                                (s, x) -> x.reshape(1L << 32, 1L << 32, -1)),
                        mistake(
                                "gather of nothing",
                                ErrorCode.EMPTY,
                                "the axis that they choose from has no elements",
                                (s, x) -> x.slice(0, 0, 0).gather(0, s.constant(ints))),
                        mistake("clip", ErrorCode.RANGE, "low must not be above high", (s, x) -> x.clip(1, 0)),
                        mistake("ddof", ErrorCode.RANGE, "ddof is -1", (s, x) -> x.variance(-1)),
                        mistake("scalar matmul", ErrorCode.SHAPE, "a scalar is no matrix", (s, x) -> x.matmul(x.sum())),
                        mistake(
                                "vector matmul",
                                ErrorCode.SHAPE,
                                "3 and 2 must be equal",
                                (s, x) -> x.matmul(s.constant(three).slice(0, 0, 2))),
                        mistake(
                                "einsum letters",
                                ErrorCode.SHAPE,
                                "one letter for each axis",
                                (s, x) -> Tensor.einsum("i->i", x)),
                        mistake(
                                "einsum sizes",
                                ErrorCode.SHAPE,
                                "must be equal",
                                (s, x) -> Tensor.einsum("ij,jk->ik", x, x)),
                        mistake(
                                "if on a tensor",
                                ErrorCode.DATA_DEPENDENT,
                                "Use select",
                                (s, x) -> x.sum().toBoolean() ? x : x.neg()),
                        mistake(
                                "while on a tensor",
                                ErrorCode.DATA_DEPENDENT,
                                "loop of fixed length",
                                (s, x) -> x.sum().toDouble() > 1 ? x : x.neg()),
                        mistake(
                                "two children of a name",
                                ErrorCode.NAME,
                                "two layers are called",
                                (s, x) -> s.call("a", new Dense(2), s.call("a", new Dense(2), x))),
                        mistake(
                                "dotted name",
                                ErrorCode.NAME,
                                "cannot be part of a path",
                                (s, x) -> s.call("a.b", new Relu(), x)),
                        mistake(
                                "two shapes of one name",
                                ErrorCode.SHAPE,
                                "a shared parameter has one shape",
                                (s, x) -> s.parameter("w", Shape.of(3), Initializer.zeros())
                                        .sum()
                                        .add(s.parameter("w", Shape.of(2), Initializer.zeros())
                                                .sum())),
                        new Mistake(
                                "mean of nothing", ErrorCode.EMPTY, "no element", new CenteredLayer(), Shape.of(0, 3)),
                        new Mistake(
                                "argmax of nothing",
                                ErrorCode.EMPTY,
                                "no element",
                                (s, x) -> x.argMax(0),
                                Shape.of(0, 3)),
                        new Mistake("no signal", ErrorCode.SHAPE, "no signal", new HalfFourier(), Shape.of(2, 0)))
                .stream()
                .map(mistake -> DynamicTest.dynamicTest(mistake.name, () -> check(mistake)));
    }

    private static void check(Mistake mistake) {
        assertThatThrownBy(() -> Tracing.trace(mistake.layer, mistake.shape))
                .isInstanceOfSatisfying(
                        LaminaException.class, e -> assertThat(e.code()).isEqualTo(mistake.code))
                .hasMessageContaining(mistake.part);
    }

    @Test
    void refusesTensorsOfAnotherCall() {
        Tensor[] kept = new Tensor[1];
        Layer thief = (scope, x) -> {
            Tensor old = kept[0];
            kept[0] = x;
            return old == null ? x : x.add(old);
        };
        Tracing.trace(thief, Shape.of(2));
        assertThatThrownBy(() -> Tracing.trace(thief, Shape.of(2))).hasMessageContaining("belongs to another call");
    }

    @Test
    void refusesLayersThatCallThemselves() {
        Layer[] self = new Layer[1];
        self[0] = (scope, x) -> scope.call("again", self[0], x);
        assertThatThrownBy(() -> Tracing.trace(self[0], Shape.of(2)))
                .isInstanceOfSatisfying(
                        LaminaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ARCHITECTURE));
    }

    @Test
    void refusesAWrongNumberOfInputs() {
        assertThatThrownBy(() -> Tracing.trace(new Relu(), Shape.of(2), Shape.of(2)))
                .hasMessage(
                        "Relu takes one input and was given 2. Give one, or join them first with Tensor.concat. In Relu.");
    }
}
