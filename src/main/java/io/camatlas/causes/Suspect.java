package io.camatlas.causes;

import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/** What a class may be recognised by; an experiment shows whether it is. */
public sealed interface Suspect extends Serializable {
  /** Index of the class among the network's. */
  int classIndex();

  /** Which images are tested as those of the class. */
  enum Subjects {
    /** Those that are labelled so; without labels, those that are predicted so. */
    LABELLED,
    /** Those that are predicted so, whatever their labels. */
    PREDICTED
  }

  /** Which images are tested as those of the class. */
  Subjects subjects();

  /** The tests that are made of it, in the order of the tables. */
  List<CauseTest> tests();

  /** Its place, if that is the same in each image. */
  default Optional<Place> at() {
    return Optional.empty();
  }

  /** Whether as much elsewhere, or as strong feature maps, are there to compare with. */
  default boolean hasControl() {
    return true;
  }

  /**
   * A place of the picture.
   *
   * @param place where the class's maps are dense
   * @param elsewhere as much of the picture where they are not; empty if no such place is left
   * @param subjects which images are images of the class
   */
  record OfPlace(int classIndex, Place place, Optional<Place> elsewhere, Subjects subjects)
      implements Suspect {
    // Optional is not serializable, and tasks need no more than the two places.
    private Object writeReplace() {
      return new Sent(classIndex, place, elsewhere.orElse(null), subjects);
    }

    @Override
    public List<CauseTest> tests() {
      return CauseTest.OF_PLACES;
    }

    @Override
    public Optional<Place> at() {
      return Optional.of(place);
    }

    @Override
    public boolean hasControl() {
      return elsewhere.isPresent();
    }

    private record Sent(int classIndex, Place place, Place elsewhere, Subjects subjects)
        implements Serializable {
      private Object readResolve() {
        return new OfPlace(classIndex, place, Optional.ofNullable(elsewhere), subjects);
      }
    }
  }

  /**
   * A place in which the class's pictures show something that others do not.
   *
   * @param pattern what was found in the pictures
   * @param elsewhere as much of the picture where the class's maps mark least; empty if no such
   *     place is left
   */
  record OfPattern(int classIndex, FixedPattern pattern, Optional<Place> elsewhere)
      implements Suspect {
    @Override
    public Subjects subjects() {
      return Subjects.LABELLED;
    }

    @Override
    public List<CauseTest> tests() {
      return CauseTest.OF_PLACES;
    }

    @Override
    public Optional<Place> at() {
      return Optional.of(pattern.place());
    }

    @Override
    public boolean hasControl() {
      return elsewhere.isPresent();
    }

    // As above.
    private Object writeReplace() {
      return new SentPattern(classIndex, pattern, elsewhere.orElse(null));
    }

    private record SentPattern(int classIndex, FixedPattern pattern, Place elsewhere)
        implements Serializable {
      private Object readResolve() {
        return new OfPattern(classIndex, pattern, Optional.ofNullable(elsewhere));
      }
    }
  }

  /**
   * The part that each map marks most, where it shows the same thing pixel by pixel in many images,
   * wherever it lies.
   *
   * @param repeats in how many
   * @param images ids of those in which it is, as far as they were compared: they are tested. Known
   *     only while they are chosen
   */
  record OfRepeat(int classIndex, Repeats repeats, List<String> images) implements Suspect {
    public OfRepeat {
      images = List.copyOf(images);
    }

    /** Of these, the images whose parts are repeated. */
    @Override
    public Subjects subjects() {
      return Subjects.PREDICTED;
    }

    @Override
    public List<CauseTest> tests() {
      return List.of(CauseTest.PASTE);
    }
  }

  /**
   * The second part of each image, wherever it lies: see {@link SecondPart}. Every class has it, so
   * it is judged by comparison with the others.
   */
  record OfSecondPart(int classIndex) implements Suspect {
    /** Of these, the images whose predicted class was explained. */
    @Override
    public Subjects subjects() {
      return Subjects.PREDICTED;
    }

    @Override
    public List<CauseTest> tests() {
      return List.of(CauseTest.PASTE);
    }
  }

  /**
   * What a group of the class's images has in common: a place of the picture, or of each image the
   * part that its map marks most; see {@link MainPart}. Some part of every image is enough for its
   * class, so it is judged beside the class's other images.
   *
   * @param number the strategy's, in its class
   * @param place where the group's maps are dense and those of the others are not; empty if that is
   *     in no one place
   */
  record OfStrategy(int classIndex, int number, Optional<Place> place) implements Suspect {
    /** Of these, the images of the group. */
    @Override
    public Subjects subjects() {
      return Subjects.PREDICTED;
    }

    @Override
    public List<CauseTest> tests() {
      return CauseTest.OF_STRATEGIES;
    }

    @Override
    public Optional<Place> at() {
      return place;
    }

    // As above.
    private Object writeReplace() {
      return new SentStrategy(classIndex, number, place.orElse(null));
    }

    private record SentStrategy(int classIndex, int number, Place place) implements Serializable {
      private Object readResolve() {
        return new OfStrategy(classIndex, number, Optional.ofNullable(place));
      }
    }
  }

  /**
   * A feature map.
   *
   * @param map its index
   * @param others feature maps that respond about as strongly, to compare with; may be empty
   */
  record OfFeatureMap(int classIndex, int map, List<Integer> others) implements Suspect {
    public OfFeatureMap {
      others = List.copyOf(others);
    }

    @Override
    public boolean hasControl() {
      return !others.isEmpty();
    }

    @Override
    public Subjects subjects() {
      return Subjects.LABELLED;
    }

    @Override
    public List<CauseTest> tests() {
      return CauseTest.OF_FEATURE_MAPS;
    }
  }
}
