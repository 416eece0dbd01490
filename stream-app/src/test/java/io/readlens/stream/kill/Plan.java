package io.readlens.stream.kill;

/**
 * What is tried.
 *
 * @param app main class of the application, see {@link AppProcess#start}
 * @param reads how many to send
 * @param kills how often to kill
 * @param seed decides the reads, and after how many of them the application is killed
 */
record Plan(Class<?> app, int reads, int kills, long seed) {}
