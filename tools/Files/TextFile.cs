using System.Buffers;
using System.Text;

namespace ToolRuntime.Tools.Files;

/// <summary>A file's bytes as text and back, without changing a byte of what is not edited.</summary>
/// <param name="Encoding">What it is written in.</param>
/// <param name="Mark">Its byte order mark, which is no part of the text.</param>
/// <param name="Text">The text.</param>
internal sealed record TextFile(Encoding Encoding, ReadOnlyMemory<byte> Mark, string Text)
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    // Control characters that no text has; escape, form feed and the like are in logs.
    private static readonly SearchValues<char> NoText = SearchValues.Create("\0\u0001\u0002\u0003\u0004\u0005\u0006\u000e\u000f\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001c\u001d\u001e\u001f");

    private static readonly (byte[] Mark, Encoding Encoding)[] Marks =
    [
        ([0xEF, 0xBB, 0xBF], Utf8),
        ([0xFF, 0xFE, 0, 0], new UTF32Encoding(bigEndian: false, byteOrderMark: false, throwOnInvalidCharacters: true)),
        ([0xFF, 0xFE], new UnicodeEncoding(bigEndian: false, byteOrderMark: false, throwOnInvalidBytes: true)),
        ([0xFE, 0xFF], new UnicodeEncoding(bigEndian: true, byteOrderMark: false, throwOnInvalidBytes: true)),
    ];

    /// <summary>Reads the rest of a stream.</summary>
    /// <exception cref="FileToolException">It is no text.</exception>
    public static async Task<TextFile> ReadAsync(Stream file, string path, CancellationToken cancellationToken)
    {
        using var bytes = new MemoryStream();
        await file.CopyToAsync(bytes, cancellationToken);
        return Read(path, bytes.GetBuffer().AsMemory(0, (int)bytes.Length));
    }

    /// <summary>By its mark, else UTF-8, else one byte a character.</summary>
    /// <exception cref="FileToolException">It is no text.</exception>
    public static TextFile Read(string path, ReadOnlyMemory<byte> bytes)
    {
        foreach (var (mark, encoding) in Marks)
        {
            if (!bytes.Span.StartsWith(mark)) continue;
            return new(encoding, mark, Decode(encoding, bytes[mark.Length..])
                ?? throw NotText(path, $"begins like {NameOf(encoding)}, and is none"));
        }

        if (bytes.Span.Contains((byte)0)) throw NotText(path, "has NUL characters: it is binary, or UTF-16 without a byte order mark");
        if (Decode(Utf8, bytes) is { } text) return new(Utf8, default, text);

        // One character a byte, so that what is written back is what was read, whichever encoding it really is.
        text = Encoding.Latin1.GetString(bytes.Span);
        return text.AsSpan().ContainsAny(NoText) ? throw NotText(path, "is binary") : new(Encoding.Latin1, default, text);
    }

    /// <summary>The bytes of <paramref name="text"/>, in the file's encoding; <paramref name="added"/> is what of it is new.</summary>
    /// <exception cref="FileToolException">The encoding has no such characters, or isn't known well enough to say.</exception>
    public byte[] Encode(string path, string text, string added)
    {
        if (ReferenceEquals(Encoding, Encoding.Latin1) && !Fits(added)) throw NotEncodable(path);
        return [.. Mark.Span, .. Encoding.GetBytes(text)];
    }

    // ASCII means the same in every encoding of single bytes. Latin-1 has no use for 80 to 9F: what has them is another one.
    private bool Fits(string added)
    {
        if (Ascii.IsValid(added)) return true;
        return !Text.AsSpan().ContainsAnyInRange('\u0080', '\u009f') && !added.AsSpan().ContainsAnyExceptInRange('\0', '\u00ff')
            && !added.AsSpan().ContainsAnyInRange('\u0080', '\u009f');
    }

    private FileToolException NotEncodable(string path)
    {
        var found = Text.AsSpan().ContainsAnyInRange('\u0080', '\u009f')
            ? "an encoding of its own, such as Windows-1252"
            : "ISO-8859-1 or one like it";
        return new(new("not_encodable", $"'{path}' is not UTF-8 but {found}; the content has characters that can't be written into it."));
    }

    private static string? Decode(Encoding encoding, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return encoding.GetString(bytes.Span);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static string NameOf(Encoding encoding) => encoding.WebName.ToUpperInvariant();

    private static FileToolException NotText(string path, string why) => new(new("not_text", $"'{path}' {why}."));
}
