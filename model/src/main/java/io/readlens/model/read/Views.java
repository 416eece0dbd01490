package io.readlens.model.read;

import io.readlens.model.read.TokenizedRead.Window;
import java.util.ArrayList;
import java.util.List;

/**
 * The ways in which one piece of DNA is read: of both strands, and in frames that begin up to five
 * bases later, so that the same bases fall into other 6-mers. They are the same organism's, and
 * what the classifier says of them all together is surer than what it says of one.
 *
 * <pre>
 *   1   as received
 *   2   both strands
 *   4   both strands, each also 3 bases later
 *   12  both strands, each in all six frames
 * </pre>
 *
 * @param count how many views, the read as received counted: 1, 2, 4 or 12
 */
public record Views(int count) {
  /** The read as received, and nothing else. */
  public static final Views ONE = new Views(1);

  public Views {
    if (count != 1 && count != 2 && count != 4 && count != 12) {
      throw new IllegalArgumentException("views are 1, 2, 4 or 12, not " + count);
    }
  }

  /**
   * A window's piece of DNA in every view but the one as received. In a frame that begins so many
   * bases later it also ends so many later, where the read goes on; on the other strand, where all
   * runs backwards, these are so many bases earlier. What is hidden of the read is hidden of its
   * views, with the tokens that it is part of there.
   *
   * @param maxTokens longest window that the network takes; a view of more tokens, as a frame that
   *     leaves single bases at a read's end may be, loses its last ones
   * @return {@code count - 1} windows of reads of their own, under the read's name
   */
  public List<Window> others(Window window, int maxTokens) {
    if (count == 1) {
      return List.of();
    }
    TokenizedRead read = window.read();
    // A token is a base at least, so these reach as far as any frame.
    int first = Math.max(read.firstOfMate(window.from()), window.from() - Vocabulary.K);
    int last = Math.min(read.endOfMate(window.from()), window.to() + Vocabulary.K);
    Read forward = read.bases(first, last);
    Read backward = forward.reverseComplement();
    int offset = read.bound(first);
    List<Hidden> hidden = read.askedWithin(offset, read.bound(last));
    List<Hidden> hiddenBackward =
        hidden.stream()
            .map(
                each ->
                    new Hidden(
                        backward.length() - each.end(),
                        backward.length() - each.start(),
                        each.kind()))
            .toList();
    int start = read.bound(window.from()) - offset;
    int end = read.bound(window.to()) - offset;
    List<Window> others = new ArrayList<>(count - 1);
    for (int frame = 0; frame < Vocabulary.K; frame += step()) {
      if (frame > 0) {
        others.add(window(forward, hidden, start + frame, end + frame, maxTokens));
      }
      int length = backward.length();
      others.add(
          window(
              backward, hiddenBackward, length - end + frame, length - start + frame, maxTokens));
    }
    return others;
  }

  /** Bases from one frame to the next. */
  private int step() {
    return 2 * Vocabulary.K / count;
  }

  private static Window window(Read of, List<Hidden> hidden, int from, int to, int maxTokens) {
    String bases = of.sequence();
    int end = Math.min(to, bases.length());
    int start = Math.min(from, end);
    TokenizedRead view =
        Tokenizer.tokenize(Read.of(of.id(), bases.substring(start, end)))
            .hiding(Hidden.within(hidden, start, end), 0);
    return view.windows(maxTokens).get(0);
  }
}
