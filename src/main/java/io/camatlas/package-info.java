/** Audits a convolutional network over a whole image dataset. Each package below is one feature. */
package io.camatlas;
