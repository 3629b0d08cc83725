using System.Buffers;
using System.Text.Json;

namespace ToolRuntime.SessionLog;

/// <summary>Which entries are output, and how much of it a view at a moment can show.</summary>
public static class OutputEntries
{
    /// <summary>Output of the execution that is its target.</summary>
    public const string Output = "tool.output";

    /// <summary>An attempt of its target begins: what an earlier one printed is shown no more.</summary>
    public const string Started = "tool.started";

    /// <summary>Characters of a stream's end that hold all that a view keeps of it, which is so many bytes of UTF-8.</summary>
    public const int KeptChars = 65_536;

    /// <summary>
    /// The stream that an output is of, and how many characters it adds to it at least. Bytes that are no text count an eighth: they may be fewer, or more, as characters.
    /// </summary>
    public static (string Stream, int Chars) Read(ReadOnlySpan<byte> json)
    {
        var (stream, chars) = ("", 0);
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (isStream, isText, isBytes) = (reader.ValueTextEquals("stream"u8), reader.ValueTextEquals("text"u8), reader.ValueTextEquals("base64"u8));
            if (!reader.Read()) break;
            if (reader.TokenType != JsonTokenType.String) reader.Skip();
            else if (isStream) stream = reader.GetString()!;
            else if (isText) chars = Count(reader);
            else if (isBytes) chars = reader.ValueSpan.Length / 8;
        }

        return (stream, chars);
    }

    private static int Count(in Utf8JsonReader text)
    {
        var room = ArrayPool<char>.Shared.Rent(text.ValueSpan.Length);
        try
        {
            return text.CopyString(room);
        }
        finally
        {
            ArrayPool<char>.Shared.Return(room);
        }
    }
}
