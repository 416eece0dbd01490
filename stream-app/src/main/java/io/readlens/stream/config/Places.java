package io.readlens.stream.config;

import io.readlens.model.process.LocaleText;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Directories and http(s) addresses from which something may be fetched, with all that lies below.
 *
 * @param directories absolute
 * @param addresses plain: nothing but scheme, host, port and an unescaped path
 */
public record Places(List<Path> directories, List<URI> addresses) {
  private static final Pattern PLAIN_PATH = Pattern.compile("[A-Za-z0-9._~/+=@:-]*");

  public Places {
    directories = List.copyOf(directories);
    addresses = List.copyOf(addresses);
  }

  /**
   * @param text {@code none}, or a comma-separated list
   * @throws IllegalArgumentException if one is neither an absolute directory nor a plain address
   */
  public static Places parse(String text) {
    List<Path> directories = new ArrayList<>();
    List<URI> addresses = new ArrayList<>();
    if (!text.equals("none")) {
      for (String each : text.split(",", -1)) {
        String place = each.strip();
        if (isAddress(place)) {
          addresses.add(address(place));
        } else {
          directories.add(directory(place));
        }
      }
    }
    return new Places(directories, addresses);
  }

  /** Whether a text means an address rather than a directory. */
  public static boolean isAddress(String text) {
    return text.regionMatches(true, 0, "http://", 0, 7)
        || text.regionMatches(true, 0, "https://", 0, 8);
  }

  /**
   * @param text an absolute path or a {@code file:} address
   * @throws IllegalArgumentException if it is none
   */
  public static Path directory(String text) {
    LocaleText.unnamable(text)
        .ifPresent(
            fault -> {
              throw new IllegalArgumentException(fault);
            });
    Path path = text.startsWith("file:") ? Path.of(URI.create(text)) : Path.of(text);
    if (!path.isAbsolute()) {
      throw new IllegalArgumentException("'" + text + "' is no absolute directory");
    }
    return path.normalize();
  }

  /**
   * An address of which nothing can be misunderstood: no escapes, no dot segments, no user, no
   * query.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static URI address(String text) {
    URI address = URI.create(text);
    String path = address.getRawPath();
    if (!isAddress(text)
        || address.getHost() == null
        || address.getRawUserInfo() != null
        || address.getRawQuery() != null
        || address.getRawFragment() != null
        || !PLAIN_PATH.matcher(path).matches()
        || Stream.of(path.split("/")).anyMatch(s -> s.equals(".") || s.equals(".."))
        || path.contains("//")) {
      throw new IllegalArgumentException("'" + text + "' is no plain http(s) address");
    }
    return address;
  }

  public boolean isNowhere() {
    return directories.isEmpty() && addresses.isEmpty();
  }

  /** Whether a directory is named below one of these; links in its path may lead elsewhere. */
  public boolean name(Path path) {
    return directories.stream().anyMatch(path.normalize()::startsWith);
  }

  /**
   * Whether a file or directory lies below one of these.
   *
   * @param real its real path, no links in it
   */
  public boolean hold(Path real) {
    return directories.stream()
        .anyMatch(
            directory -> {
              try {
                return real.startsWith(directory.toRealPath());
              } catch (IOException e) {
                return false; // It is not there, so nothing is in it.
              }
            });
  }

  /**
   * Whether an address is below one of these.
   *
   * @param address as {@link #address} makes it
   */
  public boolean hold(URI address) {
    return addresses.stream()
        .anyMatch(
            allowed ->
                allowed.getScheme().equalsIgnoreCase(address.getScheme())
                    && allowed.getHost().equalsIgnoreCase(address.getHost())
                    && port(allowed) == port(address)
                    && withSlash(address).startsWith(withSlash(allowed)));
  }

  private static int port(URI address) {
    if (address.getPort() >= 0) {
      return address.getPort();
    }
    return address.getScheme().equalsIgnoreCase("https") ? 443 : 80;
  }

  private static String withSlash(URI address) {
    String path = address.getRawPath();
    return path.endsWith("/") ? path : path + "/";
  }

  @Override
  public String toString() {
    return isNowhere()
        ? "none"
        : Stream.concat(directories.stream(), addresses.stream())
            .map(Object::toString)
            .collect(Collectors.joining(","));
  }
}
