package io.camatlas.spark.results;

import static org.apache.spark.sql.functions.not;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.sql.Column;

/**
 * The name in tables of a run, or of one rule of a run that has several: {@code r0123456789ab},
 * {@code r0123456789ab.2}.
 *
 * @param run id of the run
 * @param rule number of the rule, from 1; 0 if the run has only one
 */
public record RunName(String run, int rule) {
  private static final Pattern OF_A_RULE = Pattern.compile("(.*)\\.(\\d{1,9})", Pattern.DOTALL);

  /**
   * The name of a rule.
   *
   * @param index the rule's index in its run, from 0
   * @param rules number of rules in the run
   */
  public static RunName of(String run, int index, int rules) {
    return new RunName(run, rules == 1 ? 0 : index + 1);
  }

  /** Parses a name. */
  public static RunName parse(String name) {
    Matcher matcher = OF_A_RULE.matcher(name);
    return matcher.matches()
        ? new RunName(matcher.group(1), Integer.parseInt(matcher.group(2)))
        : new RunName(name, 0);
  }

  /** Whether a column holds the name of a run, or of one of its rules. */
  public static Column isOf(String run, Column name) {
    return name.equalTo(run).or(name.startsWith(run + "."));
  }

  /**
   * Whether a column holds the name of a rule; the only rule of a run has the run's name.
   *
   * @param index the rule's index in its run, from 0
   */
  public static Column isOfRule(int index, Column name) {
    Column numbered = name.endsWith("." + (index + 1));
    return index == 0 ? numbered.or(not(name.contains("."))) : numbered;
  }

  @Override
  public String toString() {
    return rule == 0 ? run : run + "." + rule;
  }
}
