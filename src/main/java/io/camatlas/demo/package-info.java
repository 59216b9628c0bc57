/**
 * The demo: pictures with known ground truth, and a small network that was trained on such pictures
 * and learned one class the wrong way. Plain Java; imports nothing else of CamAtlas. Read {@link
 * io.camatlas.demo.DemoDataset} first.
 */
package io.camatlas.demo;
