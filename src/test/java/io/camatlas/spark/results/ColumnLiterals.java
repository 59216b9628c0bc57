package io.camatlas.spark.results;

import com.sun.source.tree.AssignmentTree;
import com.sun.source.tree.BinaryTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ConditionalExpressionTree;
import com.sun.source.tree.EnhancedForLoopTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.LambdaExpressionTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MemberReferenceTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.NewArrayTree;
import com.sun.source.tree.ParenthesizedTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.TypeCastTree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.ToolProvider;

/**
 * Finds string literals that name columns.
 *
 * <p>A word such as "images" or "model" is also an option, a key of JSON or a label of a page. So a
 * literal counts where it gets to a call that takes the names of columns: as an argument, or by way
 * of a variable, an array, a list, a loop, or a parameter of a method that is declared in the
 * sources. SQL counts where one of its words is a column. Only files that import Spark's SQL are
 * read.
 */
final class ColumnLiterals {
  /** Calls of Spark whose texts are names of columns. */
  private static final Set<String> NAMES =
      Set.of(
          "add",
          "agg",
          "alias",
          "apply",
          "as",
          "avg",
          "col",
          "collect_list",
          "collect_set",
          "column",
          "contains",
          "count",
          "countDistinct",
          "cube",
          "drop",
          "dropDuplicates",
          "fieldIndex",
          "first",
          "getAs",
          "getField",
          "getFieldIndex",
          "groupBy",
          "join",
          "last",
          "max",
          "mean",
          "min",
          "orderBy",
          "partitionBy",
          "repartitionByRange",
          "rollup",
          "select",
          "sort",
          "sortWithinPartitions",
          "struct",
          "sum",
          "withColumn",
          "withColumnRenamed");

  /** Calls of Spark whose texts are SQL. */
  private static final Set<String> SQL = Set.of("expr", "filter", "selectExpr", "sql", "where");

  /** Calls that only gather what they are given, by the names of their classes. */
  private static final Set<String> GATHERING =
      Set.of("Arrays.asList", "Arrays.stream", "List.of", "Set.of", "Stream.of");

  /** Calls that hand on what is in their receiver. */
  private static final Set<String> HANDING_ON =
      Set.of("anyMatch", "flatMap", "forEach", "iterator", "map", "stream", "toArray", "toList");

  private static final Pattern WORD = Pattern.compile("'[^']*'|[A-Za-z_]\\w*(?:\\s*\\()?");

  /**
   * A literal that names a column.
   *
   * @param file without its folders
   */
  record Found(String file, long line, String column) {
    @Override
    public String toString() {
      return file + ":" + line + " \"" + column + "\"";
    }
  }

  private final Set<String> columns;
  private final Map<String, Set<String>> edges = new HashMap<>();
  private final List<Literal> literals = new ArrayList<>();
  private Trees trees;

  private record Literal(String file, long line, String text, String to) {}

  private static final String TO_NAMES = "names";
  private static final String TO_SQL = "SQL";

  private ColumnLiterals(Set<String> columns) {
    this.columns = columns;
  }

  /**
   * Reads sources; they need not compile.
   *
   * @param columns names that are looked for
   */
  static List<Found> in(List<? extends JavaFileObject> sources, Set<String> columns)
      throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    JavacTask task =
        (JavacTask) compiler.getTask(null, null, any -> {}, List.of("-proc:none"), null, sources);
    ColumnLiterals reader = new ColumnLiterals(columns);
    reader.trees = Trees.instance(task);
    for (CompilationUnitTree unit : task.parse()) {
      if (unit.getImports().stream()
          .anyMatch(
              name ->
                  name.getQualifiedIdentifier().toString().startsWith("org.apache.spark.sql"))) {
        reader.new Reader(unit).scan(unit, null);
      }
    }
    return reader.found();
  }

  private List<Found> found() {
    Set<String> named = reaching(TO_NAMES);
    Set<String> spoken = reaching(TO_SQL);
    List<Found> found = new ArrayList<>();
    for (Literal literal : literals) {
      if (named.contains(literal.to) && columns.contains(literal.text)) {
        found.add(new Found(literal.file, literal.line, literal.text));
      }
      if (spoken.contains(literal.to)) {
        Matcher words = WORD.matcher(literal.text);
        while (words.find()) {
          if (columns.contains(words.group())) {
            found.add(new Found(literal.file, literal.line, words.group()));
          }
        }
      }
    }
    return found;
  }

  /** Everything from where a text gets to a kind of calls. */
  private Set<String> reaching(String end) {
    Set<String> reaching = new HashSet<>(Set.of(end));
    boolean more = true;
    while (more) {
      more = false;
      for (Map.Entry<String, Set<String>> edge : edges.entrySet()) {
        if (!reaching.contains(edge.getKey())
            && edge.getValue().stream().anyMatch(reaching::contains)) {
          more = reaching.add(edge.getKey());
        }
      }
    }
    return reaching;
  }

  /** Notes where literals and variables of one file go. */
  private final class Reader extends TreePathScanner<Void, Void> {
    private final CompilationUnitTree unit;
    private final String file;
    private final boolean hasTables;

    Reader(CompilationUnitTree unit) {
      this.unit = unit;
      String path = unit.getSourceFile().getName();
      this.file = path.substring(path.lastIndexOf('/') + 1);
      String room = String.valueOf(unit.getPackageName());
      this.hasTables = room.endsWith(".spark.results") || room.endsWith(".spark.input");
    }

    @Override
    public Void visitLiteral(LiteralTree literal, Void none) {
      if (literal.getValue() instanceof String text && !isDeclaration()) {
        SourcePositions positions = trees.getSourcePositions();
        long line = unit.getLineMap().getLineNumber(positions.getStartPosition(unit, literal));
        for (String to : destinations(getCurrentPath())) {
          literals.add(new Literal(file, line, text, to));
        }
      }
      return null;
    }

    /** Where a table's class gives a column its name. */
    private boolean isDeclaration() {
      TreePath parent = getCurrentPath().getParentPath();
      return hasTables
          && parent.getLeaf() instanceof VariableTree variable
          && parent.getParentPath().getLeaf() instanceof ClassTree
          && variable
              .getModifiers()
              .getFlags()
              .containsAll(Set.of(Modifier.STATIC, Modifier.FINAL));
    }

    @Override
    public Void visitIdentifier(IdentifierTree identifier, Void none) {
      goes(variable(identifier.getName().toString()), destinations(getCurrentPath()));
      return super.visitIdentifier(identifier, null);
    }

    @Override
    public Void visitVariable(VariableTree variable, Void none) {
      Set<Modifier> flags = variable.getModifiers().getFlags();
      boolean seenElsewhere = flags.contains(Modifier.STATIC) && !flags.contains(Modifier.PRIVATE);
      if (seenElsewhere
          && variable.getType() != null
          && variable.getType().toString().equals("String")) {
        // What other files do with it is not known; in a file of Spark's it names a column.
        goes(variable(variable.getName().toString()), Set.of(TO_NAMES));
      }
      return super.visitVariable(variable, null);
    }

    @Override
    public Void visitMethod(MethodTree method, Void none) {
      String owner = owner(getCurrentPath());
      for (int i = 0; i < method.getParameters().size(); i++) {
        String parameter = variable(method.getParameters().get(i).getName().toString());
        int all = method.getParameters().size();
        goes(parameter(owner, method.getName().toString(), all, i), Set.of(parameter));
      }
      return super.visitMethod(method, null);
    }

    private static String owner(TreePath path) {
      TreePath at = path;
      while (!(at.getLeaf() instanceof ClassTree)) {
        at = at.getParentPath();
      }
      return ((ClassTree) at.getLeaf()).getSimpleName().toString();
    }

    private void goes(String from, Set<String> to) {
      edges.computeIfAbsent(from, any -> new HashSet<>()).addAll(to);
    }

    private String variable(String name) {
      return file + " " + name;
    }

    private static String parameter(String owner, String method, int all, int index) {
      return owner + "." + method + "/" + all + " " + index;
    }

    /** Where the value of an expression goes. */
    private Set<String> destinations(TreePath path) {
      Tree self = path.getLeaf();
      Tree parent = path.getParentPath().getLeaf();
      if (parent instanceof ParenthesizedTree
          || parent instanceof TypeCastTree
          || parent instanceof NewArrayTree) {
        return destinations(path.getParentPath());
      }
      if (parent instanceof ConditionalExpressionTree choice) {
        return choice.getCondition() == self ? Set.of() : destinations(path.getParentPath());
      }
      if (parent instanceof BinaryTree) {
        // A part of a text is SQL, but no name.
        Set<String> whole = new HashSet<>(destinations(path.getParentPath()));
        whole.remove(TO_NAMES);
        return whole;
      }
      if (parent instanceof VariableTree variable && variable.getInitializer() == self) {
        return Set.of(variable(variable.getName().toString()));
      }
      if (parent instanceof AssignmentTree assignment && assignment.getExpression() == self) {
        return Set.of(variable(assignment.getVariable().toString()));
      }
      if (parent instanceof EnhancedForLoopTree loop && loop.getExpression() == self) {
        return Set.of(variable(loop.getVariable().getName().toString()));
      }
      if (parent instanceof MemberSelectTree
          && path.getParentPath().getParentPath().getLeaf() instanceof MethodInvocationTree call
          && call.getMethodSelect() == parent) {
        return handedOn(call, path.getParentPath().getParentPath());
      }
      if (parent instanceof MethodInvocationTree call && call.getArguments().contains(self)) {
        return taken(call, path.getParentPath(), self);
      }
      return Set.of();
    }

    /** What a call does with the receiver's elements. */
    private Set<String> handedOn(MethodInvocationTree call, TreePath path) {
      if (!HANDING_ON.contains(name(call))) {
        return Set.of();
      }
      Set<String> to = new HashSet<>(destinations(path));
      for (ExpressionTree argument : call.getArguments()) {
        if (argument instanceof LambdaExpressionTree lambda) {
          lambda.getParameters().forEach(one -> to.add(variable(one.getName().toString())));
        } else if (argument instanceof MemberReferenceTree reference
            && NAMES.contains(reference.getName().toString())) {
          to.add(TO_NAMES);
        }
      }
      return to;
    }

    /** What a call does with an argument. */
    private Set<String> taken(MethodInvocationTree call, TreePath path, Tree argument) {
      String name = name(call);
      String receiver =
          call.getMethodSelect() instanceof MemberSelectTree select
              ? select.getExpression().toString()
              : "";
      String simple = receiver.substring(receiver.lastIndexOf('.') + 1);
      if (GATHERING.contains(simple + "." + name)) {
        return destinations(path);
      }
      int all = call.getArguments().size();
      Set<String> to = new HashSet<>();
      if (receiver.isEmpty() || isClass(simple)) {
        String owner = receiver.isEmpty() ? owner(path) : simple;
        to.add(parameter(owner, name, all, call.getArguments().indexOf(argument)));
      }
      boolean notSparks =
          (isClass(simple) && !simple.equals("Window"))
              || (name.equals("apply") && all > 1)
              || (name.equals("add") && !addsColumn(call))
              || (receiver.isEmpty() && edges.containsKey(parameter(owner(path), name, all, 0)));
      if (NAMES.contains(name) && !notSparks) {
        to.add(TO_NAMES);
      }
      if (SQL.contains(name)) {
        to.add(TO_SQL);
      }
      return to;
    }

    /** Schemas and lists are both added to; a column comes with its type. */
    private static boolean addsColumn(MethodInvocationTree call) {
      List<? extends ExpressionTree> given = call.getArguments();
      return given.size() > 2
          || (given.size() == 2
              && given.get(1).toString().toUpperCase(Locale.ROOT).contains("TYPE"));
    }

    private static boolean isClass(String name) {
      return name.matches("[A-Z]\\w*[a-z]\\w*");
    }

    private static String name(MethodInvocationTree call) {
      return call.getMethodSelect() instanceof MemberSelectTree select
          ? select.getIdentifier().toString()
          : call.getMethodSelect().toString();
    }
  }
}
