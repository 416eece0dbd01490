package io.readlens.stream.cli;

/** The one executable. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    System.out.println("readlens");
  }
}
