using System.Text;
using System.Text.Json;

namespace ToolRuntime.Gateway.Recordings;

/// <summary>One who writes: an execution, or a message. Puts its bytes together to text, and finds what is missing of them.</summary>
/// <param name="label">What it is called where several write; null where it writes alone.</param>
/// <param name="terminal">Whether it writes to a terminal, which needs no line ends of ours.</param>
internal sealed class RecordingTrack(string? label, bool terminal = false)
{
    private readonly Dictionary<string, (Decoder Decoder, long End)> streams = [];

    public string? Label => label;

    public bool IsTerminal => terminal;

    /// <summary>The last stage that it told.</summary>
    public string? Stage { get; set; }

    /// <summary>Whether anything of it was erased.</summary>
    public bool Erased { get; private set; }

    /// <summary>Another attempt begins.</summary>
    public void Restart() => streams.Clear();

    /// <summary>What a <c>tool.output</c> adds: bytes missing before its text, the text, and bytes missing behind it.</summary>
    public (long Before, string Text, long Behind) Read(JsonElement output)
    {
        var stream = output.TextOf("stream") ?? "";
        var (decoder, end) = streams.TryGetValue(stream, out var known) ? known : (Encoding.UTF8.GetDecoder(), 0);
        var offset = output.NumberOf("offset") ?? end;
        var dropped = output.NumberOf("dropped") ?? 0;
        var (text, bytes) = Decode(decoder, output);
        // An erased chunk has an empty text, and an unknown length.
        if (bytes == 0 && dropped == 0 && output.TryGetProperty("text", out _)) Erased = true;
        streams[stream] = (decoder, Math.Max(end, offset + bytes + dropped));
        return (Math.Max(0, offset - end), text, dropped);
    }

    private static (string Text, int Bytes) Decode(Decoder decoder, JsonElement output)
    {
        if (output.TextOf("text") is { } text) return (Characters(decoder, [], flush: true) + text, Encoding.UTF8.GetByteCount(text));
        var bytes = output.TryGetProperty("base64", out var encoded) ? encoded.GetBytesFromBase64() : [];
        return (Characters(decoder, bytes, flush: false), bytes.Length);
    }

    private static string Characters(Decoder decoder, byte[] bytes, bool flush)
    {
        var characters = new char[decoder.GetCharCount(bytes, flush)];
        decoder.GetChars(bytes, characters, flush);
        return new(characters);
    }
}
