/**
 * The demo: pictures with known truth, and a small network that was trained on them and learned one
 * thing wrong. Plain Java; imports nothing else of CamAtlas. Read {@link
 * io.camatlas.demo.DemoDataset} first.
 */
package io.camatlas.demo;
