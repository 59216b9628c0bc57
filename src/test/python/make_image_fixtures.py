"""Makes the image fixtures of io.camatlas.image and what Pillow and torchvision read from them.

Run from the project's root, with Pillow, torchvision, matplotlib and scikit-image installed:

    python src/test/python/make_image_fixtures.py

`files/` holds the images, `expected/` what Pillow decodes (or torchvision makes) as 8-bit RGB PNG, and `photos/`
three photographs whose origin is in photos/README.md. Photographs are written only when they are missing.
"""

import io
import os
import random
import shutil
import struct
import zlib

import matplotlib
import numpy
import skimage.data
import tifffile
from PIL import Image, ImageOps
from torchvision import transforms
from torchvision.transforms import InterpolationMode

ROOT = os.path.join("src", "test", "resources", "io", "camatlas", "image")
FILES = os.path.join(ROOT, "files")
EXPECTED = os.path.join(ROOT, "expected")
PHOTOS = os.path.join(ROOT, "photos")


def write(name, data):
    with open(os.path.join(FILES, name), "wb") as out:
        out.write(data)


def expect(name, picture):
    assert picture.mode == "RGB"
    Image.fromarray(numpy.array(picture)).save(os.path.join(EXPECTED, name + ".png"), optimize=True)


def as_pillow_reads(data):
    with Image.open(io.BytesIO(data)) as opened:
        return ImageOps.exif_transpose(opened).convert("RGB")


def fixture(name, data, expected=None):
    write(name, data)
    expect(name, as_pillow_reads(data) if expected is None else expected)


def saved(picture, form, **options):
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width, height, depth, colour, rows, extra=b"", interlace=0):
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace)
    body = b"".join(b"\0" + row for row in rows)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + extra
        + chunk(b"IDAT", zlib.compress(body, 9))
        + chunk(b"IEND", b"")
    )


def tiff(order, width, height, bits, samples, photometric, data, extra=()):
    """A one-strip uncompressed TIFF; extra are (tag, type, value) of single values."""
    entries = [
        (256, 4, width),
        (257, 4, height),
        (259, 3, 1),
        (262, 3, photometric),
        (277, 3, samples),
        (278, 4, height),
        (279, 4, len(data)),
        *extra,
    ]
    count = len(entries) + 2
    after = 8 + 2 + 12 * count + 4
    bits_at, data_at = after, after + 2 * samples
    entries.append((273, 4, data_at))
    out = struct.pack(order + "H", 42) + struct.pack(order + "I", 8) + struct.pack(order + "H", count)
    packed = []
    for tag, kind, value in entries:
        form = "HHI" + ("HH" if kind == 3 else "I")
        values = (value, 0) if kind == 3 else (value,)
        packed.append((tag, struct.pack(order + form, tag, kind, 1, *values)))
    if samples <= 2:
        values = ([bits] * samples + [0])[:2]
        packed.append((258, struct.pack(order + "HHIHH", 258, 3, samples, *values)))
    else:
        packed.append((258, struct.pack(order + "HHII", 258, 3, samples, bits_at)))
    out += b"".join(entry for _, entry in sorted(packed)) + struct.pack(order + "I", 0)
    out += struct.pack(order + "H", bits) * samples + data
    return {"<": b"II", ">": b"MM"}[order] + out


def exif(orientation):
    tags = Image.Exif()
    tags[0x0112] = orientation
    return tags.tobytes()


def jpegs(base):
    fixture("baseline.jpg", saved(base, "JPEG", quality=90))
    fixture("baseline-444.jpg", saved(base, "JPEG", quality=90, subsampling=0))
    fixture("baseline-422.jpg", saved(base, "JPEG", quality=90, subsampling=1))
    fixture("restart.jpg", saved(base, "JPEG", quality=80, restart_marker_blocks=2))
    fixture("progressive.jpg", saved(base, "JPEG", quality=85, progressive=True))
    fixture("grey.jpg", saved(base.convert("L"), "JPEG", quality=85))
    fixture("cmyk.jpg", saved(base.convert("CMYK"), "JPEG", quality=90))
    # YCCK: the bytes of a CMYK file whose planes are Y, Cb, Cr and K, with Adobe's transform set to 2. The first three
    # are of the negative, as inks are; Pillow inverts what it writes, so invert once more.
    rgb = numpy.array(base)
    ycc = numpy.array(ImageOps.invert(base).convert("YCbCr"))
    key = numpy.full(rgb.shape[:2] + (1,), 230, numpy.uint8)
    planes = 255 - numpy.concatenate([ycc, key], axis=2)
    ycck = bytearray(saved(Image.frombytes("CMYK", base.size, planes.tobytes()), "JPEG", quality=92))
    adobe = ycck.index(b"Adobe")
    ycck[adobe + 11] = 2
    fixture("ycck.jpg", bytes(ycck))
    small = base.resize((11, 7))
    for orientation in range(1, 9):
        fixture(f"orientation-{orientation}.jpg", saved(small, "JPEG", quality=95, exif=exif(orientation)))
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf tiff:Orientation="6"/></x:xmpmeta>'
    fixture("orientation-xmp.jpg", saved(small, "JPEG", quality=95, xmp=xmp))
    whole = saved(base, "JPEG", quality=90)
    fixture("trailing-bytes.jpg", whole + b"\0" * 37)
    write("truncated.jpg", whole[: len(whole) * 2 // 3])
    write("no-end.jpg", whole[:-2])
    whole = saved(base, "JPEG", quality=90, progressive=True)
    write("truncated-progressive.jpg", whole[: len(whole) * 2 // 3])


def pngs(base):
    width, height = base.size
    rgb = numpy.array(base)
    rng = numpy.random.default_rng(7)
    low = rng.integers(0, 256, rgb.shape)
    fixture("rgb.png", saved(base, "PNG"))
    wide = (rgb.astype(int) * 256 + low).astype(">u2")
    fixture("rgb16.png", png(width, height, 16, 2, [row.tobytes() for row in wide]))
    alpha = rng.integers(0, 65536, rgb.shape[:2] + (1,)).astype(">u2")
    rgba = numpy.concatenate([wide, alpha], axis=2).astype(">u2")
    fixture("rgba16.png", png(width, height, 16, 6, [row.tobytes() for row in rgba]))
    grey = numpy.array(base.convert("L"))
    wide = (grey.astype(int) * 256 + low[:, :, 0]).astype(">u2")
    # Pillow clips 16-bit grey instead of scaling it; the high byte is what is wanted.
    fixture(
        "grey16.png", png(width, height, 16, 0, [row.tobytes() for row in wide]), Image.fromarray(grey).convert("RGB")
    )
    pair = numpy.stack([wide, alpha[:, :, 0]], axis=2).astype(">u2")
    fixture(
        "grey-alpha16.png",
        png(width, height, 16, 4, [row.tobytes() for row in pair]),
        Image.fromarray(grey).convert("RGB"),
    )
    fixture("grey.png", saved(base.convert("L"), "PNG"))
    fixture("bilevel.png", saved(base.convert("1"), "PNG"))
    for depth in (2, 4):
        rows = []
        for row in grey >> (8 - depth):
            bits = "".join(format(value, f"0{depth}b") for value in row)
            bits += "0" * (-len(bits) % 8)
            rows.append(int(bits, 2).to_bytes(len(bits) // 8, "big"))
        fixture(f"grey{depth}.png", png(width, height, depth, 0, rows))
    palette = base.quantize(17)
    fixture("palette.png", saved(palette, "PNG"))
    fixture("palette-transparent.png", saved(palette, "PNG", transparency=bytes([0, 128, 255, 3] * 4)))
    fixture("rgb-transparent.png", saved(base, "PNG", transparency=base.getpixel((3, 3))))
    picture = base.copy()
    picture.putalpha(Image.fromarray(rng.integers(0, 256, rgb.shape[:2]).astype(numpy.uint8)))
    fixture("rgba.png", saved(picture, "PNG"))
    fixture("grey-alpha.png", saved(picture.convert("LA"), "PNG"))
    fixture("one-pixel.png", saved(base.crop((5, 5, 6, 6)), "PNG"))
    fixture("orientation.png", saved(base.resize((11, 7)), "PNG", exif=exif(6)))
    frames = [picture.resize((20, 15)), picture.transpose(0).resize((20, 15))]
    fixture("animated.png", saved(frames[0], "PNG", save_all=True, append_images=frames[1:], duration=50))
    # A still picture beside the animation.
    still = chunk(b"IHDR", struct.pack(">IIBBBBB", 20, 15, 8, 2, 0, 0, 0)) + chunk(b"acTL", struct.pack(">II", 1, 0))
    row = b"".join(b"\0" + row.tobytes() for row in numpy.array(base.resize((20, 15))))
    packed = zlib.compress(row, 9)
    control = struct.pack(">IIIIIHHBB", 0, 20, 15, 0, 0, 1, 20, 0, 0)
    later = chunk(b"fcTL", control) + chunk(b"fdAT", struct.pack(">I", 1) + packed) + chunk(b"IEND", b"")
    fixture("still-beside-animation.png", b"\x89PNG\r\n\x1a\n" + still + chunk(b"IDAT", packed) + later)
    # Found by mutation: a still picture and a later frame both damaged, with right checksums. OpenCV 4.13 crashes on it.
    damaged = bytearray(saved(frames[0], "PNG", save_all=True, append_images=frames[1:], duration=50))
    for at, value in {58: 83, 112: 177, 1573: 255}.items():
        damaged[at] = value
    at = 8
    while at < len(damaged):
        end = at + 8 + struct.unpack(">I", damaged[at : at + 4])[0]
        damaged[end : end + 4] = struct.pack(">I", zlib.crc32(damaged[at + 4 : end]))
        at = end + 4
    write("damaged-beside-animation.png", bytes(damaged))
    # Adam7: seven passes, each of them a small picture.
    body = []
    for x0, y0, dx, dy in ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)):
        body += [row.tobytes() for row in rgb[y0::dy, x0::dx] if row.size]
    fixture("interlaced.png", png(width, height, 8, 2, body, interlace=1))
    whole = saved(base, "PNG")
    write("truncated.png", whole[: len(whole) * 2 // 3])
    write("no-end.png", whole[:-12])
    broken = bytearray(whole)
    broken[len(whole) // 2] ^= 0x55
    write("wrong-checksum.png", bytes(broken))
    rows = [row.tobytes() for row in rgb[: height // 2]]
    write("too-few-rows.png", png(width, height, 8, 2, rows))
    write("huge.png", png(20000, 20000, 8, 2, []))
    write("no-width.png", png(0, 4, 8, 2, []))


def webps(base):
    small = base.resize((20, 15))
    rng = numpy.random.default_rng(8)
    picture = base.copy()
    picture.putalpha(Image.fromarray(rng.integers(0, 256, (base.height, base.width)).astype(numpy.uint8)))
    fixture("lossy.webp", saved(base, "WEBP", quality=85))
    fixture("lossless.webp", saved(base, "WEBP", lossless=True))
    fixture("lossy-alpha.webp", saved(picture, "WEBP", quality=85))
    fixture("lossless-alpha.webp", saved(picture, "WEBP", lossless=True, exact=True))
    fixture("orientation.webp", saved(small, "WEBP", lossless=True, exif=exif(8)))
    frames = [small, small.transpose(0), small.transpose(1)]
    fixture("animated.webp", saved(frames[0], "WEBP", save_all=True, append_images=frames[1:], duration=50, lossless=True))
    fixture(
        "animated-lossy.webp", saved(frames[0], "WEBP", save_all=True, append_images=frames[1:], duration=50, quality=80)
    )
    hole = numpy.zeros((15, 20, 4), numpy.uint8)
    hole[4:10, 6:15, :3] = numpy.array(small)[4:10, 6:15]
    hole[4:10, 6:15, 3] = 255
    hole[6, 8, 3] = 90
    frames = [Image.fromarray(hole), Image.fromarray(hole[::-1].copy())]
    fixture(
        "animated-offset.webp",
        saved(frames[0], "WEBP", save_all=True, append_images=frames[1:], duration=50, lossless=True, exact=True),
    )
    whole = saved(base, "WEBP", quality=85)
    write("truncated.webp", whole[: len(whole) * 2 // 3])


def bmps(base):
    width, height = base.size
    fixture("rgb.bmp", saved(base, "BMP"))
    fixture("palette.bmp", saved(base.quantize(30), "BMP"))
    fixture("grey.bmp", saved(base.convert("L"), "BMP"))
    fixture("bilevel.bmp", saved(base.convert("1"), "BMP"))
    rgb = numpy.array(base)
    flipped = bytearray(saved(Image.fromarray(rgb[::-1].copy()), "BMP"))
    flipped[22:26] = struct.pack("<i", -height)
    fixture("top-down.bmp", bytes(flipped))
    picture = base.copy()
    picture.putalpha(77)
    fixture("rgba.bmp", saved(picture, "BMP"))
    # 5-6-5 with masks, and runs of eight bits.
    narrow = ((rgb[:, :, 0] >> 3).astype(int) << 11) | ((rgb[:, :, 1] >> 2).astype(int) << 5) | (rgb[:, :, 2] >> 3)
    pad = -width * 2 % 4
    rows = b"".join(row.astype("<u2").tobytes() + b"\0" * pad for row in narrow[::-1])
    head = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 16, 3, len(rows), 0, 0, 0, 0)
    masks = struct.pack("<III", 0xF800, 0x07E0, 0x001F)
    at = 14 + len(head) + len(masks)
    fixture("masks.bmp", struct.pack("<2sIHHI", b"BM", at + len(rows), 0, 0, at) + head + masks + rows)
    index = numpy.array(base.quantize(4))
    colours = base.quantize(4).getpalette()[:12]
    table = b"".join(struct.pack("BBBB", b, g, r, 0) for r, g, b in zip(*[iter(colours)] * 3))
    body = b""
    for row in index[::-1]:
        at = 0
        while at < width:
            run = 1
            while at + run < width and row[at + run] == row[at] and run < 255:
                run += 1
            body += bytes([run, row[at]])
            at += run
        body += b"\0\0"
    body += b"\0\1"
    head = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 8, 1, len(body), 0, 0, 4, 0)
    at = 14 + len(head) + len(table)
    runs = struct.pack("<2sIHHI", b"BM", at + len(body), 0, 0, at) + head + table + body
    fixture("runs.bmp", runs)
    write("truncated-runs.bmp", runs[: len(runs) * 2 // 3])
    whole = saved(base, "BMP")
    write("truncated.bmp", whole[: len(whole) * 2 // 3])


def tiffs(base):
    width, height = base.size
    rgb = numpy.array(base)
    grey = numpy.array(base.convert("L"))
    rng = numpy.random.default_rng(9)
    low = rng.integers(0, 256, rgb.shape)
    picture = base.copy()
    picture.putalpha(Image.fromarray(rng.integers(0, 256, rgb.shape[:2]).astype(numpy.uint8)))
    fixture("rgb.tif", saved(base, "TIFF"))
    fixture("lzw.tif", saved(base, "TIFF", compression="tiff_lzw"))
    fixture("deflate.tif", saved(base, "TIFF", compression="tiff_adobe_deflate"))
    fixture("packbits.tif", saved(base, "TIFF", compression="packbits"))
    fixture("jpeg.tif", saved(base, "TIFF", compression="jpeg"))
    fixture("grey.tif", saved(base.convert("L"), "TIFF"))
    fixture("bilevel.tif", saved(base.convert("1"), "TIFF", compression="group4"))
    fixture("palette.tif", saved(base.quantize(30), "TIFF"))
    fixture("rgba.tif", saved(picture, "TIFF"))
    fixture("grey-alpha.tif", saved(picture.convert("LA"), "TIFF"))
    fixture("cmyk.tif", saved(base.convert("CMYK"), "TIFF"))
    fixture("pages.tif", saved(base, "TIFF", save_all=True, append_images=[base.transpose(0)]))
    wide = rgb.astype(int) * 256 + low
    fixture("rgb16.tif", tiff("<", width, height, 16, 3, 2, wide.astype("<u2").tobytes()))
    fixture("rgb16-big-endian.tif", tiff(">", width, height, 16, 3, 2, wide.astype(">u2").tobytes()))
    wide = grey.astype(int) * 256 + low[:, :, 0]
    expected = Image.fromarray(grey).convert("RGB")
    fixture("grey16.tif", tiff("<", width, height, 16, 1, 1, wide.astype("<u2").tobytes()), expected)
    fixture("grey16-big-endian.tif", tiff(">", width, height, 16, 1, 1, wide.astype(">u2").tobytes()), expected)
    small = numpy.array(base.resize((11, 7)))
    for orientation in range(2, 9):
        data = tiff("<", 11, 7, 8, 3, 2, small.tobytes(), [(274, 3, orientation)])
        fixture(f"orientation-{orientation}.tif", data)
    # 0: the fourth sample may be anything; 1: colours are multiplied by alpha; 2: they are not.
    alpha = rng.integers(0, 256, (7, 11, 1))
    for extra in (0, 1, 2):
        colours = small.astype(int) * alpha // 255 if extra == 1 else small.astype(int)
        samples = numpy.concatenate([colours, alpha], axis=2)
        data = tiff("<", 11, 7, 8, 4, 2, samples.astype(numpy.uint8).tobytes(), [(338, 3, extra)])
        fixture(f"extra-sample-{extra}.tif", data)
        if extra != 1:
            data = tiff(">", 11, 7, 16, 4, 2, (samples * 256 + 7).astype(">u2").tobytes(), [(338, 3, extra)])
            fixture(f"extra-sample-{extra}-16.tif", data, Image.fromarray(small))
    fixture(
        "orientation-16.tif",
        tiff("<", width, height, 16, 3, 2, (rgb.astype(int) * 256 + low).astype("<u2").tobytes(), [(274, 3, 8)]),
    )
    fixture("big.tif", saved(base, "TIFF", big_tiff=True))
    write("float.tif", saved(base.convert("F"), "TIFF"))
    wide16 = (rgb.astype(int) * 256 + low).astype("<u2")
    inks = numpy.array(base.convert("CMYK")).astype("<u2") * 257
    write("cmyk16.tif", tiff("<", width, height, 16, 4, 5, inks.tobytes()))
    # A dependency of scikit-image.
    planes = io.BytesIO()
    tifffile.imwrite(planes, wide16.transpose(2, 0, 1), photometric="rgb", planarconfig="separate")
    write("planes16.tif", planes.getvalue())
    whole = saved(base, "TIFF")
    write("truncated.tif", whole[: len(whole) * 2 // 3])


def orientations_in_xmp(base):
    """Pillow looks into XMP wherever EXIF does not have the orientation."""
    small = base.resize((11, 7))

    def xmp(orientation):
        return b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf tiff:Orientation="%d"/></x:xmpmeta>' % orientation

    model = Image.Exif()
    model[0x0110] = "camera"
    # Says that it has five tags, and ends after one.
    damaged = b"Exif\0\0II*\0\x08\0\0\0\x05\0" + struct.pack("<HHII", 0x0110, 2, 4, 0x00616263)
    # Of a type that TIFF does not have, which is as if it were not there.
    unknown = b"Exif\0\0II*\0\x08\0\0\0\x01\0" + struct.pack("<HHIII", 0x0112, 99, 1, 3, 0)
    for name, block in (("without", model.tobytes()), ("damaged", damaged), ("unknown", unknown), ("with", exif(3))):
        fixture(f"xmp-beside-exif-{name}.jpg", saved(small, "JPEG", quality=95, exif=block, xmp=xmp(6)))
        fixture(f"xmp-beside-exif-{name}.webp", saved(small, "WEBP", lossless=True, exif=block, xmp=xmp(6)))
    fixture("xmp.webp", saved(small, "WEBP", lossless=True, xmp=xmp(8)))
    twice = saved(small, "JPEG", quality=95, xmp=xmp(6))
    packet = b"http://ns.adobe.com/xap/1.0/\0" + xmp(3)
    twice = twice[:2] + b"\xff\xe1" + struct.pack(">H", 2 + len(packet)) + packet + twice[2:]
    fixture("xmp-twice.jpg", twice)

    width, height = small.size
    rows = [row.tobytes() for row in numpy.array(small)]
    adobe = b"XML:com.adobe.xmp\0"
    plain = chunk(b"iTXt", adobe + b"\0\0\0\0" + xmp(5))
    packed = chunk(b"iTXt", adobe + b"\1\0\0\0" + zlib.compress(xmp(6)))
    other = chunk(b"iTXt", b"Comment\0\0\0\0\0" + xmp(7))
    without = chunk(b"eXIf", model.tobytes()[6:])
    fixture("xmp.png", png(width, height, 8, 2, rows, other + plain))
    fixture("xmp-packed.png", png(width, height, 8, 2, rows, packed))
    fixture("xmp-beside-exif-without.png", png(width, height, 8, 2, rows, without + plain))
    fixture("xmp-beside-exif-with.png", png(width, height, 8, 2, rows, plain + chunk(b"eXIf", exif(3)[6:])))
    end = chunk(b"IEND", b"")
    fixture("xmp-after-pixels.png", png(width, height, 8, 2, rows)[: -len(end)] + plain + end)
    # As ImageMagick wrote EXIF before PNG had a chunk for it.
    profile = exif(6)
    text = f"\nexif\n{len(profile):8}\n{profile.hex()}\n".encode()
    fixture("raw-profile.png", png(width, height, 8, 2, rows, chunk(b"tEXt", b"Raw profile type exif\0" + text)))
    text = chunk(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(text))
    fixture("raw-profile-packed.png", png(width, height, 8, 2, rows, text))

    pixels = numpy.array(small).tobytes()
    packet = xmp(6)
    for name, extra in (("xmp.tif", []), ("xmp-beside-tag.tif", [(274, 3, 3)])):
        # The packet lies behind the pixels, whose number does not change where that is.
        bare = tiff("<", width, height, 8, 3, 2, pixels, [*extra, (700, 1, 0)])
        at = bare.index(struct.pack("<HHII", 700, 1, 1, 0))
        entry = struct.pack("<HHII", 700, 1, len(packet), len(bare))
        fixture(name, bare[:at] + entry + bare[at + 12 :] + packet)


def gifs(base):
    palette = base.quantize(30)
    fixture("still.gif", saved(palette, "GIF"))
    fixture("interlaced.gif", saved(palette, "GIF", interlace=True))
    fixture("transparent.gif", saved(palette, "GIF", transparency=3))
    small = base.resize((20, 15)).quantize(40)
    frames = [small, small.transpose(0), small.transpose(1)]
    fixture("animated.gif", saved(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=50))
    noise = Image.fromarray(numpy.random.default_rng(3).integers(0, 256, (90, 110, 3)).astype(numpy.uint8))
    fixture("full-table.gif", saved(noise.quantize(256), "GIF"))
    whole = bytearray(saved(palette, "GIF"))
    whole[6:10] = struct.pack("<HH", palette.width + 5, palette.height + 4)
    frame = whole.index(b"\x2c\0\0\0\0")
    whole[frame + 1 : frame + 5] = struct.pack("<HH", 3, 2)
    fixture("offset.gif", bytes(whole))
    whole = saved(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=50)
    fixture("no-trailer.gif", whole[:-1])
    write("truncated.gif", whole[: len(whole) // 5])
    write("truncated-later-frame.gif", whole[: len(whole) - 9])


def photos():
    os.makedirs(PHOTOS, exist_ok=True)
    hopper = os.path.join(PHOTOS, "grace-hopper.jpg")
    if not os.path.exists(hopper):
        shutil.copy(os.path.join(matplotlib.get_data_path(), "sample_data", "grace_hopper.jpg"), hopper)
    astronaut = os.path.join(PHOTOS, "astronaut.jpg")
    if not os.path.exists(astronaut):
        picture = Image.fromarray(skimage.data.astronaut()).crop((6, 0, 506, 375))
        picture.save(astronaut, quality=88)
    rocket = os.path.join(PHOTOS, "rocket.jpg")
    if not os.path.exists(rocket):
        picture = Image.fromarray(skimage.data.rocket()).resize((480, 320), Image.LANCZOS)
        picture.save(rocket, quality=88, subsampling=0, progressive=True)


def transformed():
    standard = transforms.Compose([transforms.Resize(256), transforms.CenterCrop(224)])
    cubic = transforms.Compose([transforms.Resize(256, InterpolationMode.BICUBIC), transforms.CenterCrop(224)])
    for name in ("grace-hopper.jpg", "astronaut.jpg", "rocket.jpg"):
        with Image.open(os.path.join(PHOTOS, name)) as opened:
            picture = opened.convert("RGB")
        expect(name + ".bilinear", standard(picture))
        if name.startswith("astronaut"):
            expect(name + ".bicubic", cubic(picture))
            exact = transforms.Resize((61, 97), InterpolationMode.BICUBIC)
            expect(name + ".exact", exact(picture))
            grey = transforms.Compose([transforms.Grayscale(), transforms.Resize(72), transforms.CenterCrop(64)])
            expect(name + ".grey", grey(picture).convert("RGB"))
    rng = numpy.random.default_rng(11)
    shapes = {"long": (2000, 31), "tall": (5, 700), "tiny": (7, 5), "dot": (1, 1), "same": (97, 61)}
    for name, (width, height) in shapes.items():
        noise = rng.integers(0, 256, (height, width, 3)).astype(numpy.uint8)
        picture = Image.fromarray(noise)
        picture.save(os.path.join(FILES, f"noise-{name}.png"), optimize=True)
        for kind, mode in (("bilinear", InterpolationMode.BILINEAR), ("bicubic", InterpolationMode.BICUBIC)):
            short = transforms.Compose([transforms.Resize(72, mode), transforms.CenterCrop((63, 64))])
            expect(f"noise-{name}.short.{kind}", short(picture))
            # Columns first, then rows: Pillow 13 turns the passes round where the height shrinks much more than the
            # width, which moves single values by one; versions up to 12 never do.
            columns = transforms.Resize((height, 97), mode)(picture)
            expect(f"noise-{name}.exact.{kind}", transforms.Resize((61, 97), mode)(columns))
        # Larger than the picture in one direction or in both: zeros around it.
        expect(f"noise-{name}.crop", transforms.CenterCrop((40, 51))(picture))


def main():
    for folder in (FILES, EXPECTED):
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
    random.seed(0)
    base = Image.fromarray(skimage.data.astronaut()).crop((120, 10, 320, 160)).resize((37, 29), Image.LANCZOS)
    jpegs(base)
    pngs(base)
    webps(base)
    bmps(base)
    tiffs(base)
    orientations_in_xmp(base)
    gifs(base)
    photos()
    transformed()


if __name__ == "__main__":
    main()
