package io.readlens.stream.embedded;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * How a secured registry is reached: over TLS, by those who log in with name and password.
 *
 * @param tls what the registry shows its clients
 */
record RegistryAccess(SSLContext tls, List<User> users) {
  private static final String SCHEME = "Basic ";

  /**
   * @param mayChange whether schemas may be registered and deleted, and levels set
   */
  record User(String name, String password, boolean mayChange) {
    /** Without the password. */
    @Override
    public String toString() {
      return "User[" + name + ", mayChange=" + mayChange + "]";
    }
  }

  RegistryAccess {
    users = List.copyOf(users);
  }

  /**
   * @param authorization the header of that name; null where there is none
   * @return who logs in; empty where it is nobody
   */
  Optional<User> user(String authorization) {
    if (authorization == null
        || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return Optional.empty();
    }
    byte[] given;
    try {
      given = Base64.getDecoder().decode(authorization.substring(SCHEME.length()).strip());
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    return users.stream()
        .filter(
            user ->
                MessageDigest.isEqual(
                    given, (user.name() + ":" + user.password()).getBytes(StandardCharsets.UTF_8)))
        .findFirst();
  }
}
