/** The file formats: layer.json, safetensors, bundles and npz. */
@NullMarked
package org.lamina.io;

import org.jspecify.annotations.NullMarked;
