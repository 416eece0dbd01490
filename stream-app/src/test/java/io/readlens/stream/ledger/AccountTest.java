package io.readlens.stream.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccountTest {
  @ParameterizedTest
  @ValueSource(strings = {"", "gut-12", "a/b", "/", "Moorböden"})
  void shouldBeReadBackFromItsKey(String sample) {
    // Given
    Account account = new Account(12, sample);

    // When
    byte[] key = account.key();

    // Then
    assertThat(new String(key, UTF_8)).isEqualTo("12/" + sample);
    assertThat(Account.ofKey(key)).isEqualTo(account);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "gut", "/gut", "x/gut"})
  void shouldRefuseAForeignKey(String key) {
    // When / Then
    assertThatThrownBy(() -> Account.ofKey(key.getBytes(UTF_8)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("'" + key + "'");
  }
}
