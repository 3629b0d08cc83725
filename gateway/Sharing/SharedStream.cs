using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using ToolRuntime.Gateway.Recordings;
using ToolRuntime.Runners;

namespace ToolRuntime.Gateway.Sharing;

/// <summary>
/// Text that comes in pieces with offsets: a stream of output, a reply. What replaces a secret has another length, so offsets of what follows move, and gaps stay as long as they are.
/// </summary>
internal sealed class SharedStream(ShareRedaction redaction)
{
    private RedactedStream stream = redaction.Stream();
    private long? end;
    private long shift;

    /// <summary>Where the next piece goes, as those with the link see it.</summary>
    private long Place => (end ?? 0) + shift;

    /// <summary>Takes a piece; what was held back before a gap comes first, by itself.</summary>
    public (SharedPiece? Before, SharedPiece Piece) Take(JsonElement piece)
    {
        var offset = piece.NumberOf("offset") ?? end ?? 0;
        var before = end is { } known && offset != known ? Flush() : null;
        end ??= offset;
        if (offset > end) end = offset;
        var bytes = BytesOf(piece);
        var shown = stream.Process(bytes).ToArray();
        var place = offset + shift;
        (end, shift) = (Math.Max(end.Value, offset + bytes.Length + (piece.NumberOf("dropped") ?? 0)), shift + shown.Length - bytes.Length);
        return (before, new(place, shown, WasEmpty: bytes.Length == 0));
    }

    /// <summary>What is held back, when nothing follows that could make a secret of it.</summary>
    public SharedPiece? Flush()
    {
        var place = Place;
        var rest = stream.Process([], last: true).ToArray();
        stream = redaction.Stream();
        shift += rest.Length;
        return rest.Length == 0 ? null : new(place, rest, WasEmpty: false);
    }

    private static byte[] BytesOf(JsonElement piece) =>
        piece.TextOf("text") is { } text ? Encoding.UTF8.GetBytes(text) : piece.TryGetProperty("base64", out var encoded) ? encoded.GetBytesFromBase64() : [];
}

/// <summary>A piece as those with the link see it.</summary>
internal readonly record struct SharedPiece(long Offset, byte[] Bytes, bool WasEmpty)
{
    /// <summary>Writes where it is and what it is. All of it may be held back: then it has no text, since an empty one means that it was erased.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteNumber("offset", Offset);
        if (Bytes.Length == 0 && !WasEmpty) return;
        if (Utf8.IsValid(Bytes)) json.WriteString("text", Bytes);
        else json.WriteBase64String("base64", Bytes);
    }
}
