using System.Text.Json;

namespace ToolRuntime.Stores.Sqlite;

/// <summary>How states are written: JSON by System.Text.Json, so a type's own converters apply.</summary>
internal static class StateSerializer
{
    private static readonly JsonSerializerOptions Options = new() { IncludeFields = true };

    public static byte[] Serialize<T>(T state) => JsonSerializer.SerializeToUtf8Bytes(state, Options);

    public static T Deserialize<T>(ReadOnlySpan<byte> state) => JsonSerializer.Deserialize<T>(state, Options)!;
}
