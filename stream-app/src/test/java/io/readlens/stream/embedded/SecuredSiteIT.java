package io.readlens.stream.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecuredSiteIT {
  @TempDir Path directory;

  @Test
  void shouldServeWhoLogsInAndNobodyElse() throws Exception {
    // Given
    try (SecuredSite site = SecuredSite.start(directory)) {
      Map<String, String> settings = site.settings();

      // When
      Throwable right = catchThrowable(() -> ask(settings, Map.of()));
      Throwable wrong = catchThrowable(() -> ask(settings, site.brokerLogin("readlens", "wrong")));
      Throwable strange = catchThrowable(() -> ask(settings, site.strangersTrust()));

      // Then
      assertThat(right).isNull();
      assertThat(wrong).hasCauseInstanceOf(SaslAuthenticationException.class);
      assertThat(strange).hasCauseInstanceOf(SslAuthenticationException.class);
    }
  }

  @Test
  void shouldShowAnExpiredCertificateWhenAskedTo() {
    // Given
    try (SecuredSite site = SecuredSite.startExpired(directory)) {

      // When
      Throwable refused = catchThrowable(() -> ask(site.settings(), Map.of()));

      // Then
      assertThat(refused).hasStackTraceContaining("NotAfter");
    }
  }

  private static void ask(Map<String, String> settings, Map<String, String> otherwise)
      throws Exception {
    Map<String, Object> all = new HashMap<>(settings);
    all.putAll(otherwise);
    all.put("default.api.timeout.ms", "15000");
    all.put("request.timeout.ms", "15000");
    all.keySet().removeIf(key -> key.startsWith("schema.") || key.startsWith("basic."));
    try (Admin admin = Admin.create(all)) {
      assertThat(admin.describeCluster().nodes().get()).hasSize(1);
    }
  }
}
