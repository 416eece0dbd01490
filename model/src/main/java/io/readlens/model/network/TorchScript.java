package io.readlens.model.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * The script {@code network.torchscript}, loaded into the engine. DJL lacks operators that the
 * networks need (scaled dot product attention, silu, a bidirectional LSTM with biases), and a call
 * into the engine for every operator costs more than the operator; a script has all of ATen, and
 * one call runs a whole network, freeing what lies between.
 *
 * <p>The archive is written here: the text and two pickles of a few bytes, the format that PyTorch
 * saves modules in. It holds no weights.
 *
 * <p>Threading: immutable after construction; calls may run on several threads at once.
 */
final class TorchScript {
  private static final String SOURCE = "network.torchscript";

  /** The archive's version of the format; 3 is the oldest that every current PyTorch reads. */
  private static final byte[] VERSION = "3\n".getBytes(StandardCharsets.US_ASCII);

  /** Pickle protocol 2: an object of class {@code __torch__.Network} with training = False. */
  private static final byte[] MODULE =
      "\u0080\u0002c__torch__\nNetwork\n)\u0081}(X\b\0\0\0training\u0089ub."
          .getBytes(StandardCharsets.ISO_8859_1);

  /** Pickle protocol 2: the empty tuple. */
  private static final byte[] CONSTANTS = "\u0080\u0002).".getBytes(StandardCharsets.ISO_8859_1);

  private static final List<String> METHODS =
      List.of(
          "product",
          "factors",
          "fuse",
          "classify",
          "evidence",
          "hidden",
          "fuse_explainer",
          "fuse_shared",
          "states",
          "masks",
          "logits",
          "mask_logits",
          "shared_mask_logits",
          "evidence_masks",
          "evidence_logits");

  private final PtSymbolBlock module;
  private final Map<String, NDArray> methods = new HashMap<>();

  /** Loads the script onto the manager's device; it lives as long as the manager. */
  TorchScript(NDManager manager) {
    try {
      module =
          JniUtils.loadModule(
              (PtNDManager) manager, new ByteArrayInputStream(archive()), false, false);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    manager.attachInternal("network-script", module);
    for (String method : METHODS) {
      // DJL names the method to call in the name of an extra argument.
      NDArray name = manager.create(0f);
      name.setName("module_method:" + method);
      methods.put(method, name);
    }
  }

  /**
   * Runs a method; the results belong to the first argument's manager.
   *
   * @param gradients whether the results must carry gradients; without them the engine runs in
   *     inference mode
   * @param arguments in order; arrays that share a name ending in {@code []} make up one list
   */
  NDList call(String method, boolean gradients, NDList arguments) {
    NDList all = new NDList(arguments);
    all.add(methods.get(method));
    return IValueUtils.forward(module, all, gradients);
  }

  private static byte[] archive() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      store(zip, "network/data.pkl", MODULE);
      store(zip, "network/code/__torch__.py", code());
      store(zip, "network/constants.pkl", CONSTANTS);
      store(zip, "network/version", VERSION);
    }
    return bytes.toByteArray();
  }

  private static byte[] code() throws IOException {
    try (InputStream in = TorchScript.class.getResourceAsStream(SOURCE)) {
      if (in == null) {
        throw new IllegalStateException(SOURCE + " is missing from the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.stripLeading().startsWith("#"))
          .collect(Collectors.joining("\n", "", "\n"))
          .getBytes(StandardCharsets.UTF_8);
    }
  }

  private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    CRC32 crc = new CRC32();
    crc.update(content);
    entry.setCrc(crc.getValue());
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }
}
