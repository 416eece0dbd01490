package io.readlens.schemas;

import org.apache.avro.util.ClassSecurityValidator;

/**
 * Avro makes no object of a class that it was not told to trust, generated ones included, not even
 * for a builder's default values. Whoever uses our records without a {@link RegistrySerde} must say
 * so first.
 */
public final class TrustedClasses {
  static {
    ClassSecurityValidator.setGlobal(
        ClassSecurityValidator.composite(
            ClassSecurityValidator.getGlobal(),
            type -> type.getPackageName().equals("io.readlens.avro")));
  }

  private TrustedClasses() {}

  /** Has Avro trust our records, and what it trusted before. Idempotent. */
  public static void trust() {
    // The class is initialised once; that is all.
  }
}
