/**
 * The product as it is handed over: packaged jars, started as processes of their own, by the
 * commands that the documents and the images have.
 */
package io.readlens.product;
