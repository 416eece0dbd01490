package io.readlens.stream.embedded;

import java.util.List;

/**
 * A request that the registry refuses, with the HTTP status and the error code that Confluent's
 * clients know it by.
 */
final class RegistryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final int code;

  private RegistryException(int status, int code, String message) {
    super(message);
    this.status = status;
    this.code = code;
  }

  int status() {
    return status;
  }

  int code() {
    return code;
  }

  static RegistryException badJson(String detail) {
    return new RegistryException(400, 400, "Not JSON: " + detail);
  }

  static RegistryException unauthorized() {
    return new RegistryException(401, 401, "Unauthorized");
  }

  static RegistryException mayOnlyRead(String user) {
    return new RegistryException(
        403, 40301, "User '" + user + "' may read, but not register, change or delete");
  }

  static RegistryException otherHost(String host) {
    return new RegistryException(
        403,
        40302,
        "Host '" + host + "' is not this machine: ask " + Loopback.HOST + " or localhost");
  }

  static RegistryException fromWebPage() {
    return new RegistryException(
        403, 40303, "Web pages may not ask this registry: the request has an Origin");
  }

  static RegistryException notSaidToBeJson() {
    return new RegistryException(
        415, 415, "Send the body with Content-Type: application/vnd.schemaregistry.v1+json");
  }

  static RegistryException notFound() {
    return new RegistryException(404, 404, "HTTP 404 Not Found");
  }

  static RegistryException subjectNotFound(String subject) {
    return new RegistryException(404, 40401, "Subject '" + subject + "' not found.");
  }

  static RegistryException versionNotFound(int version) {
    return new RegistryException(404, 40402, "Version " + version + " not found.");
  }

  static RegistryException schemaNotFound() {
    return new RegistryException(404, 40403, "Schema not found");
  }

  static RegistryException subjectAlreadyDeleted(String subject) {
    return new RegistryException(
        404, 40404, "Subject '" + subject + "' was soft deleted. Set permanent=true to remove it");
  }

  static RegistryException subjectNotYetDeleted(String subject) {
    return new RegistryException(
        404, 40405, "Subject '" + subject + "' was not deleted first before permanent deletion");
  }

  static RegistryException versionAlreadyDeleted(String subject, int version) {
    return new RegistryException(
        404,
        40406,
        "Subject '%s' version %d was soft deleted. Set permanent=true to remove it"
            .formatted(subject, version));
  }

  static RegistryException versionNotYetDeleted(String subject, int version) {
    return new RegistryException(
        404,
        40407,
        "Subject '%s' version %d was not deleted first before permanent deletion"
            .formatted(subject, version));
  }

  static RegistryException compatibilityNotConfigured(String subject) {
    return new RegistryException(
        404,
        40408,
        "Subject '" + subject + "' does not have subject-level compatibility configured");
  }

  static RegistryException methodNotAllowed() {
    return new RegistryException(405, 405, "HTTP 405 Method Not Allowed");
  }

  static RegistryException incompatible(String subject, List<String> details) {
    return new RegistryException(
        409,
        409,
        "Schema being registered is incompatible with an earlier schema for subject \"%s\", details: %s"
            .formatted(subject, details));
  }

  static RegistryException tooLarge(int limitBytes) {
    return new RegistryException(413, 413, "Request body exceeds " + limitBytes + " bytes");
  }

  static RegistryException invalidSchema(String detail) {
    return new RegistryException(422, 42201, "Invalid schema: " + detail);
  }

  static RegistryException invalidVersion(String version) {
    return new RegistryException(
        422,
        42202,
        "The specified version '%s' is not a valid version id. Allowed values are between [1, 2^31-1] and the string \"latest\""
            .formatted(version));
  }

  static RegistryException noVersionLeft(String subject) {
    return new RegistryException(
        422,
        42201,
        "Subject '" + subject + "' has version 2^31-1 already: delete that version for good");
  }

  static RegistryException invalidCompatibilityLevel() {
    return new RegistryException(
        422,
        42203,
        "Invalid compatibility level. Valid values are none, backward, forward, full,"
            + " backward_transitive, forward_transitive, and full_transitive");
  }

  static RegistryException storeFailed(Throwable cause) {
    RegistryException failure =
        new RegistryException(500, 50001, "Error in the backend data store: " + cause);
    failure.initCause(cause);
    return failure;
  }
}
