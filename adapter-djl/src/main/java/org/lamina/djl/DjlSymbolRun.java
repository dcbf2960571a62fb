package org.lamina.djl;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.TensorType;
import org.lamina.graph.Constant;
import org.lamina.graph.Fusion;
import org.lamina.graph.Graph;
import org.lamina.graph.Node;
import org.lamina.spi.Executable;
import org.lamina.spi.Lifetimes;
import org.lamina.spi.NativeArray;

/**
 * A compiled graph: for each batch size a program of MXNet's that computes all of it in one call. What MXNet has no program for
 * runs op by op.
 */
final class DjlSymbolRun implements Executable {
    /** How many programs are kept, and how many may keep memory between runs. */
    private static final int MOST = 64;

    private static final int WITH_MEMORY = 4;

    /** So many bytes are kept between runs by more programs than that. */
    private static final long MOST_KEPT = 256L << 20;

    /** Bytes for which the C library asks the system, so that trying costs microseconds. */
    private static final long LARGE = 64L << 20;

    private static final String KNOWN = "known.";

    private final Graph graph;
    private final Graph fused;
    private final Function<Graph, Executable> opByOp;
    private final List<Node> computed;
    private final List<DjlSymbolArray> known = new ArrayList<>();
    private final Map<HostArray, DjlSymbolArray> constants = new HashMap<>();
    private final Map<Long, DjlSymbolProgram> programs = new LinkedHashMap<>(16, 0.75f, true);
    private @Nullable Executable fallback;

    /** True if there is no program of other sizes than 0 either. */
    private boolean inexpressible;

    private boolean closed;

    private DjlSymbolRun(Graph graph, Graph fused, List<Node> computed, Function<Graph, Executable> opByOp) {
        this.graph = graph;
        this.fused = fused;
        this.computed = computed;
        this.opByOp = opByOp;
    }

    /**
     * Compiles a graph.
     *
     * @param opByOp what runs a graph that MXNet has no program for
     */
    static DjlSymbolRun compile(Graph graph, Function<Graph, Executable> opByOp) {
        Graph fused = Fusion.apply(graph, new DjlSymbolKernels());
        List<Node> computed = constants(fused);
        DjlSymbolRun run = new DjlSymbolRun(graph, fused, computed, opByOp);
        if (!computed.isEmpty()) {
            Graph once = Graph.of(List.of(), computed);
            try (DjlSymbolRun first = new DjlSymbolRun(once, once, List.of(), opByOp)) {
                first.run(List.of()).forEach(value -> run.known.add((DjlSymbolArray) value));
            }
        }
        return run;
    }

    /** What the rest of a graph needs of what constants alone give. */
    private static List<Node> constants(Graph graph) {
        return Lifetimes.of(graph).constants().stream()
                .map(position -> graph.nodes().get(position))
                .filter(node -> !(node.op() instanceof Constant))
                .toList();
    }

    @Override
    public List<NativeArray> run(List<NativeArray> inputs) {
        long batch = graph.batch(inputs, NativeArray::type);
        while (true) {
            DjlSymbolProgram program = program(batch);
            // Null from a program that another batch size has just taken the place of.
            List<NativeArray> outputs =
                    program == null ? Objects.requireNonNull(fallback).run(inputs) : program.run(inputs);
            if (outputs != null) {
                return outputs;
            }
        }
    }

    /** The program for a batch size, null where the graph runs op by op. */
    private synchronized @Nullable DjlSymbolProgram program(long batch) {
        if (closed) {
            throw new LaminaException(
                    ErrorCode.CLOSED, "run: the compiled graph is closed, so it cannot run. Compile it again.");
        }
        DjlSymbolProgram program = programs.get(batch);
        return program != null || (inexpressible && fallback != null) ? program : compile(batch);
    }

    /** MXNet that once got no memory for a value says so again of later ones, so the system is asked first. */
    private void requireMemory(long batch) {
        graph.nodes().stream()
                .mapToLong(node -> bytes(node.type().bind(batch)))
                .filter(bytes -> bytes >= LARGE)
                .forEach(DjlMxnet::requireMemory);
    }

    /** At most as many as a long counts, which no system has. */
    private static long bytes(TensorType type) {
        int width = type.dtype().bytes();
        return Math.min(type.shape().size(), Long.MAX_VALUE / width) * width;
    }

    private @Nullable DjlSymbolProgram compile(long batch) {
        requireMemory(batch);
        DjlSymbolWriter writer = new DjlSymbolWriter();
        List<DjlSymbol> outputs;
        try {
            outputs = write(writer, batch);
        } catch (DjlSymbol.Inexpressible e) {
            fallback = fallback != null ? fallback : opByOp.apply(graph);
            inexpressible = batch != 0;
            return null;
        }
        evict();
        DjlSymbolProgram program = compile(writer, outputs, kept(batch));
        programs.put(batch, program);
        return program;
    }

    private void evict() {
        Iterator<DjlSymbolProgram> oldest = programs.values().iterator();
        if (programs.size() >= MOST) {
            oldest.next().close();
            oldest.remove();
        }
    }

    /** The bytes that a new program may keep between runs, 0 if it may not. */
    private long kept(long batch) {
        long bytes = fused.nodes().stream()
                .mapToLong(node -> Math.min(MOST_KEPT, bytes(node.type().bind(batch))))
                .sum();
        long others =
                programs.values().stream().mapToLong(DjlSymbolProgram::kept).sum();
        return programs.size() < WITH_MEMORY || others + bytes <= MOST_KEPT ? Math.max(1, bytes) : 0;
    }

    private DjlSymbolProgram compile(DjlSymbolWriter writer, List<DjlSymbol> outputs, long kept) {
        long symbol = DjlMxnet.symbol(writer.json(outputs));
        try {
            List<String> names = DjlMxnet.inputs(symbol);
            int[] given = new int[names.size()];
            boolean[] batches = new boolean[names.size()];
            long[] fixed = new long[names.size()];
            for (int i = 0; i < given.length; i++) {
                String name = names.get(i);
                int number = Integer.parseInt(name.substring(name.indexOf('.') + 1));
                batches[i] = name.startsWith(DjlSymbolWriter.BATCH);
                given[i] = batches[i] || name.startsWith(DjlSymbolWriter.INPUT) ? number : -1;
                fixed[i] = given[i] >= 0 ? 0 : constant(name.startsWith(KNOWN), number, writer);
            }
            List<TensorType> types = outputs.stream().map(DjlSymbol::type).toList();
            return new DjlSymbolProgram(symbol, given, batches, fixed, types, kept);
        } finally {
            DjlMxnet.freeSymbol(symbol);
        }
    }

    /** Constants are this object's, so they are there for as long as programs are. */
    private long constant(boolean isKnown, int number, DjlSymbolWriter writer) {
        DjlSymbolArray array = isKnown
                ? known.get(number)
                : constants.computeIfAbsent(writer.constants().get(number), DjlSymbolArray::of);
        return array.number();
    }

    private List<DjlSymbol> write(DjlSymbolWriter writer, long batch) {
        DjlSymbolDetours detours = new DjlSymbolDetours(writer);
        DjlSymbolLowering lowering = new DjlSymbolLowering(detours);
        Map<Node, DjlSymbol> values = new HashMap<>();
        for (int i = 0; i < fused.inputs().size(); i++) {
            Node input = fused.inputs().get(i);
            values.put(input, writer.input(i, input.type().bind(batch)));
        }
        for (int i = 0; i < computed.size(); i++) {
            values.put(computed.get(i), writer.input(KNOWN + i, computed.get(i).type()));
        }
        for (Node node : fused.nodes()) {
            if (!values.containsKey(node)) {
                values.put(node, lower(lowering, values, node, batch));
            }
        }
        if (fused.outputs().isEmpty()) {
            throw new DjlSymbol.Inexpressible("MXNet has no program without outputs");
        }
        Set<Integer> seen = new HashSet<>();
        List<DjlSymbol> outputs = new ArrayList<>();
        for (Node output : fused.outputs()) {
            DjlSymbol value = Objects.requireNonNull(values.get(output));
            boolean own = !writer.isGiven(value) && seen.add(value.node());
            outputs.add(own ? value : detours.copy(value, outputs.size()));
        }
        return outputs;
    }

    private static DjlSymbol lower(DjlSymbolLowering lowering, Map<Node, DjlSymbol> values, Node node, long batch) {
        List<DjlSymbol> operands = new ArrayList<>(node.operands().size());
        for (Node operand : node.operands()) {
            operands.add(Objects.requireNonNull(values.get(operand)));
        }
        TensorType type = node.type().bind(batch);
        DjlSymbol value = node.op().lower(lowering, type, operands);
        if (!value.type().equals(type)) {
            throw new IllegalStateException(node + " became " + value);
        }
        return value;
    }

    @Override
    public synchronized void close() {
        closed = true;
        programs.values().forEach(DjlSymbolProgram::close);
        programs.clear();
        known.forEach(DjlSymbolArray::close);
        constants.values().forEach(DjlSymbolArray::close);
        if (fallback != null) {
            fallback.close();
        }
    }
}
