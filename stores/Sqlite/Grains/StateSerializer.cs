using System.Buffers;
using System.Text.Json;

namespace ToolRuntime.Stores.Sqlite;

/// <summary>How states are written: JSON by System.Text.Json, so a type's own converters apply.</summary>
internal static class StateSerializer
{
    private static readonly JsonSerializerOptions Options = new() { IncludeFields = true };

    public static void Serialize<T>(IBufferWriter<byte> output, T state)
    {
        using var writer = new Utf8JsonWriter(output, new() { SkipValidation = true });
        JsonSerializer.Serialize(writer, state, Options);
    }

    public static T Deserialize<T>(ReadOnlySpan<byte> state) => JsonSerializer.Deserialize<T>(state, Options)!;
}
