using System.Buffers.Binary;

namespace ToolRuntime.Blobs;

/// <summary>Type and size of a picture, as the beginning of its bytes says; the size is null where that is cut off or makes no sense.</summary>
/// <param name="MediaType">Such as <c>image/png</c>.</param>
/// <param name="Width">In pixels.</param>
/// <param name="Height">In pixels.</param>
public sealed record PictureHead(string MediaType, int? Width, int? Height)
{
    /// <summary>So many bytes are enough for what cameras and programs write before a picture's size.</summary>
    public const int Bytes = 256 * 1024;

    /// <summary>Null: it is no PNG, JPEG, GIF or WebP.</summary>
    public static PictureHead? Read(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith(PngMark)) return Png(head);
        if (head.StartsWith(JpegMark)) return Jpeg(head);
        if (head.StartsWith("GIF87a"u8) || head.StartsWith("GIF89a"u8)) return Gif(head);
        return head.StartsWith("RIFF"u8) && head.Length >= 12 && head[8..12].SequenceEqual("WEBP"u8) ? WebP(head) : null;
    }

    private static ReadOnlySpan<byte> PngMark => [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    private static ReadOnlySpan<byte> JpegMark => [0xFF, 0xD8, 0xFF];

    private static PictureHead Png(ReadOnlySpan<byte> head) => head.Length >= 24 && head[12..16].SequenceEqual("IHDR"u8)
        ? Of("image/png", BinaryPrimitives.ReadUInt32BigEndian(head[16..]), BinaryPrimitives.ReadUInt32BigEndian(head[20..]))
        : new("image/png", null, null);

    private static PictureHead Gif(ReadOnlySpan<byte> head) => head.Length >= 10
        ? Of("image/gif", BinaryPrimitives.ReadUInt16LittleEndian(head[6..]), BinaryPrimitives.ReadUInt16LittleEndian(head[8..]))
        : new("image/gif", null, null);

    /// <summary>Segments, each with its length, up to the one that begins a frame.</summary>
    private static PictureHead Jpeg(ReadOnlySpan<byte> head)
    {
        var at = 2;
        while (at + 9 <= head.Length && head[at] == 0xFF)
        {
            var marker = head[at + 1];
            if (marker == 0xFF)
            {
                at++;
                continue;
            }

            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
            {
                return Of("image/jpeg", BinaryPrimitives.ReadUInt16BigEndian(head[(at + 7)..]), BinaryPrimitives.ReadUInt16BigEndian(head[(at + 5)..]));
            }

            at += marker is 0x01 or (>= 0xD0 and <= 0xD8) ? 2 : 2 + BinaryPrimitives.ReadUInt16BigEndian(head[(at + 2)..]);
        }

        return new("image/jpeg", null, null);
    }

    private static PictureHead WebP(ReadOnlySpan<byte> head)
    {
        if (head.Length < 30) return new("image/webp", null, null);
        var chunk = head[12..16];
        if (chunk.SequenceEqual("VP8X"u8)) return Of("image/webp", 1u + Three(head[24..]), 1u + Three(head[27..]));
        if (chunk.SequenceEqual("VP8 "u8))
        {
            return Of("image/webp", BinaryPrimitives.ReadUInt16LittleEndian(head[26..]) & 0x3FFFu, BinaryPrimitives.ReadUInt16LittleEndian(head[28..]) & 0x3FFFu);
        }

        if (!chunk.SequenceEqual("VP8L"u8)) return new("image/webp", null, null);
        var bits = BinaryPrimitives.ReadUInt32LittleEndian(head[21..]);
        return Of("image/webp", (bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1);
    }

    private static uint Three(ReadOnlySpan<byte> bytes) => bytes[0] | ((uint)bytes[1] << 8) | ((uint)bytes[2] << 16);

    private static PictureHead Of(string mediaType, uint width, uint height) =>
        width is > 0 and <= int.MaxValue && height is > 0 and <= int.MaxValue ? new(mediaType, (int)width, (int)height) : new(mediaType, null, null);
}
