package io.readlens.stream.worker;

import io.readlens.model.ExplainedClassifier;
import io.readlens.model.ExplainedRead;
import io.readlens.model.WindowAnswer;
import io.readlens.model.read.TokenizedRead;
import io.readlens.model.read.TokenizedRead.Window;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * What runs on a device, in the three steps that let windows of many reads share a batch and those
 * of one long read be spread over several. The worker calls every step on its own threads, several
 * at once; the model must bear that.
 *
 * @param windows cuts a read into its windows, at least one, in order
 * @param ask answers a batch of windows by a list of equal size and order, or throws
 * @param merge makes one answer of a read's windows and their answers, in order; may ask the device
 *     again about a read of several windows
 * @param proof asks for all that may be asked of a read, called or not; throws if the model is at
 *     fault
 * @param <A> the answer to one window
 */
public record DeviceModel<A>(
    Function<TokenizedRead, List<Window>> windows,
    Function<List<Window>, List<A>> ask,
    BiFunction<List<Window>, List<A>, ExplainedRead> merge,
    Consumer<TokenizedRead> proof) {

  /** A model of which nothing is asked but answers. */
  public DeviceModel(
      Function<TokenizedRead, List<Window>> windows,
      Function<List<Window>, List<A>> ask,
      BiFunction<List<Window>, List<A>, ExplainedRead> merge) {
    this(
        windows,
        ask,
        merge,
        read -> {
          List<Window> ofRead = windows.apply(read);
          Object unused = merge.apply(ofRead, ask.apply(ofRead));
        });
  }

  /** A checkpoint's model. */
  public static DeviceModel<WindowAnswer> of(ExplainedClassifier model) {
    return new DeviceModel<>(model::windows, model::ask, model::merge, model::requireSound);
  }

  /** A model that takes each read whole, however long. */
  public static DeviceModel<ExplainedRead> ofReads(
      Function<List<TokenizedRead>, List<ExplainedRead>> model) {
    return new DeviceModel<>(
        read -> List.of(new Window(read, 0, read.tokens())),
        windows -> model.apply(windows.stream().map(Window::read).toList()),
        (windows, answers) -> answers.get(0));
  }
}
