package io.readlens.stream.config;

import io.readlens.model.checkpoint.ThresholdChoice;
import io.readlens.model.filter.InputFilter;
import io.readlens.model.read.SpanFinder;
import io.readlens.schemas.Topic;
import io.readlens.schemas.Topics;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** ReadLens's own settings: their names, defaults and meanings. The README's table is this list. */
public enum Setting {
  TOPIC_READS(
      "topic.reads", Topics.standard().reads().name(), "the topic that reads are consumed from"),
  TOPIC_EXPLANATIONS(
      "topic.explanations",
      Topics.standard().explanations().name(),
      "the topic that explained calls go to"),
  TOPIC_DEAD_LETTERS(
      "topic.dead-letters",
      Topics.standard().deadLetters().name(),
      "the topic that reads go to which can never be answered"),
  TOPIC_LEDGER(
      "topic.ledger",
      Topics.standard().ledger().name(),
      "the compacted topic that counts each sample's reads and outcomes"),
  TOPIC_CHECKPOINTS(
      "topic.checkpoints",
      Topics.standard().checkpoints().name(),
      "the compacted topic that says which checkpoint is in force and who took or refused it"),
  READS_EXPIRED(
      "reads.expired",
      "count",
      "what to do about reads that were deleted from their topic before they were read: count, in"
          + " the ledger, and go on; or stop, with exit 1"),
  MIN_READ_LENGTH(
      "min.read.length", "100", "bases; a shorter read is TOO_SHORT and the model is not asked"),
  MAX_READ_LENGTH(
      "max.read.length",
      "200000",
      "bases; a longer read is a dead letter, TOO_LONG, and so is one with as many tokens, of which"
          + " each unknown base or run of hidden ones is one"),
  INPUT_FILTERS(
      "input.filters",
      "UNKNOWN,ADAPTER,VECTOR,TAIL,LOW_COMPLEXITY",
      "which bases the model is not shown, comma-separated: letters other than A, C, G and T"
          + " (UNKNOWN), adapters and barcodes (ADAPTER), cloning vectors (VECTOR), tails of"
          + " one base (TAIL) and repeats (LOW_COMPLEXITY); or NONE"),
  INPUT_ADAPTERS(
      "input.adapters",
      "bundled",
      "the adapters: bundled, Oxford Nanopore's and Illumina's; or a FASTA file"),
  INFORMATIVE_MIN_BASES(
      "informative.min.bases",
      Integer.toString(InputFilter.LEAST_BASES),
      "bases that must be left of a read of which some are hidden; below that it is UNCLASSIFIED,"
          + " TOO_LITTLE_INFORMATION, and the model is not asked"),
  CALL_PROFILE(
      "call.profile",
      ThresholdChoice.BALANCED.toString(),
      "how sure a call must be, as the checkpoint measured it: balanced, its own thresholds;"
          + " sensitive, which calls more reads; or strict, which calls fewer of them wrong"),
  CALL_THRESHOLDS(
      "call.thresholds",
      ThresholdChoice.NONE,
      "the least probability of a call, in place of the profile's, at some ranks or all, such as"
          + " superkingdom:0.9,phylum:0.9,genus:0.95; or none"),
  ALTERNATIVES("alternatives", "3", "how many next best taxa each call names"),
  INCLUDE_SEQUENCE("include.sequence", "false", "whether an explanation repeats the read's bases"),
  INCLUDE_MASK("include.mask", "true", "whether an explanation carries the mask, one byte a token"),
  SPANS_MAX_PER_CALL(
      "spans.max.per.call",
      Integer.toString(SpanFinder.MOST_SPANS),
      "spans that a call carries at most, 1 or more: those of the best scores; spansLeftOut counts"
          + " the others"),
  FAITHFULNESS(
      "faithfulness",
      "off",
      "the reads whose calls say how far their spans carry them (sufficiency, comprehensiveness):"
          + " off, all, or a share of the reads such as 0.01, drawn by their names"),
  VIEWS(
      "views",
      "1",
      "in how many views each read is classified: 1; 2, both strands; 4 or 12, in several frames"
          + " too. More are surer, and each costs a classification; masks stay one"),
  PATIENCE_SECONDS(
      "patience.seconds",
      "60",
      "seconds that Kafka's brokers and the schema registry may take to answer, before a command"
          + " gives up; one that cannot be reached has a tenth of it. What waits says so"),
  DEVICE("device", "auto", "where the model runs: auto, cpu or gpu:N"),
  DEVICE_WORKERS(
      "device.workers",
      "auto",
      "threads that run the model; auto: two on a GPU, on the CPU as many as measure best"),
  BATCH_MAX_TOKENS(
      "batch.max.tokens",
      "auto",
      "tokens in one batch, padding counted; auto: a fifth of a second's work"),
  BATCH_LINGER_MS("batch.linger.ms", "5", "milliseconds that the oldest read may wait for company"),
  CHECKPOINTS_FROM(
      "checkpoints.from",
      "none",
      "where published checkpoints may be fetched from: directories and http(s) addresses,"
          + " comma-separated, with all below them; none: they are not followed");

  private final String key;
  private final String standard;
  private final String meaning;

  Setting(String key, String standard, String meaning) {
    this.key = key;
    this.standard = standard;
    this.meaning = meaning;
  }

  /** The property's name. */
  public String key() {
    return key;
  }

  /** The value that it has where nobody sets it, as text. */
  public String standard() {
    return standard;
  }

  /** What it means, with its unit. */
  public String meaning() {
    return meaning;
  }

  /** The setting that names one of some topics. */
  public static Setting ofTopic(Topic<?> topic, Topics topics) {
    return List.of(
            TOPIC_READS, TOPIC_EXPLANATIONS, TOPIC_DEAD_LETTERS, TOPIC_LEDGER, TOPIC_CHECKPOINTS)
        .get(topics.all().indexOf(topic));
  }

  static Optional<Setting> of(String key) {
    return Arrays.stream(values()).filter(setting -> setting.key.equals(key)).findFirst();
  }
}
