package org.lamina.djl;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.lamina.Shape;
import org.lamina.graph.Constant;
import org.lamina.graph.Graph;
import org.lamina.graph.Node;
import org.lamina.spi.Lifetimes;

/** The script of a graph: a function from the list of its inputs, then its larger constants, to the list of its outputs. */
final class DjlScriptText {
    private final Graph graph;
    private final Lifetimes lifetimes;
    private final DjlScriptBody body = new DjlScriptBody();
    private final DjlScriptLowering lowering = new DjlScriptLowering(body);
    private final Map<Node, DjlScriptTerm> terms = new HashMap<>();
    private final List<Node> constants = new ArrayList<>();
    private final int[] inputs;

    DjlScriptText(Graph graph) {
        this.graph = graph;
        this.lifetimes = Lifetimes.of(graph);
        this.inputs = IntStream.range(0, graph.inputs().size())
                .filter(i -> lifetimes.position(graph.inputs().get(i)) >= 0)
                .toArray();
        give();
        compute();
        body.line("return " + outputs());
    }

    /** The positions of the inputs that are needed. */
    int[] inputs() {
        return inputs;
    }

    /** The nodes whose values follow the inputs. */
    List<Node> constants() {
        return constants;
    }

    private void give() {
        List<String> names = new ArrayList<>();
        for (int input : inputs) {
            names.add(given(graph.inputs().get(input)));
        }
        for (int position : lifetimes.constants()) {
            Node node = graph.nodes().get(position);
            DjlScriptTerm number =
                    node.op() instanceof Constant constant ? DjlScriptTerm.constant(constant.value()) : null;
            if (number == null) {
                names.add(given(node));
                constants.add(node);
            } else {
                terms.put(node, number);
            }
        }
        if (!names.isEmpty()) {
            body.line(String.join(", ", names) + ", = xs");
        }
        String open = openSize();
        if (open != null) {
            body.line("n = " + open);
        }
    }

    private String given(Node node) {
        String name = body.name();
        terms.put(node, DjlScriptTerm.of(name, node.type()));
        return name;
    }

    private @Nullable String openSize() {
        for (int input : inputs) {
            Node node = graph.inputs().get(input);
            Shape shape = node.type().shape();
            for (int axis = 0; axis < shape.rank(); axis++) {
                if (shape.extent(axis) == Shape.BATCH) {
                    return "torch.size(" + term(node).text() + ", " + axis + ")";
                }
            }
        }
        return null;
    }

    private DjlScriptTerm term(Node node) {
        return Objects.requireNonNull(terms.get(node));
    }

    private void compute() {
        for (int i = 0; i < graph.nodes().size(); i++) {
            if (!lifetimes.isGiven(i)) {
                Node node = graph.nodes().get(i);
                lowering.overwrite(lifetimes.overwritten(i));
                List<DjlScriptTerm> operands =
                        node.operands().stream().map(this::term).toList();
                String value = node.op().lower(lowering, node.type(), operands).text();
                terms.put(node, DjlScriptTerm.of(body.variable(value), node.type()));
            }
        }
    }

    /** What may share memory is copied; {@code memory_format} 0 is C order. */
    private String outputs() {
        return graph.outputs().isEmpty()
                ? "annotate(List[Tensor], [])"
                : IntStream.range(0, graph.outputs().size())
                        .mapToObj(i -> {
                            String name = term(graph.outputs().get(i)).text();
                            return lifetimes.mustCopy(i) ? "torch.clone(" + name + ", memory_format=0)" : name;
                        })
                        .collect(Collectors.joining(", ", "[", "]"));
    }

    /** The script as TorchScript's archives hold it. */
    @Override
    public String toString() {
        return "class Graph(Module):\n  def forward(self: __torch__.Graph, xs: List[Tensor]) -> List[Tensor]:\n" + body;
    }
}
