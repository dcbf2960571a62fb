package org.lamina.dl4j;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.graph.Graph;
import org.lamina.graph.Lowering;
import org.lamina.graph.Node;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/** The primitives as ops of a SameDiff graph, one by one, in SPEC order. */
final class Dl4jSameDiffLowering implements Lowering<SDVariable> {
    private final SameDiff target;
    private final Dl4jSameDiffDetours detours;
    /** SameDiff knows the shapes of placeholders and weights only. */
    private final IdentityHashMap<SDVariable, Shape> shapes = new IdentityHashMap<>();

    private Dl4jSameDiffLowering(SameDiff target) {
        this.target = target;
        this.detours = new Dl4jSameDiffDetours(target, shapes);
    }

    /**
     * Adds a graph without open sizes to a SameDiff graph.
     *
     * @param inputs one variable for each input of the graph, of its shape and dtype
     * @return one variable for each output, in order
     */
    static List<SDVariable> add(SameDiff target, Graph graph, List<SDVariable> inputs) {
        Dl4jRanks.require(graph);
        Dl4jSameDiffLowering lowering = new Dl4jSameDiffLowering(target);
        Map<Node, SDVariable> values = new HashMap<>();
        for (int i = 0; i < inputs.size(); i++) {
            values.put(graph.inputs().get(i), inputs.get(i));
        }
        for (Node node : graph.nodes()) {
            if (!values.containsKey(node)) {
                List<SDVariable> operands = new ArrayList<>();
                node.operands().forEach(operand -> operands.add(Objects.requireNonNull(values.get(operand))));
                values.put(node, node.op().lower(lowering, node.type(), operands));
            }
            lowering.shapes.put(
                    Objects.requireNonNull(values.get(node)), node.type().shape());
        }
        return graph.outputs().stream()
                .map(node -> Objects.requireNonNull(values.get(node)))
                .toList();
    }

    @Override
    public SDVariable constant(HostArray value) {
        return target.constant(Dl4jArray.copy(value));
    }

    @Override
    public SDVariable neg(SDVariable x) {
        return x.neg();
    }

    @Override
    public SDVariable abs(SDVariable x) {
        return target.math().abs(x);
    }

    @Override
    public SDVariable sign(SDVariable x) {
        return target.math().sign(x);
    }

    @Override
    public SDVariable floor(SDVariable x) {
        return target.math().floor(x);
    }

    @Override
    public SDVariable exp(SDVariable x) {
        return target.math().exp(x);
    }

    @Override
    public SDVariable expm1(SDVariable x) {
        return target.math().expm1(x);
    }

    @Override
    public SDVariable log(SDVariable x) {
        return target.math().log(x);
    }

    @Override
    public SDVariable log1p(SDVariable x) {
        return target.math().log1p(x);
    }

    @Override
    public SDVariable sqrt(SDVariable x) {
        return target.math().sqrt(x);
    }

    @Override
    public SDVariable sin(SDVariable x) {
        return target.math().sin(x);
    }

    @Override
    public SDVariable cos(SDVariable x) {
        return target.math().cos(x);
    }

    @Override
    public SDVariable tan(SDVariable x) {
        return target.math().tan(x);
    }

    @Override
    public SDVariable tanh(SDVariable x) {
        return target.math().tanh(x);
    }

    @Override
    public SDVariable sigmoid(SDVariable x) {
        return target.nn().sigmoid(x);
    }

    @Override
    public SDVariable erf(SDVariable x) {
        return target.math().erf(x);
    }

    @Override
    public SDVariable not(SDVariable x) {
        return detours.not(x);
    }

    @Override
    public SDVariable add(SDVariable x, SDVariable y) {
        return x.add(y);
    }

    @Override
    public SDVariable sub(SDVariable x, SDVariable y) {
        return x.sub(y);
    }

    @Override
    public SDVariable mul(SDVariable x, SDVariable y) {
        return x.mul(y);
    }

    @Override
    public SDVariable div(SDVariable x, SDVariable y) {
        return detours.broadcasting(x, y, SDVariable::div);
    }

    @Override
    public SDVariable pow(SDVariable x, SDVariable y) {
        return target.math().pow(x, y);
    }

    @Override
    public SDVariable max(SDVariable x, SDVariable y) {
        return detours.broadcasting(x, y, target.math()::max);
    }

    @Override
    public SDVariable min(SDVariable x, SDVariable y) {
        return detours.broadcasting(x, y, target.math()::min);
    }

    @Override
    public SDVariable equal(SDVariable x, SDVariable y) {
        return x.eq(y);
    }

    @Override
    public SDVariable less(SDVariable x, SDVariable y) {
        return x.lt(y);
    }

    @Override
    public SDVariable lessEqual(SDVariable x, SDVariable y) {
        return x.lte(y);
    }

    @Override
    public SDVariable and(SDVariable x, SDVariable y) {
        return detours.broadcasting(x, y, target.math()::and);
    }

    @Override
    public SDVariable or(SDVariable x, SDVariable y) {
        return detours.broadcasting(x, y, target.math()::or);
    }

    @Override
    public SDVariable select(SDVariable condition, SDVariable x, SDVariable y) {
        return detours.select(condition, x, y);
    }

    @Override
    public SDVariable sum(SDVariable x, int[] axes, boolean keepDims) {
        return axes.length == 0 ? x : x.sum(keepDims, axes);
    }

    @Override
    public SDVariable mean(SDVariable x, int[] axes, boolean keepDims) {
        return axes.length == 0 ? x : x.mean(keepDims, axes);
    }

    @Override
    public SDVariable reduceMax(SDVariable x, int[] axes, boolean keepDims) {
        return axes.length == 0 ? x : x.max(keepDims, axes);
    }

    @Override
    public SDVariable reduceMin(SDVariable x, int[] axes, boolean keepDims) {
        return axes.length == 0 ? x : x.min(keepDims, axes);
    }

    @Override
    public SDVariable prod(SDVariable x, int[] axes, boolean keepDims) {
        return detours.prod(x, axes, keepDims);
    }

    @Override
    public SDVariable argMax(SDVariable x, int axis) {
        return x.argmax(axis);
    }

    @Override
    public SDVariable count(SDVariable x, int[] axes, DType dtype) {
        return detours.count(x, axes, dtype);
    }

    @Override
    public SDVariable matmul(SDVariable x, SDVariable y) {
        return detours.matmul(x, y);
    }

    @Override
    public SDVariable reshape(SDVariable x, Shape shape) {
        return x.reshape(shape.toArray());
    }

    @Override
    public SDVariable transpose(SDVariable x, int[] permutation) {
        return permutation.length == 0 ? x : x.permute(permutation);
    }

    @Override
    public SDVariable broadcast(SDVariable x, Shape shape) {
        return detours.broadcast(x, shape);
    }

    @Override
    public SDVariable concat(List<SDVariable> tensors, int axis) {
        return detours.concat(tensors, axis);
    }

    @Override
    public SDVariable slice(SDVariable x, int axis, long start, long length, long step) {
        return detours.slice(x, axis, start, length, step);
    }

    @Override
    public SDVariable pad(SDVariable x, int axis, long before, long after, double value) {
        return detours.pad(x, axis, before, after, value);
    }

    @Override
    public SDVariable gather(SDVariable x, SDVariable indices, int axis) {
        return detours.gather(x, indices, axis);
    }

    @Override
    public SDVariable scatterAdd(SDVariable x, SDVariable indices, int axis, long size) {
        return detours.scatterAdd(x, indices, axis, size);
    }

    @Override
    public SDVariable cumSum(SDVariable x, int axis, boolean exclusive, boolean reverse) {
        return detours.cumSum(x, axis, exclusive, reverse);
    }

    @Override
    public SDVariable cast(SDVariable x, DType dtype) {
        return x.castTo(Dl4jArray.dataType(dtype));
    }

    @Override
    public SDVariable stopGradient(SDVariable x) {
        return detours.stopGradient(x);
    }
}
