/**
 * The ways in which a network comes to a class: images of the class that differ in what the network
 * looks at or responds to, found without being told what to look for.
 *
 * <p>Plain Java on arrays; imports {@code atlas} for its moments and traits. Read {@link
 * io.camatlas.strategies.StrategyTree}, then {@link io.camatlas.strategies.NeighbourGraph}.
 */
package io.camatlas.strategies;
