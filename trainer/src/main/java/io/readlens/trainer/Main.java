package io.readlens.trainer;

/** The trainer's executable. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    System.out.println("readlens-trainer");
  }
}
