using System.Buffers;
using System.Text.Json;

namespace ToolRuntime.Stores.Sqlite;

/// <summary>How states are written: JSON by System.Text.Json, so a type's own converters apply.</summary>
internal static class StateSerializer
{
    // A session's snapshot is in its state as the JSON that it is, as deep as that may be.
    private const int Around = 8;

    private static readonly JsonSerializerOptions Options = new() { IncludeFields = true, MaxDepth = WireJson.MaxDepth + Around };

    public static void Serialize<T>(IBufferWriter<byte> output, T state)
    {
        using var writer = new Utf8JsonWriter(output, new() { SkipValidation = true });
        JsonSerializer.Serialize(writer, state, Options);
    }

    public static T Deserialize<T>(ReadOnlySpan<byte> state) => JsonSerializer.Deserialize<T>(state, Options)!;
}
