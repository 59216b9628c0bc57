package io.camatlas.torchscript;

import io.camatlas.torchscript.Dependence.Kind;
import io.camatlas.torchscript.HeadValue.Contents;
import io.camatlas.torchscript.HeadValue.Group;
import io.camatlas.torchscript.HeadValue.Literal;
import io.camatlas.torchscript.HeadValue.Scalar;
import io.camatlas.torchscript.HeadValue.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What PyTorch's operations make of fixed, free and affine values.
 *
 * <p>Every operation that a proof may meet is on a list; any other ends the proof, as it may change
 * its arguments, draw random numbers, or return what it was given.
 */
final class HeadOperations {
  /**
   * Operations that are affine in some of their arguments. For each argument in turn: a is added to
   * the result, f is a factor, of an s only the shape and type matter, and all others have to be
   * fixed, as have those that are not mentioned.
   */
  private static final Map<String, String> AFFINE =
      table(
          """
          add aa, subtract aa, sub aa, rsub aa, neg a, negative a,
          mul ff, multiply ff, div f, divide f, true_divide f,
          matmul ff, mm ff, bmm ff, mv ff, dot ff, inner ff, outer ff, ger ff, kron ff,
          linear ffa, bilinear fffa, einsum .f, tensordot ff,
          conv1d ffa, conv2d ffa, conv3d ffa, convolution ffa, _convolution ffa,
          conv_transpose1d ffa, conv_transpose2d ffa, conv_transpose3d ffa,
          addmm aff, addmv aff, addbmm aff, baddbmm aff, addr aff, addcmul aff, addcdiv af,
          lerp aa, where .aa, copy sa, fill sa, zero s,
          cat a, concat a, concatenate a, stack a, hstack a, vstack a, dstack a, column_stack a,
          mean a, sum a, cumsum a, diff a, trace a, tril a, triu a, diag a, diag_embed a,
          avg_pool1d a, avg_pool2d a, avg_pool3d a,
          adaptive_avg_pool1d a, adaptive_avg_pool2d a, adaptive_avg_pool3d a,
          _adaptive_avg_pool2d a, _adaptive_avg_pool3d a,
          upsample_nearest1d a, upsample_nearest2d a, upsample_nearest3d a,
          upsample_linear1d a, upsample_bilinear2d a, upsample_trilinear3d a, upsample_bicubic2d a,
          _upsample_nearest_exact1d a, _upsample_nearest_exact2d a, _upsample_nearest_exact3d a, _upsample_bilinear2d_aa a, _upsample_bicubic2d_aa a,
          constant_pad_nd a, pad a, reflection_pad1d a, reflection_pad2d a, reflection_pad3d a,
          replication_pad1d a, replication_pad2d a, replication_pad3d a,
          im2col a, col2im a, flip a, fliplr a, flipud a, roll a, rot90 a, repeat a, tile a,
          repeat_interleave a, clone a, lift_fresh_copy a, index a, index_select a, gather a, take a,
          take_along_dim a, masked_select a, masked_fill a.a, masked_scatter a.a,
          index_fill a..a, index_copy a..a, index_add a..a, index_put a.a, scatter a..a,
          scatter_add a..a, slice_scatter aa, select_scatter aa, diagonal_scatter aa,
          """);

  /** The same of operations that may return a view of their first argument. */
  private static final Map<String, String> VIEWS =
      table(
          """
          view a, reshape a, flatten a, ravel a, permute a, transpose a, squeeze a, unsqueeze a,
          contiguous a, t a, numpy_T a, mT a, select a, slice a, narrow a, expand a, expand_as as,
          view_as as, reshape_as as, type_as as, movedim a, moveaxis a, swapaxes a, swapdims a,
          unflatten a, to ass, alias a, diagonal a, unfold a, atleast_1d a, atleast_2d a,
          atleast_3d a, as_tensor a, pixel_shuffle a, pixel_unshuffle a, channel_shuffle a,
          sum_to_size a, broadcast_to a, lift_fresh a, cpu a, cuda a, positive a,
          """);

  /** Return a list of views of their first argument. */
  private static final Set<String> SPLITTING =
      words(
          "chunk split split_with_sizes unbind tensor_split unsafe_chunk unsafe_split hsplit"
              + " vsplit dsplit");

  /** Return lists whose items may be their arguments. */
  private static final Set<String> PASSING = words("broadcast_tensors meshgrid");

  /** Their third argument says whether they are drawn. */
  private static final Set<String> DROPOUTS =
      words("dropout feature_dropout alpha_dropout feature_alpha_dropout");

  /** Their sixth argument says whether the batch's own statistics are taken, and kept. */
  private static final Set<String> NORMS_BY_MODE = words("batch_norm instance_norm");

  /** Not affine in anything, but they change nothing and return something new. */
  private static final Set<String> PURE =
      words(
          """
          relu relu6 sigmoid tanh hardtanh hardsigmoid hardswish silu mish gelu elu selu celu
          leaky_relu prelu softplus softshrink hardshrink
          log_sigmoid threshold glu softmax log_softmax _softmax _log_softmax logit erf erfc erfinv
          abs absolute square sqrt rsqrt pow float_power exp exp2 expm1 log log2 log10 log1p sin
          cos tan asin acos atan sinh cosh asinh acosh atanh atan2 arctan2 arctan arcsin arccos
          reciprocal clamp clamp_min clamp_max clip maximum minimum fmax fmin nan_to_num frac fmod
          remainder sinc xlogy logaddexp logsumexp hypot digamma lgamma
          max min amax amin aminmax prod cumprod cummax cummin median nanmedian mode kthvalue
          quantile std var std_mean var_mean norm linalg_norm linalg_vector_norm
          linalg_matrix_norm frobenius_norm dist cdist pdist pairwise_distance cosine_similarity
          sort msort topk renorm cross linalg_cross cov corrcoef nansum nanmean logcumsumexp
          max_pool1d max_pool2d max_pool3d max_pool2d_with_indices max_pool3d_with_indices
          adaptive_max_pool1d adaptive_max_pool2d adaptive_max_pool3d
          layer_norm native_layer_norm group_norm native_group_norm rms_norm
          grid_sampler grid_sampler_2d grid_sampler_3d affine_grid_generator embedding
          det logdet inverse linalg_inv pinverse matrix_power linalg_solve linalg_det
          scatter_reduce index_reduce polar complex
          cross_entropy_loss nll_loss nll_loss2d mse_loss l1_loss smooth_l1_loss huber_loss
          binary_cross_entropy binary_cross_entropy_with_logits kl_div
          _native_multi_head_attention
          """);

  /** Pure, and nothing is differentiated through them. */
  private static final Set<String> WITHOUT_GRADIENT =
      words(
          """
          gt lt ge le eq ne greater less greater_equal less_equal not_equal isclose
          logical_not logical_and logical_or logical_xor bitwise_not bitwise_and bitwise_or
          bitwise_xor __and__ __or__ __xor__ __lshift__ __rshift__ bitwise_left_shift
          bitwise_right_shift isnan isinf isfinite isposinf isneginf isin any all argmax argmin
          argsort searchsorted bucketize count_nonzero signbit sign floor ceil round trunc fix
          floor_divide nonzero argwhere _unique _unique2 unique_consecutive unique_dim
          bincount one_hot histc
          """);

  /** Of their first argument only shape and type matter; the others fill it. */
  private static final Set<String> LIKE =
      words("zeros_like ones_like full_like new_zeros new_ones new_full");

  private static final Set<String> CREATING =
      words(
          "zeros ones full arange range linspace logspace eye tensor scalar_tensor tril_indices"
              + " triu_indices hann_window");

  /** Give what differs from pass to pass: random numbers, or memory as it is found. */
  private static final Set<String> RANDOM =
      words(
          """
          rand randn randint randperm normal bernoulli multinomial poisson rand_like randn_like
          randint_like uniform random exponential geometric log_normal cauchy
          empty empty_like new_empty empty_strided new_empty_strided
          """);

  /** Of tensors whose elements the shape of the result depends on. */
  private static final Set<String> DATA_SHAPED =
      words(
          """
          nonzero nonzero_numpy argwhere masked_select _unique _unique2 unique_consecutive
          unique_dim bincount one_hot repeat_interleave tensor_split
          """);

  /** Numbers among their arguments say nothing about the result's shape. */
  private static final Set<String> ELEMENTWISE =
      words(
          "add sub rsub mul div pow clamp clamp_min clamp_max maximum minimum gt lt ge le eq ne"
              + " where masked_fill fill full_like lerp remainder fmod floor_divide addcmul"
              + " addcdiv");

  /** Of a tensor alone they make one number. */
  private static final Set<String> REDUCING =
      words("mean sum prod max min amax amin std var median any all argmax argmin count_nonzero");

  /** Tell of a tensor's form or type only. */
  private static final Set<String> FORM =
      words(
          """
          size sym_size dim numel sym_numel len stride storage_offset is_floating_point
          is_complex is_contiguous element_size get_device is_same_size is_signed
          dtype device layout is_cuda is_cpu is_quantized is_sparse is_mkldnn is_mps is_meta
          requires_grad is_leaf is_nested itemsize type
          """);

  /** Give a number that is read from a tensor. */
  private static final Set<String> READING =
      words(
          "item equal allclose is_nonzero Int Float Bool ScalarImplicit IntImplicit"
              + " FloatImplicit");

  /** Operations on numbers and texts; of tensors, some of them are listed above as well. */
  private static final Set<String> ARITHMETIC =
      words(
          """
          add sub mul div floordiv remainder mathremainder fmod pow neg abs ceil floor
          round trunc sqrt exp log log2 log10 log1p sin cos tan atan2 gt ge lt le eq ne __not__
          __and__ __or__ __xor__ __lshift__ __rshift__ __is__ __isnot__ __contains__ min max sum any
          all len gcd isnan isinf isfinite Int Float Bool str format ord chr hex oct bin
          __range_length __derive_index startswith endswith lower upper strip join replace find
          warn degrees radians factorial percentFormat is_autocast_enabled is_autocast_cpu_enabled
          is_grad_enabled
          """);

  /** Ask what something is, not how large. */
  private static final Set<String> ASKING = words("__is__ __isnot__ __contains__");

  private static final Set<String> LIST_CHANGES =
      words(
          "append extend insert _set_item pop clear reverse sort Delete update setdefault popitem"
              + " remove add_ mul_");

  private static final Set<String> LIST_COPIES =
      words("list copy slice add mul sorted values keys items dict");

  private final HeadMemory memory;

  HeadOperations(HeadMemory memory) {
    this.memory = memory;
  }

  private static Map<String, String> table(String text) {
    Map<String, String> table = new HashMap<>();
    for (String entry : text.strip().split(",\\s*")) {
      String[] parts = entry.split(" ");
      table.put(parts[0], parts[1]);
    }
    return Map.copyOf(table);
  }

  private static Set<String> words(String text) {
    return Set.copyOf(new HashSet<>(List.of(text.strip().split("\\s+"))));
  }

  /**
   * Applies an operation.
   *
   * @param name without {@code torch.}
   * @param arguments in order
   * @param names of the arguments, empty where they are positional
   * @param path the way to the expression
   * @param expression that is evaluated
   * @throws ArchiveException if it is not known what the operation does
   */
  HeadValue apply(
      String name,
      List<HeadValue> arguments,
      List<String> names,
      HeadMemory.Path path,
      Object expression) {
    String operation = "torch." + name;
    HeadValue first = arguments.isEmpty() ? Literal.NONE : arguments.get(0);
    for (HeadValue argument : arguments) {
      if (argument instanceof HeadValue.Blurred || argument instanceof HeadValue.Module) {
        throw new ArchiveException(operation + " of a value that is not understood");
      }
    }
    if (names.contains("out")) {
      throw new ArchiveException(operation + " writes to an argument");
    }
    if (FORM.contains(name)) {
      return form(name, arguments, path, expression);
    }
    boolean tensors = arguments.stream().anyMatch(value -> value.tensors().findAny().isPresent());
    if (first instanceof Group group) {
      if (LIST_CHANGES.contains(name)) {
        return change(name, group, arguments);
      }
      if (LIST_COPIES.contains(name)) {
        return copy(name, group, arguments, path, expression);
      }
      if (name.equals("get")) {
        HeadValue found = group.item(arguments.get(1));
        return found.join(arguments.size() > 2 ? arguments.get(2) : Literal.NONE);
      }
    }
    boolean makesTensor = tensors || CREATING.contains(name) || RANDOM.contains(name);
    if (!makesTensor || READING.contains(name) || ASKING.contains(name)) {
      return number(name, arguments, tensors);
    }
    if (name.endsWith("_") && !name.endsWith("__")) {
      return inPlace(name.substring(0, name.length() - 1), arguments, names);
    }
    if (SPLITTING.contains(name) || PASSING.contains(name)) {
      return split(name, arguments, path, expression);
    }
    if (isUndrawn(name, arguments)) {
      return first;
    }
    if (first instanceof Tensor tensor && name.equals("detach")) {
      return tensor.withoutGradient();
    }
    if (first instanceof Tensor tensor && VIEWS.containsKey(name)) {
      return view(name, tensor, arguments);
    }
    return compute(name, arguments, names, path, expression);
  }

  private HeadValue split(
      String name, List<HeadValue> arguments, HeadMemory.Path path, Object expression) {
    boolean chosen = atLeastFree(arguments.subList(1, arguments.size()));
    boolean freeForm = freeForm(name, arguments);
    HeadValue all = null;
    for (Tensor tensor : (Iterable<Tensor>) arguments.get(0).tensors()::iterator) {
      Tensor view = tensor.view(chosen, freeForm);
      all = all == null ? view : all.join(view);
    }
    return memory.list(path, expression, all, freeForm);
  }

  private static Tensor view(String name, Tensor tensor, List<HeadValue> arguments) {
    if (name.equals("view") && !(arguments.size() == 2 && arguments.get(1) instanceof Group)) {
      throw new ArchiveException("torch.view reads a tensor as another type");
    }
    return tensor.view(isPlacedByImage(VIEWS.get(name), arguments), freeForm(name, arguments));
  }

  /** An operation whose result is new. */
  private HeadValue compute(
      String name,
      List<HeadValue> arguments,
      List<String> names,
      HeadMemory.Path path,
      Object expression) {
    boolean freeForm = freeForm(name, arguments);
    Dependence result = dependence(name, arguments, names);
    if (NORMS_BY_MODE.contains(name) && !isFixedNorm(arguments)) {
      for (HeadValue statistics : arguments.subList(3, Math.min(5, arguments.size()))) {
        if (statistics instanceof Tensor kept) {
          memory.write(kept, result, "torch." + name);
        }
      }
    }
    Tensor made = memory.make(path, expression, result, freeForm);
    if (isNonzero(name, arguments)) {
      return memory.list(path, expression, made, freeForm);
    }
    if (name.equals("einsum") && arguments.get(1).tensors().count() == 1) {
      // It may be a view.
      return made.join(arguments.get(1).tensors().findFirst().orElseThrow());
    }
    return made;
  }

  /** Whether it is dropout that leaves its argument as it is. */
  private static boolean isUndrawn(String name, List<HeadValue> arguments) {
    return DROPOUTS.contains(name) && arguments.size() > 2 && arguments.get(2).is("False");
  }

  /** Whether it lists the indices of what is not zero, for each dimension. */
  private static boolean isNonzero(String name, List<HeadValue> arguments) {
    return name.equals("nonzero_numpy") || (name.equals("where") && arguments.size() == 1);
  }

  /** An operation of another library that changes nothing and returns something new. */
  HeadValue pure(String name, List<HeadValue> arguments, HeadMemory.Path path, Object expression) {
    Dependence worst = worst(arguments);
    return memory.make(
        path,
        expression,
        worst.kind() == Kind.AFFINE ? Dependence.other(name) : worst,
        atLeastFree(arguments));
  }

  /** Whether the image decides which part of its argument a view shows. */
  private static boolean isPlacedByImage(String roles, List<HeadValue> arguments) {
    boolean placed = false;
    for (int i = 1; i < arguments.size(); i++) {
      HeadValue argument = arguments.get(i);
      boolean shapeOnly = i < roles.length() && roles.charAt(i) == 's';
      boolean free = !shapeOnly && argument.dependence().atLeast(Kind.FREE);
      placed |= free || argument.hasFreeForm();
    }
    return placed;
  }

  private HeadValue form(
      String name, List<HeadValue> arguments, HeadMemory.Path path, Object expression) {
    HeadValue first = arguments.get(0);
    boolean free =
        (first instanceof Group group ? group.hasFreeLength() : first.hasFreeForm())
            || atLeastFree(arguments.subList(1, arguments.size()));
    boolean all =
        arguments.size() == 1 && Set.of("size", "sym_size", "stride", "shape").contains(name);
    return all ? memory.list(path, expression, new Scalar(free), free) : new Scalar(free);
  }

  private static boolean atLeastFree(List<HeadValue> values) {
    return values.stream()
        .anyMatch(value -> value.dependence().atLeast(Kind.FREE) || value.hasFreeForm());
  }

  private HeadValue number(String name, List<HeadValue> arguments, boolean tensors) {
    if (!ARITHMETIC.contains(name) && !READING.contains(name)) {
      throw new ArchiveException("torch." + name + " is not known to change nothing");
    }
    HeadValue first = arguments.isEmpty() ? Literal.NONE : arguments.get(0);
    Optional<Boolean> known = folded(name, arguments);
    if (known.isPresent()) {
      return new Literal(known.get() ? "True" : "False");
    }
    boolean same = name.equals("__is__");
    if (same || name.equals("__isnot__")) {
      // Only whether there is something, not what.
      return new Scalar(arguments.stream().anyMatch(HeadValue::hasFreeForm));
    }
    if (name.equals("warn")) {
      return Literal.NONE;
    }
    if (name.equals("__contains__") && tensors) {
      // Of a dictionary, whose keys are what is asked for.
      boolean length = first instanceof Group group && group.hasFreeLength();
      return new Scalar(length || atLeastFree(arguments.subList(1, arguments.size())));
    }
    return new Scalar(atLeastFree(arguments));
  }

  /** The result where it follows from literals. */
  private static Optional<Boolean> folded(String name, List<HeadValue> arguments) {
    if (arguments.isEmpty() || arguments.size() > 2) {
      return Optional.empty();
    }
    HeadValue second = arguments.get(arguments.size() - 1);
    if (arguments.get(0) instanceof Group group && name.equals("__contains__")) {
      List<HeadValue> parts = items(group);
      return parts != null && parts.stream().allMatch(part -> comparable(part, second))
          ? Optional.of(parts.contains(second))
          : Optional.empty();
    }
    if (!(arguments.get(0) instanceof Literal first)) {
      return Optional.empty();
    }
    boolean equal = first.equals(second);
    return switch (name) {
      case "__not__" -> Optional.of(!first.is("True"));
      case "__is__", "__isnot__" ->
          second.is("None") ? Optional.of(equal == name.equals("__is__")) : Optional.empty();
      case "eq", "ne" ->
          comparable(first, second) ? Optional.of(equal == name.equals("eq")) : Optional.empty();
      default -> Optional.empty();
    };
  }

  /** Whether two literals are equal just where their texts are. */
  private static boolean comparable(HeadValue one, HeadValue two) {
    return one instanceof Literal first
        && two instanceof Literal second
        && Stream.of("\"[\\w -]*\"", "-?\\d{1,9}", "True|False")
            .anyMatch(kind -> first.text().matches(kind) && second.text().matches(kind));
  }

  /** The items of a list in order, or null where they are not known. */
  private static List<HeadValue> items(Group group) {
    Contents only = group.contents().size() == 1 ? group.contents().iterator().next() : null;
    boolean listed =
        only != null
            && only.parts() != null
            && !group.hasFreeLength()
            && only.keys().stream().allMatch(String::isEmpty);
    return listed ? List.copyOf(only.parts()) : null;
  }

  private HeadValue change(String name, Group target, List<HeadValue> arguments) {
    String operation = "torch." + name;
    List<HeadValue> others = arguments.subList(1, arguments.size());
    switch (name) {
      case "append" -> memory.add(target, others.get(0), true, operation);
      case "insert" -> memory.add(target, others.get(1), false, operation);
      case "extend", "add_" -> extend(target, others.get(0), operation);
      case "update" -> extend(target, others.get(0), operation);
      case "_set_item" -> memory.put(target, others.get(0), others.get(1), operation);
      case "setdefault" -> {
        memory.add(target, others.get(1), false, operation);
        return target.item(others.get(0));
      }
      default -> {
        boolean byImage = atLeastFree(others) || memory.isDecided();
        HeadValue item = target.item(new Scalar(byImage));
        memory.shuffle(target, byImage, operation);
        return name.equals("pop") ? item : Literal.NONE;
      }
    }
    if (name.equals("insert") && atLeastFree(others.subList(0, 1))) {
      memory.shuffle(target, true, operation);
    }
    return target;
  }

  private void extend(Group target, HeadValue source, String operation) {
    if (!(source instanceof Group group)) {
      throw new ArchiveException(operation + " of something that is no list");
    }
    List<HeadValue> parts = items(group);
    if (parts != null) {
      parts.forEach(part -> memory.add(target, part, true, operation));
      return;
    }
    memory.add(target, group.item(new Scalar(false)), false, operation);
    if (group.hasFreeLength()) {
      memory.shuffle(target, true, operation);
    }
  }

  private HeadValue copy(
      String name,
      Group source,
      List<HeadValue> arguments,
      HeadMemory.Path path,
      Object expression) {
    List<HeadValue> others = arguments.subList(1, arguments.size());
    boolean free =
        source.hasFreeLength()
            || atLeastFree(others.stream().filter(o -> !(o instanceof Group)).toList());
    Contents only = source.contents().size() == 1 ? source.contents().iterator().next() : null;
    boolean exact = only != null && only.parts() != null && !free;
    if (exact && Set.of("list", "copy", "values").contains(name)) {
      boolean values = name.equals("values");
      List<String> keys =
          values ? only.parts().stream().map(part -> "").toList() : List.copyOf(only.keys());
      return memory.group(path, expression, List.copyOf(only.parts()), keys);
    }
    if (name.equals("keys")) {
      return memory.list(path, expression, new Scalar(free), free);
    }
    HeadValue any = source.item(new Scalar(free));
    if (name.equals("add") && others.get(0) instanceof Group other) {
      free |= other.hasFreeLength();
      List<HeadValue> second = items(other);
      if (exact && !free && second != null) {
        List<HeadValue> both = new ArrayList<>(only.parts());
        both.addAll(second);
        return memory.group(path, expression, both, both.stream().map(part -> "").toList());
      }
      any = any.join(other.item(new Scalar(free)));
    }
    if (name.equals("items")) {
      any = memory.group(path, source, List.of(new Scalar(free), any), List.of("", ""));
    }
    return memory.list(path, expression, any, free);
  }

  private HeadValue inPlace(String base, List<HeadValue> arguments, List<String> names) {
    String operation = "torch." + base + "_";
    if (!(arguments.get(0) instanceof Tensor target)) {
      throw new ArchiveException(operation + " of something that is no tensor");
    }
    if (isUndrawn(base, arguments)) {
      return target;
    }
    boolean placed = VIEWS.containsKey(base) && atLeastFree(arguments.subList(1, arguments.size()));
    if (placed || base.equals("detach") || DATA_SHAPED.contains(base)) {
      throw new ArchiveException(operation + " changes more than numbers");
    }
    memory.write(target, dependence(base, arguments, names), operation);
    return target;
  }

  private static boolean freeForm(String name, List<HeadValue> arguments) {
    if (arguments.size() == 1 && REDUCING.contains(name)) {
      return false;
    }
    boolean free = false;
    for (HeadValue argument : arguments) {
      boolean said = argument instanceof Scalar && ELEMENTWISE.contains(name);
      free |= !said && argument.hasFreeForm();
    }
    if (DATA_SHAPED.contains(name) || isNonzero(name, arguments)) {
      boolean bySecond =
          Set.of("repeat_interleave", "masked_select", "tensor_split").contains(name);
      free |=
          atLeastFree(
              arguments.subList(bySecond && arguments.size() > 1 ? 1 : 0, arguments.size()));
    }
    if (name.equals("index") && arguments.size() > 1) {
      // It may be a mask.
      free |= arguments.get(1).dependence().atLeast(Kind.FREE);
    }
    return free;
  }

  private static Dependence worst(List<HeadValue> values) {
    Dependence worst = Dependence.FIXED;
    for (HeadValue value : values) {
      worst = worst.join(value.dependence());
    }
    return worst;
  }

  /** How the numbers depend on image and layer that an operation computes. */
  private static Dependence dependence(String name, List<HeadValue> arguments, List<String> names) {
    Dependence worst = worst(arguments);
    String operation = "torch." + name;
    if (RANDOM.contains(name)) {
      return worst.join(Dependence.FREE).withoutGradient();
    }
    if (LIKE.contains(name)) {
      Dependence filled = worst(arguments.subList(1, arguments.size()));
      return arguments.get(0).hasFreeForm() ? filled.join(Dependence.FREE) : filled;
    }
    if (WITHOUT_GRADIENT.contains(name) || isNonzero(name, arguments)) {
      return worst.withoutGradient();
    }
    if (name.equals("scaled_dot_product_attention")) {
      // Query, key, value, mask, dropout.
      boolean drawn = arguments.size() > 4 && !arguments.get(4).is("0.");
      Dependence attended = drawn ? worst.join(Dependence.FREE) : worst;
      return attended.kind() == Kind.AFFINE ? Dependence.other(operation) : attended;
    }
    if (DROPOUTS.contains(name) || name.equals("rrelu")) {
      Dependence free = worst.join(Dependence.FREE);
      Dependence drawn = free.atLeast(Kind.AFFINE) ? Dependence.other(operation) : free;
      return isUndrawn(name, arguments) ? worst : drawn;
    }
    if (NORMS_BY_MODE.contains(name)) {
      boolean affine =
          isFixedNorm(arguments)
              && worst(arguments.subList(1, arguments.size())).isFixed()
              && arguments.get(3) instanceof Tensor
              && arguments.get(4) instanceof Tensor;
      return worst.kind() == Kind.AFFINE && !affine ? Dependence.other(operation) : worst;
    }
    String roles = AFFINE.getOrDefault(name, VIEWS.get(name));
    if (roles != null) {
      return affine(operation, roles, arguments, names);
    }
    if (PURE.contains(name) || CREATING.contains(name)) {
      return worst.kind() == Kind.AFFINE ? Dependence.other(operation) : worst;
    }
    throw new ArchiveException(operation + " is not known to change nothing");
  }

  private static boolean isFixedNorm(List<HeadValue> arguments) {
    return arguments.size() > 5 && arguments.get(5).is("False");
  }

  private static Dependence affine(
      String operation, String roles, List<HeadValue> arguments, List<String> names) {
    Dependence sum = Dependence.FIXED;
    Dependence product = Dependence.FIXED;
    Dependence rest = Dependence.FIXED;
    int affineFactors = 0;
    int freeFactors = 0;
    boolean freeForm = false;
    boolean unusual = false;
    for (int i = 0; i < arguments.size(); i++) {
      HeadValue argument = arguments.get(i);
      boolean named = !names.get(i).isEmpty();
      char role = named || i >= roles.length() ? '.' : roles.charAt(i);
      unusual |= Set.of("rounding_mode", "reduce").contains(names.get(i)) && !argument.is("None");
      freeForm |= !(argument instanceof Scalar) && argument.hasFreeForm();
      switch (role) {
        case 'a' -> sum = sum.join(argument.dependence());
        case 's' -> rest = argument.hasFreeForm() ? rest.join(Dependence.FREE) : rest;
        case 'f' -> {
          for (Dependence factor : factors(argument)) {
            product = product.join(factor);
            affineFactors += factor.atLeast(Kind.AFFINE) ? 1 : 0;
            freeFactors += factor.kind() == Kind.FREE ? 1 : 0;
          }
        }
        default -> rest = rest.join(argument.dependence());
      }
    }
    Dependence worst = sum.join(product).join(rest);
    boolean proper =
        rest.isFixed()
            && !freeForm
            && !unusual
            && affineFactors + (affineFactors > 0 ? freeFactors : 0) <= 1;
    return worst.kind() == Kind.AFFINE && !proper ? Dependence.other(operation) : worst;
  }

  /** The items of a list are multiplied with one another; where they are not known, twice each. */
  private static List<Dependence> factors(HeadValue value) {
    if (!(value instanceof Group group)) {
      return List.of(value.dependence());
    }
    List<HeadValue> parts = items(group);
    return parts == null
        ? List.of(group.dependence(), group.dependence())
        : parts.stream().map(HeadValue::dependence).toList();
  }
}
