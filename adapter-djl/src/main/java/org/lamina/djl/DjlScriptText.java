package org.lamina.djl;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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
        int open = open();
        this.inputs = IntStream.range(0, graph.inputs().size())
                .filter(i -> i == open || lifetimes.position(graph.inputs().get(i)) >= 0)
                .toArray();
        give();
        compute();
        body.line("return " + outputs());
    }

    /** The first input that has an open size, which tells the batch size even if nothing else needs it; -1 if there is none. */
    private int open() {
        return IntStream.range(0, graph.inputs().size())
                .filter(i -> graph.inputs().get(i).type().shape().isOpen())
                .findFirst()
                .orElse(-1);
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
        int open = open();
        if (open >= 0) {
            Node node = graph.inputs().get(open);
            int axis = DjlScriptTerm.sizes(node.type().shape()).indexOf("n");
            body.line("n = torch.size(" + term(node).text() + ", " + axis + ")");
        }
    }

    private String given(Node node) {
        String name = body.name();
        terms.put(node, DjlScriptTerm.of(name, node.type()));
        return name;
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
