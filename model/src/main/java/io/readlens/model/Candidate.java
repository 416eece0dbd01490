package io.readlens.model;

import io.readlens.model.read.Taxon;

/** A taxon and the probability, in [0, 1], that the classifier gives it. */
public record Candidate(Taxon taxon, double probability) {}
