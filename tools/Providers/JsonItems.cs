using System.Runtime.CompilerServices;
using System.Text.Json;

namespace ToolRuntime.Tools.Providers;

/// <summary>Reads the elements of one array of an answer while the rest of it is still to come.</summary>
internal sealed class JsonItems(string member)
{
    private const int FirstBytes = 16 * 1024;

    private readonly List<JsonElement> found = [];
    private JsonReaderState state;
    private bool inside, seen;

    /// <summary>Each element of the array that is the member of the answer's object, as soon as it is whole; ends when all of the answer has been read and is JSON.</summary>
    /// <exception cref="JsonException">It is none, or has no such array.</exception>
    public async IAsyncEnumerable<JsonElement> ReadAsync(Stream body, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var buffer = new byte[FirstBytes];
        var length = 0;
        for (var last = false; !last;)
        {
            if (length == buffer.Length) Array.Resize(ref buffer, 2 * length);
            var read = await body.ReadAsync(buffer.AsMemory(length), cancellationToken);
            length += read;
            last = read == 0;
            var taken = Take(buffer.AsSpan(0, length), last);
            buffer.AsSpan(taken, length - taken).CopyTo(buffer);
            length -= taken;
            foreach (var item in found) yield return item;
            found.Clear();
        }

        if (!seen) throw new JsonException($"There is no array '{member}'.");
    }

    /// <summary>Takes what is whole, and says how many bytes that was.</summary>
    private int Take(ReadOnlySpan<byte> bytes, bool last)
    {
        var reader = new Utf8JsonReader(bytes, last, state);
        while (true)
        {
            var before = reader;
            if (!reader.Read()) break;
            if (inside && reader.CurrentDepth == 1 && reader.TokenType == JsonTokenType.EndArray)
            {
                inside = false;
            }
            else if (inside)
            {
                if (!JsonDocument.TryParseValue(ref reader, out var document))
                {
                    reader = before;
                    break;
                }

                using (document) found.Add(document.RootElement.Clone());
            }
            else if (reader is { CurrentDepth: 1, TokenType: JsonTokenType.PropertyName } && reader.ValueTextEquals(member))
            {
                if (!reader.Read())
                {
                    reader = before;
                    break;
                }

                if (reader.TokenType != JsonTokenType.StartArray) throw new JsonException($"'{member}' is no array.");
                (inside, seen) = (true, true);
            }
        }

        state = reader.CurrentState;
        return (int)reader.BytesConsumed;
    }
}
