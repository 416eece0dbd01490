/** How good calls and explanations are, over reads whose taxa are known. */
package io.readlens.model.evaluation;
