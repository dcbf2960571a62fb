package org.lamina.io;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.lamina.DType;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.TensorType;

/**
 * The header of a npy file, which is a Python dictionary with the keys descr, fortran_order and shape.
 *
 * @param type the dtype and shape
 * @param bigEndian true if the elements' most significant byte comes first
 * @param fortranOrder true if the first axis is the fastest
 */
record NpyHeader(TensorType type, boolean bigEndian, boolean fortranOrder) {
    private static final String DTYPE = "descr";
    private static final String ORDER = "fortran_order";
    private static final String SHAPE = "shape";
    /** NumPy's own limit. */
    private static final int AXES = 64;

    static NpyHeader parse(String file, String text) {
        Map<String, Object> fields = new Parsing(file, text).fields();
        String descr = (String) fields.getOrDefault(DTYPE, "");
        @SuppressWarnings("unchecked")
        List<Long> sizes = (List<Long>) fields.getOrDefault(SHAPE, List.of());
        Shape shape = Shape.of(sizes.stream().mapToLong(Long::longValue).toArray());
        return new NpyHeader(
                new TensorType(dtype(file, descr), shape),
                descr.startsWith(">"),
                fields.getOrDefault(ORDER, false).equals(true));
    }

    private static DType dtype(String file, String descr) {
        return switch (descr) {
            case "<f4", ">f4" -> DType.FLOAT32;
            case "<f8", ">f8" -> DType.FLOAT64;
            case "<i4", ">i4" -> DType.INT32;
            case "<i8", ">i8" -> DType.INT64;
            case "|b1" -> DType.BOOL;
            case "|O" ->
                throw FileErrors.malformed(
                        file,
                        "it holds Python objects, which are pickles and could run code",
                        "Save an array of numbers.");
            default ->
                throw FileErrors.malformed(
                        file,
                        "it has dtype " + descr + ", which Lamina does not have",
                        "Convert it with astype to float32, float64, int32, int64 or bool.");
        };
    }

    /** One pass over the little of Python's grammar that a header uses. */
    private static final class Parsing {
        private final String file;
        private final String text;
        private int at;

        Parsing(String file, String text) {
            this.file = file;
            this.text = text;
        }

        Map<String, Object> fields() {
            Map<String, Object> fields = new HashMap<>();
            expect('{');
            while (!accept('}')) {
                String key = string();
                expect(':');
                if (fields.put(key, value(key)) != null || (!accept(',') && peek() != '}')) {
                    throw malformed();
                }
            }
            if (fields.size() != 3 || peek() != 0) {
                throw malformed();
            }
            return fields;
        }

        private Object value(String key) {
            return switch (key) {
                case DTYPE -> peek() == '[' ? structured() : string();
                case ORDER -> truth();
                case SHAPE -> tuple();
                default -> throw malformed();
            };
        }

        private String structured() {
            throw FileErrors.malformed(
                    file,
                    "it has a structured dtype, which Lamina does not have",
                    "Save each field as an array of its own.");
        }

        private String string() {
            char quote = peek();
            int end = quote == '\'' || quote == '"' ? text.indexOf(quote, at + 1) : -1;
            if (end < 0) {
                throw malformed();
            }
            String string = text.substring(at + 1, end);
            at = end + 1;
            return string;
        }

        private boolean truth() {
            peek();
            boolean truth = text.startsWith("True", at);
            if (!truth && !text.startsWith("False", at)) {
                throw malformed();
            }
            at += truth ? 4 : 5;
            return truth;
        }

        private List<Long> tuple() {
            List<Long> sizes = new ArrayList<>();
            expect('(');
            while (!accept(')')) {
                sizes.add(size());
                // (3) is a number in Python; a tuple of one has a comma.
                if (!accept(',') && (sizes.size() == 1 || peek() != ')')) {
                    throw malformed();
                }
            }
            if (sizes.size() > AXES) {
                throw FileErrors.malformed(file, "its array has " + sizes.size() + " axes, more than " + AXES);
            }
            return sizes;
        }

        private long size() {
            int begin = at;
            while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
                at++;
            }
            String digits = text.substring(begin, at);
            // Python 2 wrote 3L.
            accept('L');
            try {
                return Long.parseLong(digits);
            } catch (NumberFormatException e) {
                throw malformed();
            }
        }

        /** The next character that is no space, or 0 at the end. */
        private char peek() {
            while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
                at++;
            }
            return at < text.length() ? text.charAt(at) : 0;
        }

        private boolean accept(char wanted) {
            boolean found = peek() == wanted;
            at += found ? 1 : 0;
            return found;
        }

        private void expect(char wanted) {
            if (!accept(wanted)) {
                throw malformed();
            }
        }

        private LaminaException malformed() {
            return FileErrors.malformed(
                    file,
                    "its header is not a dictionary of descr, fortran_order and shape as NumPy writes it (at character "
                            + at + ")");
        }
    }
}
