/**
 * Experiments on a network: what changes when a place of the picture is covered, pasted elsewhere,
 * or when a feature map is set to zero.
 *
 * <p>A map shows where a network looks. Only an intervention shows what it uses. Read {@link
 * io.camatlas.causes.Suspect} first. May import {@code model}, {@code image}, {@code localize} and
 * {@code atlas}.
 */
package io.camatlas.causes;
